"""Files, containers and sidecars that cannot be are refused."""

import pytest

from constructs_lib.kube.containers import InitContainer, Migration, Sidecar
from constructs_lib.kube.probes import Probe, Probes, TcpConnect
from constructs_lib.kube.storage import (
    ConfigFiles,
    ConfigMapFiles,
    FileMount,
    SecretFiles,
    WritablePath,
)
from constructs_lib.refs import Ports
from tests.environments import OLDEST
from tests.service.cases import IMAGE
from tests.service.refusals import Refusal, assert_refused, cron_job, service

REFUSALS = {
    "relative-path": Refusal(
        service(writable=(WritablePath("tmp"),)),
        "writable[0].path = 'tmp': is no folder to mount; write an absolute path, such as /tmp",
    ),
    "writable-size": Refusal(
        service(writable=(WritablePath("/cache", size="64m"),)),
        "writable[0].size = '64m': is 0.064 bytes; add a unit, as in '64Mi'",
    ),
    "mounted-twice": Refusal(
        service(
            writable=(WritablePath("/cache"),), files=(FileMount("/cache/", SecretFiles("a")),)
        ),
        "files[0].path = '/cache/': is mounted already, or too like /cache; "
        "mount it once, or at another path",
    ),
    "paths-of-one-volume-name": Refusal(
        service(writable=(WritablePath("/a-b"), WritablePath("/a/b"))),
        "writable[1].path = '/a/b': is mounted already, or too like /a-b; mount "
        "it once, or at another path",
    ),
    "files-of-one-key": Refusal(
        service(
            files=(
                FileMount("/a", ConfigFiles({"b-c": ""})),
                FileMount("/a-b", ConfigFiles({"c": ""})),
            )
        ),
        "files = 'a-b-c': would hold two files under one key of the ConfigMap; "
        "rename a file or a folder",
    ),
    "no-files": Refusal(
        service(files=(FileMount("/etc/a", ConfigFiles({})),)),
        "files[0].source.files = {}: mounts nothing; write at least one file",
    ),
    "file-name": Refusal(
        service(files=(FileMount("/etc/a", ConfigFiles({"a/b": ""})),)),
        "files[0].source.files = 'a/b': is no file name; use letters, digits, '-', '_' and '.'",
    ),
    "files-too-large": Refusal(
        service(files=(FileMount("/etc/a", ConfigFiles({"a": "x" * 2**20})),)),
        "files = ['etc-a-a']: is 1048583 bytes, and a ConfigMap holds "
        "1 MiB; put large files into the image",
    ),
    "file-mode": Refusal(
        service(files=(FileMount("/etc/a", SecretFiles("a"), mode=0o1777),)),
        "files[0].mode = 1023: are no permission bits; write for example 0o440",
    ),
    "config-map-files": Refusal(
        service(files=(FileMount("/etc/a", ConfigMapFiles("A", keys=("..",))),)),
        "files[0].source.config_map = 'A': is not a DNS name; use lower case "
        "letters, digits, '-' and '.', alphanumeric at both ends",
        "files[0].source.keys = '..': is no file name; use letters, digits, '-', '_' and '.'",
    ),
    "secret-files": Refusal(
        service(files=(FileMount("/etc/a", SecretFiles("a", keys=("a b",))),)),
        "files[0].source.keys = 'a b': is no file name; use letters, digits, '-', '_' and '.'",
    ),
    "migration-without-command": Refusal(
        service(migration=Migration(command=())),
        "migration.command = (): runs nothing; name the migration program",
    ),
    "migration-named-like-the-workload": Refusal(
        service(migration=Migration(command=("m",))),
        "migration = 'migrate': is the name of the workload's own container; "
        "choose another id, or another init container in its place",
        name="migrate",
    ),
    "init-container-as-root": Refusal(
        service(init_containers=(InitContainer(name="a", image=IMAGE, user=0),)),
        "init_containers[0].user = 0: is root; use the image's numeric id, 1 or more",
    ),
    "container-name-twice": Refusal(
        service(sidecars=(Sidecar(name="a", image=IMAGE), Sidecar(name="a", image=IMAGE))),
        "sidecars[1].name = 'a': is taken in this pod; choose another name",
    ),
    "container-named-like-the-workload": Refusal(
        service(sidecars=(Sidecar(name="orders", image=IMAGE),)),
        "sidecars[0].name = 'orders': is the name of the workload's own "
        "container; choose another name",
    ),
    "container-named-migrate": Refusal(
        service(
            migration=Migration(command=("m",)),
            init_containers=(InitContainer(name="migrate", image=IMAGE),),
        ),
        "init_containers[0].name = 'migrate': is taken in this pod; choose another name",
    ),
    "sidecar-port-taken": Refusal(
        service(sidecars=(Sidecar(name="a", image=IMAGE, ports=Ports(http=8080)),)),
        "sidecars[0].ports['http'].number = 8080: containers of a pod share one "
        "address, and ports['http'] has it; use another number",
    ),
    "sidecar-probe-of-a-port-it-has-not": Refusal(
        service(
            sidecars=(
                Sidecar(name="a", image=IMAGE, probes=Probes(readiness=Probe(TcpConnect("http")))),
            )
        ),
        "sidecars[0].probes.readiness.check.port = 'http': the container has no "
        "port 'http'; its ports: none",
    ),
    "plain-sidecar-of-a-job": Refusal(
        cron_job(sidecars=(Sidecar(name="a", image=IMAGE, native=False),)),
        "sidecars[0].native = False: goes on running, so that no run ever completes; leave "
        "native=False out",
    ),
    "plain-sidecar-of-a-job-at-1-27": Refusal(
        cron_job(sidecars=(Sidecar(name="a", image=IMAGE, native=False),)),
        "sidecars[0].native = False: goes on running, so that no run ever completes; leave "
        "the sidecar out, or upgrade the cluster",
        environment=OLDEST,
    ),
    "native-sidecar-of-a-job-at-1-27": Refusal(
        cron_job(sidecars=(Sidecar(name="a", image=IMAGE),)),
        "sidecars[0].native = True: needs Kubernetes 1.29, and the cluster has 1.27; leave "
        "the sidecar out, or upgrade the cluster",
        environment=OLDEST,
    ),
    "files-too-large-together": Refusal(
        service(
            files=(
                FileMount("/a", ConfigFiles({"a": "x" * 2**19})),
                FileMount("/b", ConfigFiles({"a": "x" * 2**19})),
            )
        ),
        "files = ['a-a', 'b-a']: is 1048582 bytes, and a ConfigMap holds 1 MiB; put large "
        "files into the image",
    ),
    "native-sidecar-at-1-27": Refusal(
        service(sidecars=(Sidecar(name="a", image=IMAGE),)),
        "sidecars[0].native = True: needs Kubernetes 1.29, and the cluster has "
        "1.27; set native=False",
        environment=OLDEST,
    ),
}


@pytest.mark.parametrize("refusal", REFUSALS.values(), ids=REFUSALS.keys())
def test_is_refused(refusal: Refusal) -> None:
    assert_refused(refusal)
