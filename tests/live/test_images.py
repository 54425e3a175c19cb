"""What is in the trees of containers: which programs, and which user they run as."""

import re

import pytest

from tests.live.images import IMAGES, Base, image_for
from tests.live.manifests import Document
from tests.live.one_pod import FOREVER, deployment, running

RESTRICTED = {
    "allowPrivilegeEscalation": False,
    "capabilities": {"drop": ["ALL"]},
    "readOnlyRootFilesystem": True,
}
# Programs that print a version, with the user that the image's documentation names.
STARTED = {
    "redis:7.4-alpine": (999, ["redis-server", "redis-sentinel", "redis-cli"]),
    "docker.io/library/redis:7.4": (999, ["redis-server", "redis-cli"]),
    "docker.io/library/haproxy:3.2.9-alpine": (99, ["haproxy"]),
    "postgres:17": (999, ["postgres", "initdb", "pg_basebackup", "psql"]),
    "postgres:17-alpine": (70, ["postgres", "initdb", "pg_basebackup", "psql"]),
    "registry.example.com/patroni:4.1": (999, ["patroni", "patronictl", "postgres"]),
    "nats:2.12-alpine": (1000, ["nats-server"]),
    "rclone/rclone:1.71": (1000, ["rclone"]),
    "curlimages/curl:8.16.0": (100, ["curl"]),
}
VERSION = {"haproxy": "-v", "rclone": "version", "patronictl": "version"}


@pytest.mark.parametrize("reference", STARTED)
@pytest.mark.images("redis", "haproxy", "patroni", "nats", "rclone/rclone")
def test_programs_start_as_the_user_of_a_restricted_pod(reference: str) -> None:
    user, names = STARTED[reference]
    spec = {"image": reference, "command": FOREVER, "securityContext": RESTRICTED}
    made = deployment(spec, securityContext={"runAsUser": user, "runAsGroup": user})
    with running(made) as (cluster, pod):
        cluster.wait_ready(timeout=30)
        for name in names:
            done = pod.run(name, VERSION.get(name, "--version"), timeout=20)
            assert re.search(r"\d+\.\d+", done.stdout), (name, done.stdout)


@pytest.mark.parametrize("reference", ["redis:7.4-alpine", "rclone/rclone:1.71", "busybox:1.37"])
@pytest.mark.images("redis", "rclone/rclone")
def test_an_image_of_alpine_has_the_shell_and_tools_of_busybox_alone(reference: str) -> None:
    made = deployment({"image": reference, "command": FOREVER})
    with running(made) as (cluster, pod):
        cluster.wait_ready(timeout=30)
        assert pod.run("readlink", "-f", "/bin/sh").stdout == "/usr/bin/busybox\n"
        assert pod.run("sha256sum", "/etc/hostname").returncode == 0
        for absent in ("bash", "perl", "python3", "curl", "systemctl"):
            assert pod.run(absent, "--version").returncode == 127


@pytest.mark.images("etcd")
def test_an_image_from_scratch_has_its_programs_alone() -> None:
    command = ["etcd", "--data-dir", "/var/lib/etcd/data"]
    spec = {"image": "gcr.io/etcd-development/etcd:v3.6.5", "command": command}
    context = {"runAsUser": 1000, "runAsGroup": 1000}
    with running(deployment(spec, securityContext=context)) as (cluster, pod):
        cluster.wait_ready(timeout=30)
        assert "etcdctl version" in pod.run("/usr/local/bin/etcdctl", "version").stdout
        for absent in ("sh", "cat", "busybox", "bash"):
            assert pod.run(absent).returncode == 127


@pytest.mark.images("oliver006/redis_exporter", "prometheuscommunity/postgres-exporter")
def test_exporters_start_by_their_entry_points() -> None:
    exporters: list[Document] = [
        {"name": "redis", "image": "oliver006/redis_exporter:v1.80", "command": None},
        {
            "name": "postgres",
            "image": "quay.io/prometheuscommunity/postgres-exporter:v0.18",
            "command": None,
            "env": [{"name": "DATA_SOURCE_NAME", "value": "postgresql://x@localhost/x"}],
        },
    ]
    with running(deployment(*exporters)) as (cluster, pod):
        cluster.wait_ready(timeout=30)
        client = cluster.client("tests")
        for port in (9121, 9187):
            retry = ("--retry", "30", "--retry-connrefused", "--retry-delay", "1")
            url = f"http://{pod.address}:{port}/metrics"
            assert "_up 0" in client.run("curl", "-s", *retry, url, timeout=60).stdout


@pytest.mark.images("redis", "haproxy")
@pytest.mark.parametrize(("reference", "given"), [("redis:7", "--version"), ("haproxy:3.2", "-v")])
def test_entry_points_put_the_program_before_its_arguments(reference: str, given: str) -> None:
    made = deployment({"image": reference, "command": None, "args": [given]})
    with running(made) as (cluster, pod):
        cluster.wait(lambda: bool(pod.container.exit_codes), 30, "it has ended")
        assert pod.container.exit_codes[0] == 0, pod.container.log
        assert reference.partition(":")[0] in pod.container.log.lower()


def test_a_tag_says_what_an_image_is_made_from() -> None:
    assert image_for("nats:2.12", IMAGES).base == Base.SCRATCH
    assert image_for("localhost:5000/library/nats:2.12-alpine3.22", IMAGES).base == Base.ALPINE
    assert image_for("redis@sha256:1", IMAGES).base == Base.DEBIAN
    assert image_for("quay.io/coreos/etcd:v3.5", IMAGES).base == Base.SCRATCH
