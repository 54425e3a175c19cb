"""Waiting at the start: for stores, with a bound, and for nothing else."""

from dataclasses import replace

import pytest

from constructs_lib.errors import PropsError
from constructs_lib.kube.probes import HttpGet, Probe, Probes
from tests.environments import BARE
from tests.service.cases import CACHE, DATABASE, SERVICE, USERS
from tests.service.rendering import of_kind, pod_of, rendered

SLOW = Probe(HttpGet("/health"), period_seconds=5, failure_threshold=6)


def test_a_store_is_waited_for_with_a_bound_and_a_service_is_not() -> None:
    objects = rendered(replace(SERVICE, uses=(CACHE, DATABASE), calls=(USERS,)), BARE)
    settings = of_kind(objects, "ConfigMap")["data"]

    assert settings["STARTUP_WAIT_SECONDS"] == "30"
    assert settings["STARTUP_WAIT_FOR"] == CACHE.endpoint.address
    assert "initContainers" not in pod_of(objects)["spec"]


def test_a_program_may_start_without_waiting() -> None:
    objects = rendered(replace(SERVICE, uses=(CACHE,), startup_wait_seconds=0), BARE)
    assert "ConfigMap" not in [o["kind"] for o in objects]


@pytest.mark.parametrize(
    ("probes", "named"),
    [
        (Probes(startup=SLOW), "startup"),
        (Probes(liveness=replace(SLOW, initial_delay_seconds=1, failure_threshold=5)), "liveness"),
    ],
)
def test_a_wait_that_the_kubelet_cuts_short_is_refused(probes: Probes, named: str) -> None:
    with pytest.raises(PropsError, match=f"after which probes.{named} ends the container"):
        rendered(replace(SERVICE, uses=(CACHE,), probes=probes), BARE)
    rendered(replace(SERVICE, uses=(CACHE,), probes=probes, startup_wait_seconds=25), BARE)


def test_a_negative_wait_is_refused() -> None:
    with pytest.raises(PropsError, match=r"startup_wait_seconds = -1: is negative"):
        rendered(replace(SERVICE, startup_wait_seconds=-1), BARE)
