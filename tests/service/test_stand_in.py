"""Stand-ins: what replaces an application's image, and that it answers."""

import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from constructs_lib.kube.containers import InitContainer, Migration, Sidecar
from constructs_lib.kube.images import AppImage, Image
from constructs_lib.kube.monitors import Metrics
from constructs_lib.kube.probes import ExecCommand, GrpcCheck, HttpGet, Probe, Probes
from constructs_lib.kube.shutdown import Shutdown
from constructs_lib.refs import Port, Ports
from constructs_lib.service.stand_in import configuration
from constructs_lib.values import Value
from tests.environments import MODERN, STAND_IN
from tests.service.cases import CRON_JOB, SERVICE, WORKER
from tests.service.rendering import container_of, of_kind, pod_of, rendered
from tests.service.web_server import answer, free_port, laid_out, needs_nginx, running

THIRD_PARTY = replace(SERVICE, image=Image("envoyproxy/envoy", tag="v1.35.0"))
OWN = AppImage("helper", tag="1")


def configurations(objects: list[dict[str, Any]]) -> dict[str, str]:
    """The files below the stand-in's folder, by path, read as the kubelet would lay them out."""
    data = of_kind(objects, "ConfigMap", "orders-files")["data"]
    pod = pod_of(objects)["spec"]
    mounts = {m["name"]: m["mountPath"] for m in pod["containers"][0]["volumeMounts"]}
    return {
        f"{mounts[volume['name']]}/{item['path']}": data[item["key"]]
        for volume in pod["volumes"]
        if volume.get("configMap", {}).get("name") == "orders-files"
        for item in volume["configMap"]["items"]
    }


def read_from(container: Any) -> str:
    """The configuration that a container is told to read."""
    command = container["command"]
    return str(command[command.index("-c") + 1])


def test_somebody_elses_image_stays() -> None:
    assert rendered(THIRD_PARTY, STAND_IN) == rendered(
        THIRD_PARTY, replace(STAND_IN, images=replace(STAND_IN.images, stand_in=None))
    )


def test_real_images_run_where_the_environment_has_no_stand_in() -> None:
    assert "nginx" not in str(rendered(SERVICE, MODERN))


def test_the_image_of_a_stand_in_may_have_a_port_and_a_digest() -> None:
    reference = f"localhost:5000/nginx@sha256:{'0' * 64}"
    environment = replace(STAND_IN, images=replace(STAND_IN.images, stand_in=reference))
    assert container_of(rendered(SERVICE, environment))["image"] == reference


def test_every_own_image_of_a_pod_is_replaced() -> None:
    props = replace(
        SERVICE,
        migration=Migration(command=("/migrate",), variables={"A": "a"}),
        init_containers=(
            InitContainer(name="theirs", image=Image("busybox", tag="1")),
            InitContainer(name="ours", image=OWN, command=("/x",)),
        ),
        sidecars=(Sidecar(name="side", image=OWN, ports=Ports(admin=9000)),),
    )
    objects = rendered(props, STAND_IN)
    pod = pod_of(objects)["spec"]
    containers = {c["name"]: c for c in (*pod["initContainers"], *pod["containers"])}
    assert list(containers) == ["side", "theirs", "ours", "migrate", "orders"]
    ours = {name: c for name, c in containers.items() if name != "theirs"}
    assert {c["image"] for c in ours.values()} == {STAND_IN.images.stand_in}
    assert {read_from(c) for c in ours.values()} <= configurations(objects).keys()
    ends = {name for name, c in ours.items() if c["command"][-1] == "-t"}
    assert ends == {"ours", "migrate"}


