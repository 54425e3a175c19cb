"""How pods stop, and what of them waits."""

from dataclasses import replace
from typing import Any

import pytest

from constructs_lib.environment import Environment
from constructs_lib.kube.containers import Sidecar
from constructs_lib.kube.probes import ExecCommand
from constructs_lib.kube.services import LoadBalancer
from constructs_lib.kube.shutdown import Shutdown
from tests.environments import MODERN, OLDEST
from tests.service.cases import IMAGE, SERVICE
from tests.service.rendering import pod_of, rendered

PLAIN = Sidecar(name="proxy", image=IMAGE, native=False)
BALANCED = replace(SERVICE, load_balancer=LoadBalancer(ports=("http",)))


def drain(container: dict[str, Any]) -> Any:
    return container["lifecycle"]["preStop"]


@pytest.mark.parametrize("environment", [MODERN, OLDEST], ids=["1-33", "1-27"])
def test_a_plain_sidecar_lives_as_long_as_the_workload_drains(environment: Environment) -> None:
    shutdown = Shutdown(drain_seconds=7)
    pod = pod_of(rendered(replace(SERVICE, sidecars=(PLAIN,), shutdown=shutdown), environment))
    main, beside = pod["spec"]["containers"]
    assert drain(main) == drain(beside)
    assert "7" in str(drain(beside))


def test_a_plain_sidecar_does_not_run_the_command_of_the_workload() -> None:
    shutdown = Shutdown(drain_seconds=7, command=ExecCommand(("/app/stop",)))
    main, beside = pod_of(rendered(replace(SERVICE, sidecars=(PLAIN,), shutdown=shutdown)))["spec"][
        "containers"
    ]
    assert drain(main) == {"exec": {"command": ["/app/stop"]}}
    assert drain(beside) == {"sleep": {"seconds": 7}}


def test_a_native_sidecar_needs_no_drain() -> None:
    native = replace(PLAIN, native=True)
    (beside,) = pod_of(rendered(replace(SERVICE, sidecars=(native,))))["spec"]["initContainers"]
    assert "lifecycle" not in beside


@pytest.mark.parametrize(
    ("shutdown", "expected"),
    [(None, (15, 40)), (Shutdown(drain_seconds=3), (3, 30))],
    ids=["not-said", "said"],
)
def test_a_load_balancer_has_time_to_learn(
    shutdown: Shutdown | None, expected: tuple[int, int]
) -> None:
    spec = pod_of(rendered(replace(BALANCED, shutdown=shutdown)))["spec"]
    seconds = drain(spec["containers"][0])["sleep"]["seconds"]
    assert (seconds, spec["terminationGracePeriodSeconds"]) == expected
