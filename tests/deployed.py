"""What quotas are derived from in the tests: a service that scales, a job, a database, a volume."""

from dataclasses import replace
from typing import Any

from constructs import Construct

from constructs_lib.kube.autoscaling import Autoscaling
from constructs_lib.kube.workloads import RollingUpdate, Rollout, Schedule
from constructs_lib.manifest import Manifest
from constructs_lib.quota import NamespaceQuota, NamespaceQuotaProps
from constructs_lib.resources import Resources
from constructs_lib.service import NovaCronJob, NovaService
from tests.service.cases import CRON_JOB, SERVICE

ORDERS = replace(
    SERVICE,
    resources=Resources(cpu="250m", memory="256Mi", cpu_limit="500m", memory_limit="512Mi"),
    replicas=2,
    autoscaling=Autoscaling(minimum=2, maximum=10, cpu=70),
    rollout=Rollout(strategy=RollingUpdate(max_surge="25%")),
)
"""Ten pods and, rounded up, three of a rollout."""

REPORT = replace(
    CRON_JOB,
    resources=Resources(cpu="100m", memory="128Mi", cpu_limit="1", memory_limit="256Mi"),
    schedule=Schedule(cron="0 3 * * *", suspend=True),
)


def sized(cpu: Any, memory: Any, cpu_limit: Any = None, memory_limit: Any = None) -> Any:
    return {
        "requests": {"cpu": cpu, "memory": memory},
        "limits": {"cpu": cpu_limit or cpu, "memory": memory_limit or memory},
    }


def container(name: str, resources: Any, **fields: Any) -> Any:
    return {"name": name, "image": f"{name}:1", "resources": resources, **fields}


def claim(size: Any) -> Any:
    return {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": size}}}


def manifest(kind: str, name: str, spec: Any, api: str = "apps/v1") -> Any:
    metadata = {"name": name, "namespace": "shop"}
    return {"apiVersion": api, "kind": kind, "metadata": metadata, "spec": spec}


def pods_of(resources: Any, *, name: str = "web", replicas: int = 1) -> Any:
    template = {"spec": {"containers": [container(name, resources)]}}
    return manifest("StatefulSet", name, {"replicas": replicas, "template": template})


# Requests: 700m, for prepare runs before the sidecar (500 + 100 + 50 = 650 run together), and
# 700 + 64 = 764Mi of migrate beside the sidecar (512 + 128 + 64 = 704 run together).
# Limits: 1000 + 200 + 100 = 1300m and 1024 + 128 + 64 = 1216Mi, what runs together.
DB_POD: Any = {
    "initContainers": [
        container("prepare", sized("700m", "32Mi")),
        container("metrics", sized("50m", "64Mi", "100m"), restartPolicy="Always"),
        container("migrate", sized("20m", "700Mi")),
    ],
    "containers": [
        container("db", sized(0.5, "512Mi", 1, "1Gi")),
        container("agent", sized("100m", "128Mi", "200m")),
    ],
}
DB: Any = manifest(
    "StatefulSet",
    "db",
    {
        "replicas": 3,
        "template": {"spec": DB_POD},
        "volumeClaimTemplates": [
            {"metadata": {"name": "data"}, "spec": claim("20Gi")},
            {"metadata": {"name": "wal"}, "spec": claim("5Gi")},
        ],
    },
)
BACKUPS: Any = manifest("PersistentVolumeClaim", "backups", claim("50Gi"), api="v1")


def deploy(scope: Construct) -> None:
    """A service with an autoscaler, a suspended job, a database, a volume."""
    NovaService(scope, "orders", ORDERS)
    NovaCronJob(scope, "report", REPORT)
    Manifest(scope, "db", DB)
    Manifest(scope, "backups", BACKUPS)


def limit(scope: Construct, id: str = "quota", **fields: Any) -> NamespaceQuota:  # noqa: A002
    return NamespaceQuota(scope, id, NamespaceQuotaProps(**fields))