@pytest.mark.parametrize(
    ("check", "expected"),
    [
        (HttpGet("/ready"), {"httpGet": {"path": "/ready", "port": "http"}}),
        (HttpGet("/ready", scheme="HTTPS"), {"tcpSocket": {"port": "http"}}),
        (GrpcCheck(), {"tcpSocket": {"port": "grpc"}}),
        (ExecCommand(("/ready",)), {"tcpSocket": {"port": "http"}}),
    ],
    ids=["http", "https", "grpc", "exec"],
)
def test_probes_ask_what_a_web_server_can_answer(check: Any, expected: dict[str, Any]) -> None:
    props = replace(
        SERVICE, ports=Ports(http=8080, grpc=9080), probes=Probes(readiness=Probe(check))
    )
    probe = container_of(rendered(props, STAND_IN))["readinessProbe"]
    assert expected.items() <= probe.items()


def test_a_worker_without_ports_has_no_probe_to_answer() -> None:
    props = replace(WORKER, probes=Probes(readiness=Probe(ExecCommand(("/ready",)))))
    assert "readinessProbe" not in container_of(rendered(props, STAND_IN))


def test_a_stop_command_of_the_application_is_not_run() -> None:
    stopping = replace(SERVICE, shutdown=Shutdown(command=ExecCommand(("/stop",))))
    assert "/stop" not in str(rendered(stopping, STAND_IN))


def test_a_job_ends() -> None:
    assert container_of(rendered(CRON_JOB, STAND_IN))["command"][-1] == "-t"


def test_without_tcp_ports_nothing_listens() -> None:
    udp = Ports(Port("relay", 3478, protocol="UDP"))
    assert "listen" not in configuration("api", udp)


@needs_nginx
def test_a_stand_in_answers_every_probe_on_every_tcp_port(tmp_path: Path) -> None:
    numbers = [free_port() for _ in range(3)]
    props = replace(
        SERVICE,
        ports=Ports(
            Port("relay", free_port(), protocol="UDP"),
            **dict(zip(("http", "grpc", "metrics"), numbers, strict=True)),
        ),
        probes=Probes.http("/health/ready?deep=1"),
    )
    objects = rendered(props, STAND_IN)
    container = container_of(objects)
    paths = {container[probe]["httpGet"]["path"] for probe in container if probe.endswith("Probe")}
    assert paths == {"/health/ready?deep=1"}
    with running(laid_out(configurations(objects), container["command"], tmp_path)):
        for number in numbers:
            for path in (*paths, "/", "/any/path"):
                assert answer(number, path) == (200, "stand-in for orders\n")
            status, metrics = answer(number, "/metrics")
            assert (status, metrics.splitlines()[-1]) == (200, "stand_in 1")


def test_metrics_are_answered_where_the_props_have_them() -> None:
    metered = replace(SERVICE, metrics=Metrics(port="http", path="/actuator/prometheus"))
    (files,) = (o for o in rendered(metered, STAND_IN) if o["metadata"]["name"] == "orders-files")
    (text,) = files["data"].values()
    assert "location = /actuator/prometheus {" in text
    assert "location = /metrics" not in text


@needs_nginx
@pytest.mark.parametrize("props", [WORKER, CRON_JOB], ids=["worker", "job"])
def test_a_stand_in_without_ports_has_a_sound_configuration(props: Value, tmp_path: Path) -> None:
    objects = rendered(props, STAND_IN)
    command = laid_out(configurations(objects), container_of(objects)["command"], tmp_path)
    test = command if command[-1] == "-t" else [*command, "-t"]
    done = subprocess.run(test, check=False, capture_output=True, text=True)
    assert (done.returncode, "test is successful" in done.stderr) == (0, True)


@needs_nginx
def test_a_stand_in_logs_json(tmp_path: Path) -> None:
    port = free_port()
    objects = rendered(replace(SERVICE, ports=Ports(http=port)), STAND_IN)
    command = container_of(objects)["command"]
    with running(laid_out(configurations(objects), command, tmp_path)):
        answer(port, '/a"b')
    (line,) = (tmp_path / "log").read_text(encoding="utf-8").splitlines()
    assert '"service":"orders"' in line
    assert '\\"' in line
