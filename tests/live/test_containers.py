"""What happens to containers: order, probes, ends, hooks, signals."""

import itertools
import signal
import time
from pathlib import Path
from typing import Any

import pytest

from tests.live.node import Timing
from tests.live.one_pod import FOREVER, claim, deployment, running
from tests.live.process import Order, Process


def test_containers_start_in_their_order() -> None:
    init: list[dict[str, Any]] = [
        {"name": "first", "image": "busybox", "command": ["sh", "-c", "sleep 0.3; echo 1 >/w/1"]},
        {
            "name": "beside",
            "image": "busybox",
            "command": FOREVER,
            "restartPolicy": "Always",
            "startupProbe": {"exec": {"command": ["test", "-e", "/w/1"]}, "periodSeconds": 1},
            "volumeMounts": [{"name": "w", "mountPath": "/w"}],
        },
        {"name": "last", "image": "busybox", "command": ["test", "-e", "/w/1"]},
    ]
    mounts = [{"name": "w", "mountPath": "/w"}]
    for item in init:
        item["volumeMounts"] = mounts
    made = deployment(
        {},
        initContainers=init,
        terminationGracePeriodSeconds=1,
        volumes=[{"name": "w", "emptyDir": {}}],
    )

    with running(made) as (cluster, pod):
        cluster.wait_ready(timeout=30)
        pod.stop()

        story = [line.split()[2:] for line in cluster.journal.lines(pod.name)]
    begun = [words[0] for words in story if "runs" in words]
    ended = [words[0] for words in story if words[1:3] == ["ended", "with"]]
    assert begun == ["first:", "beside:", "last:", "one:"]
    assert ended == ["first:", "last:", "one:", "beside:"]


def test_a_container_runs_when_its_program_does() -> None:
    path = "/none:" * 15_000 + "/bin"  # where it is looked for takes a moment
    made = deployment({"command": ["sleep", "60"], "env": [{"name": "PATH", "value": path}]})
    with running(made) as (cluster, pod):
        cluster.wait_ready(timeout=30)
        instance = pod.container.instance
        assert instance
        assert Path(f"/proc/{instance.process.pid}/comm").read_text(encoding="utf-8") == "sleep\n"


def test_a_program_has_nothing_open_but_input_and_output() -> None:
    show = "ls /proc/$$/fd; true"  # a shell becomes the program that is all it has to run
    script = f"{show} && exec sleep 60".replace("$", "$$")  # as manifests write it
    with running(deployment({"command": ["sh", "-c", script]})) as (cluster, pod):
        cluster.wait(lambda: pod.container.log.count("\n") >= 3, 30, "the log")
        assert pod.container.log == "0\n1\n2\n"
        assert pod.run("sh", "-c", show).stdout == "0\n1\n2\n"


def test_a_program_ignores_no_signal_that_the_tests_ignore() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with running(deployment({})) as (cluster, pod):
            cluster.wait_ready(timeout=30)
            said = pod.run("grep", "SigIgn", "/proc/self/status").stdout
    finally:
        signal.signal(signal.SIGHUP, before)
    ignored = int(said.split()[1], 16)
    # Beside those that the C library keeps for itself and lets nobody change.
    assert not [number for number in signal.valid_signals() if ignored >> (number - 1) & 1]


def test_a_crash_loop_waits_longer_each_time() -> None:
    timing = Timing(restart=0.1, back_off=0.02)  # of 10 s, 20 s, 40 s
    with running(deployment({"command": ["sh", "-c", "exit 3"]}), timing=timing) as (cluster, pod):
        cluster.wait(lambda: len(pod.container.exit_codes) >= 5, 20, "five starts")

        times = [float(line.split()[0]) for line in cluster.journal.lines("runs as process")][:5]
    waits = [after - before for before, after in itertools.pairwise(times)]
    expected = [0.1, 0.2, 0.4, 0.8]
    assert all(e <= w < e + 3 for e, w in zip(expected, waits, strict=True)), waits
    assert pod.container.exit_codes[:5] == [3] * 5


def test_a_container_whose_liveness_fails_is_ended_and_started_again() -> None:
    asked = {
        "exec": {"command": ["test", "-e", "/run/alive"]},
        "timeoutSeconds": 10,
        "periodSeconds": 1,
    }
    command = FOREVER[2].replace("while", "touch /run/alive; while", 1)
    made = deployment(
        {
            "command": ["sh", "-c", command],
            "readinessProbe": asked,
            "livenessProbe": {**asked, "failureThreshold": 2},
        }
    )
    with running(made, timing=Timing(restart=0.1)) as (cluster, pod):
        cluster.wait_ready(timeout=30)
        pod.run("rm", "/run/alive")
        cluster.wait(lambda: pod.container.restarts == 1 and pod.ready, 30, "a restart")

        # Its root is new with every start.
        assert pod.run("test", "-e", "/run/alive").returncode == 0
    assert pod.container.exit_codes[0] == 0


