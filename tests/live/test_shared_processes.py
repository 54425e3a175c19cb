"""Pods whose containers share their processes."""

import signal
from typing import Any

from tests.live.one_pod import FOREVER, deployment, running

SERVER = [
    "sh",
    "-c",
    "trap 'echo told' HUP; echo $$$$ >/run/shared/pid; while :; do sleep 0.1; done",
]
WRITTEN = {
    "exec": {"command": ["test", "-s", "/run/shared/pid"]},
    "periodSeconds": 1,
    "timeoutSeconds": 10,
}
SHARED = {"volumeMounts": [{"name": "shared", "mountPath": "/run/shared"}]}
POD = {"shareProcessNamespace": True, "volumes": [{"name": "shared", "emptyDir": {}}]}


def test_a_container_signals_a_process_of_another_one() -> None:
    server: dict[str, Any] = {"command": SERVER, "readinessProbe": WRITTEN, **SHARED}
    made = deployment(server, {"name": "two", "command": FOREVER, **SHARED}, **POD)
    with running(made) as (cluster, pod):
        cluster.wait_ready(timeout=30)
        said = pod.run("sh", "-c", "kill -HUP $(cat /run/shared/pid) && echo sent", container="two")
        assert said.stdout == "sent\n"
        cluster.wait(lambda: "told" in pod.container.log, 30, "the signal arrives")

        first = pod.run("cat", "/proc/1/comm", container="two").stdout
        assert first == "sleep\n"


def test_without_sharing_a_container_sees_its_own_processes_alone() -> None:
    with running(deployment({}, {"name": "two"})) as (cluster, pod):
        cluster.wait_ready(timeout=30)
        names = pod.run("sh", "-c", "cat /proc/[0-9]*/comm").stdout
        assert names.splitlines()[0] == "sh"


def test_a_container_ends_with_all_that_it_has_started_and_the_others_stay() -> None:
    # The second one is nobody's child any longer when the first has ended.
    script = "(sleep 1234 &); (sleep 1234 &); exec sleep 4321"
    made = deployment({"command": ["sh", "-c", script]}, {"name": "two", "command": FOREVER}, **POD)
    with running(made) as (cluster, pod):
        cluster.wait_ready(timeout=30)
        lines = "for file in /proc/[0-9]*/cmdline; do tr '\\0' ' ' <$file; echo; done 2>/dev/null"
        count = ("sh", "-c", f"{lines} | grep -c '^sleep 1234 $'")

        def both() -> bool:
            return pod.run(*count, container="two").stdout == "2\n"

        cluster.wait(both, 30, "two that it has started")
        pod.container.send(signal.SIGKILL)
        cluster.wait(lambda: pod.container.restarts == 1 and pod.ready, 30, "a restart")

        cluster.wait(both, 30, "its own two alone")
        assert pod.containers["two"].restarts == 0


def test_processes_of_another_pod_are_not_taken_for_those_of_a_container() -> None:
    with running(deployment({}, **POD)) as (cluster, pod):
        cluster.wait_ready(timeout=30)
        own, other = pod.container.instance, cluster.client("tests").container.instance
        assert own
        assert other
        assert set(own.process._members()) >= {own.process.pid}
        # As when the other one's tree has got the number of this one's, which is gone.
        own.process._spaces[0] = other.process._spaces[0]
        assert set(own.process._members()) == set()


def test_all_processes_of_a_container_are_frozen_those_of_others_go_on() -> None:
    script = "(while :; do echo orphan; sleep 0.1; done &); exec sleep 4321"
    beside = "while :; do echo here; sleep 0.1; done"
    made = deployment(
        {"command": ["sh", "-c", script]}, {"name": "two", "command": ["sh", "-c", beside]}, **POD
    )
    with running(made) as (cluster, pod):
        cluster.wait(lambda: "orphan" in pod.container.log, 30, "it writes")
        pod.container.send(signal.SIGSTOP)
        frozen, other = pod.container.log, pod.containers["two"].log
        cluster.wait(lambda: len(pod.containers["two"].log) > len(other) + 10, 30, "two goes on")
        assert pod.container.log == frozen
        pod.container.send(signal.SIGCONT)
        cluster.wait(lambda: pod.container.log != frozen, 30, "it goes on")
