"""What containers are given: variables, files, privileges; and what is refused."""

import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.live.cluster import Cluster
from tests.live.manifests import Document, ManifestError, parse
from tests.live.one_pod import deployment, running

SERVICE = """
{apiVersion: v1, kind: Service, metadata: {name: my-db, namespace: tests},
 spec: {selector: {app: none}, ports: [{name: sql, port: 5432}]}}
"""
VARIABLES = """
- {name: HOST, value: db}
- {name: URL, value: "$(HOST):$(PORT)/$$(HOST)/$(NONE)/$(FROM_MAP)"}
- {name: PORT, value: "1"}
- {name: IP, valueFrom: {fieldRef: {fieldPath: status.podIP}}}
- {name: APP, valueFrom: {fieldRef: {fieldPath: "metadata.labels['app']"}}}
- {name: LIMIT, valueFrom: {resourceFieldRef: {resource: limits.memory, divisor: 1Mi}}}
- {name: PASSWORD, valueFrom: {secretKeyRef: {name: login, key: password}}}
- {name: MAYBE, valueFrom: {secretKeyRef: {name: login, key: none, optional: true}}}
"""


def test_variables_refer_to_each_other_and_to_the_pod() -> None:
    config = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "map", "namespace": "tests"},
        "data": {"MAP": "m"},
    }
    made = deployment(
        {
            "command": [
                "sh",
                "-c",
                "cat /proc/self/environ; echo; echo '$(URL)' $0; sleep 9",
                "$(IP)",
            ],
            "env": yaml.safe_load(VARIABLES),
            "envFrom": [{"prefix": "FROM_", "configMapRef": {"name": "map"}}],
            "resources": {"limits": {"memory": "64Mi"}},
        }
    )
    secrets = {"tests/login": {"password": "p w"}}
    with running(made, config, *parse(SERVICE), secrets=secrets) as (cluster, pod):
        cluster.wait_ready(timeout=30)
        cluster.wait(lambda: pod.container.log.count("\n") >= 2, 30, "the log")
        first, second, *_ = pod.container.log.splitlines()
    found = dict(item.split("=", 1) for item in first.strip("\0").split("\0"))
    assert found["URL"] == "db:$(PORT)/$(HOST)/$(NONE)/m"
    assert (found["IP"], found["APP"], found["LIMIT"]) == (pod.address, "one", "64")
    assert (found["PASSWORD"], found["FROM_MAP"], "MAYBE" in found) == ("p w", "m", False)
    # Those of other Services too, since nothing declines them.
    assert found["MY_DB_SERVICE_HOST"] == "10.96.0.2"
    assert found["MY_DB_PORT_5432_TCP"] == "tcp://10.96.0.2:5432"
    assert second == f"db:$(PORT)/$(HOST)/$(NONE)/m {pod.address}"


def test_files_have_their_modes_and_places() -> None:
    volumes = """
    - name: files
      projected:
        defaultMode: 0440
        sources:
        - secret: {name: login, items: [{key: password, path: deep/password, mode: 0400}]}
        - downwardAPI: {items: [{path: name, fieldRef: {fieldPath: metadata.name}}]}
    """
    mounts = [
        {"name": "files", "mountPath": "/files"},
        {"name": "files", "mountPath": "/etc/own/password", "subPath": "deep/password"},
    ]
    made = deployment(
        {"volumeMounts": mounts},
        volumes=yaml.safe_load(volumes),
        securityContext={"runAsUser": 70, "runAsGroup": 70, "fsGroup": 5000},
    )
    with running(made, secrets={"login": {"password": "secret"}}) as (cluster, pod):
        cluster.wait_ready(timeout=30)
        stat = ("stat", "-Lc", "%a %u %g")

        assert pod.run("cat", "/files/deep/password").stdout == "secret"
        assert pod.run(*stat, "/files/deep/password", "/files/name").stdout == (
            "440 0 5000\n440 0 5000\n"
        )
        assert pod.run("cat", "/etc/own/password", "/files/name").stdout == f"secret{pod.name}"
        assert pod.run("id").stdout == "uid=70 gid=70 groups=70,5000\n"
        assert "Read-only" in pod.run("sh", "-c", "echo >/files/x").stdout


def test_containers_that_start_at_the_same_moment_have_a_folder_of_a_volume_in_common() -> None:
    mounts = [{"name": "w", "mountPath": "/w", "subPath": "deep/inner"}]
    many = [{"name": f"number-{number}", "volumeMounts": mounts} for number in range(8)]
    made = deployment(
        *many, volumes=[{"name": "w", "emptyDir": {}}], securityContext={"runAsUser": 999}
    )
    with running(made) as (cluster, pod):
        cluster.wait_ready(timeout=30)
        for name, item in pod.containers.items():
            assert pod.run("touch", f"/w/{name}", container=name).returncode == 0, item.log
        assert pod.run("ls", "/w").stdout.split() == list(pod.containers)
        assert all(item.exit_codes == [] for item in pod.containers.values())


@pytest.mark.parametrize(
    ("context", "bounding"),
    [
        ({}, 0x00000000A80425FB),
        ({"capabilities": {"drop": ["ALL"]}}, 0),
        ({"capabilities": {"drop": ["ALL"], "add": ["NET_BIND_SERVICE"]}}, 1 << 10),
    ],
    ids=["default", "none", "one"],
)
def test_capabilities(context: dict[str, Any], bounding: int) -> None:
    with running(deployment({"securityContext": context})) as (cluster, pod):
        cluster.wait_ready(timeout=30)
        status = dict(
            line.split(":\t") for line in pod.run("cat", "/proc/1/status").stdout.splitlines()
        )
        assert int(status["CapBnd"], 16) == int(status["CapEff"], 16) == bounding
        assert status["NoNewPrivs"] == "0"
        assert pod.run("touch", "/x").returncode == 0


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (deployment({"image": "example.com/unknown:1"}), "nothing stands for image"),
        (deployment({"envFrom": [{"secretRef": {"name": "none"}}]}), "no secret 'none'"),
        (deployment({"volumeMounts": [{"name": "x", "mountPath": "/x"}]}), "no volume 'x'"),
        (deployment({"securityContext": {"runAsNonRoot": True}}), "must not run as root"),
        (deployment({"securityContext": {"privileged": True}}), "privileged"),
        (deployment({}, hostNetwork=True), "hostNetwork"),
        (deployment({}, securityContext={"sysctls": [{"name": "net.core.x"}]}), "sysctls"),
        ({**deployment({}), "kind": "DaemonSet"}, "DaemonSet one: this kind"),
        (deployment({"livenessProbe": {"grpc": {"port": 1}}}), "no probe of this kind"),
    ],
    ids=["image", "secret", "volume", "root", "privileged", "network", "sysctl", "kind", "grpc"],
)
def test_what_cannot_run_is_refused(made: Document, words: str) -> None:
    with pytest.raises(ManifestError, match=words), Cluster([made]) as cluster:
        cluster.start()


def test_a_program_is_there_below_what_a_pod_mounts_over() -> None:
    top = f"/{Path(sys.prefix).parts[1]}"
    made = deployment(
        {
            "image": "registry.example.com/patroni:4.1",
            "command": ["sh", "-c", f"patroni --version; ls {top}; exec sleep 9"],
            "volumeMounts": [{"name": "over", "mountPath": top}],
        },
        volumes=[{"name": "over", "emptyDir": {}}],
    )
    with running(made) as (cluster, pod):
        cluster.wait(lambda: pod.container.log.count("\n") >= 2, 30, "the log")
        assert pod.container.log.startswith("patroni ")
