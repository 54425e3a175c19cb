"""Object storage that speaks S3, as a pod: what backups go to that leave their cluster."""

import sys

from constructs_lib.refs import Endpoint, Pods, Port, SecretKey
from constructs_lib.store.backups import S3
from constructs_lib.store.props import StoreProps
from tests.live.cluster import Cluster
from tests.live.manifests import Document
from tests.live.pod import Pod

_NAMESPACE = "objects"
_PORT = 9000
_LABELS = {"app": "moto"}
_BUCKET = "backups"

SECRETS = {"bucket": {"key": "AKIAEXAMPLE", "secret": "to/write+to=it"}}

TO = S3(
    endpoint=Endpoint("s3", _NAMESPACE, Port("http", _PORT), peers=(Pods(_NAMESPACE),)),
    url=f"http://s3.{_NAMESPACE}.svc:{_PORT}",
    bucket=_BUCKET,
    prefix="tests",
    access_key=SecretKey("bucket", "key"),
    secret_key=SecretKey("bucket", "secret"),
)
"""Where a store's backups go."""


def storage() -> list[Document]:
    """Its pod, and the Service in front."""
    server = [f"{sys.prefix}/bin/moto_server", "-H", "0.0.0.0", "-p", str(_PORT)]  # noqa: S104
    container = {
        "name": "moto",
        "image": "this-machine",
        "command": server,
        # Buckets are in paths; it would take the first word of the host's name for one.
        "env": [{"name": "S3_IGNORE_SUBDOMAIN_BUCKETNAME", "value": "true"}],
        "readinessProbe": {"tcpSocket": {"port": _PORT}, "periodSeconds": 1},
    }
    return [
        {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": {"name": "moto", "namespace": _NAMESPACE},
            "spec": {
                "replicas": 1,
                "selector": {"matchLabels": _LABELS},
                "template": {"metadata": {"labels": _LABELS}, "spec": {"containers": [container]}},
            },
        },
        {
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": {"name": "s3", "namespace": _NAMESPACE},
            "spec": {"selector": _LABELS, "ports": [{"port": _PORT}]},
        },
    ]


def in_bucket(props: StoreProps) -> bool:
    """Whether a store's backups go to object storage."""
    return props.backup is not None and isinstance(props.backup.to, S3)


def make_bucket(cluster: Cluster) -> Pod:
    """The storage's pod, once it has the bucket."""
    cluster.wait_ready("Deployment/moto", timeout=60)
    pod = cluster.pod("Deployment/moto")
    made = pod.run("curl", "-sf", "-X", "PUT", f"http://127.0.0.1:{_PORT}/{_BUCKET}", timeout=20)
    assert made.returncode == 0, made.stdout
    return pod