def test_a_container_that_never_starts_is_ended() -> None:
    probe = {"tcpSocket": {"port": 80}, "periodSeconds": 1, "failureThreshold": 2}
    probe["initialDelaySeconds"] = 1  # by when its script has come to its trap
    with running(deployment({"startupProbe": probe})) as (cluster, pod):
        cluster.wait(lambda: bool(pod.container.exit_codes), 30, "the startup probe fails")

        assert pod.container.exit_codes[0] == 0
        assert not pod.ready
        assert any("ConnectionRefused" in line for line in cluster.journal.lines("startup failed"))


def test_hooks_and_grace() -> None:
    hook = {"exec": {"command": ["sh", "-c", "echo stopping >>/w/told; sleep 0.5"]}}
    deaf = ["sh", "-c", "trap '' TERM; while :; do sleep 60 & wait $!; done"]
    mounts = [{"name": "w", "mountPath": "/w"}]
    made = deployment(
        {"command": deaf, "lifecycle": {"preStop": hook}, "volumeMounts": mounts},
        volumes=[{"name": "w", "persistentVolumeClaim": {"claimName": "w"}}],
        terminationGracePeriodSeconds=5,
    )
    with running(made, claim("w")) as (cluster, pod):
        cluster.wait_ready(timeout=30)
        began = time.monotonic()
        pod.stop()
        took = time.monotonic() - began

        assert 5 <= took < 20
        assert pod.container.exit_codes == [137]
        assert (cluster.node.claims.folder("tests", "w") / "told").read_text() == "stopping\n"


def test_a_hook_that_fails_after_the_start_ends_the_container() -> None:
    # The program is not asked to end before it can obey.
    script = "until test -e /run/started; do sleep 0.1; done; test -e /w/may-start"
    hook = {"exec": {"command": ["sh", "-c", script]}}
    command = FOREVER[2].replace("while", "touch /run/started; while", 1)
    mounts = [{"name": "w", "mountPath": "/w"}]
    made = deployment(
        {
            "command": ["sh", "-c", command],
            "lifecycle": {"postStart": hook},
            "volumeMounts": mounts,
        },
        volumes=[{"name": "w", "persistentVolumeClaim": {"claimName": "w"}}],
    )
    with running(made, claim("w"), timing=Timing(restart=0.1, back_off=0)) as (cluster, pod):
        cluster.wait(lambda: bool(pod.container.exit_codes), 30, "it is ended")
        assert pod.container.exit_codes[0] == 0
        assert not pod.ready
        (cluster.node.claims.folder("tests", "w") / "may-start").touch()
        cluster.wait_ready(timeout=30)


def test_a_pod_is_killed_at_once_even_while_a_hook_runs() -> None:
    hook = {"exec": {"command": ["sleep", "60"]}}
    made = deployment({"lifecycle": {"postStart": hook}}, terminationGracePeriodSeconds=60)
    with running(made) as (cluster, pod):
        cluster.wait(lambda: pod.container.running, 30, "it runs")
        began = time.monotonic()
        pod.kill()
        assert time.monotonic() - began < 10
        assert pod.container.exit_codes == [137]


@pytest.mark.parametrize("way", ["signal", "command"])
def test_a_program_that_has_just_written_is_reached(
    monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    def made_slowly(order: Order) -> Process:
        process = Process(order)
        time.sleep(0.5)
        return process

    monkeypatch.setattr("tests.live.container.Process", made_slowly)
    script = "trap 'echo told' HUP; echo here; while :; do sleep 0.1; done"
    with running(deployment({"command": ["sh", "-c", script]})) as (cluster, pod):
        cluster.wait(lambda: "here" in pod.container.log, 30, "it writes")
        if way == "signal":
            pod.container.send(signal.SIGHUP)
        else:
            pod.run("kill", "-HUP", "1")
        cluster.wait(lambda: "told" in pod.container.log, 30, "the signal arrives")


def test_a_signal_that_reaches_nobody_is_refused() -> None:
    with running(deployment({"command": ["true"]}, restartPolicy="Never")) as (cluster, pod):
        cluster.wait(pod.container.finished.is_set, 30, "it has ended")
        with pytest.raises(OSError, match="one does not run"):
            pod.container.send(signal.SIGKILL)


def test_a_frozen_container_goes_on_where_it_was() -> None:
    command = "i=0; while :; do i=$((i+1)); echo $i; sleep 0.05; done"
    with running(deployment({"command": ["sh", "-c", command]})) as (cluster, pod):
        cluster.wait(lambda: "1\n" in pod.container.log, 30, "it counts")
        pod.container.send(signal.SIGSTOP)
        before = pod.container.log
        time.sleep(0.2)
        assert pod.container.log == before
        pod.container.send(signal.SIGCONT)
        cluster.wait(lambda: pod.container.log != before, 30, "it goes on")
        assert pod.container.restarts == 0
