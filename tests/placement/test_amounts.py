"""What a pod takes of a node."""

from typing import Any

import pytest

from constructs_lib.placement.amounts import (
    NO_DEFAULTS,
    Defaults,
    amount,
    containers_of,
    pod_amounts,
    written,
)
from tests.placement.specs import container

MI = 2**20


def requests(spec: dict[str, Any], defaults: Defaults = NO_DEFAULTS) -> dict[str, int]:
    return pod_amounts(spec, containers_of(spec, defaults), "requests")


def limits(spec: dict[str, Any]) -> dict[str, int]:
    return pod_amounts(spec, containers_of(spec), "limits")


def test_containers_add_up() -> None:
    pod = {"containers": [container("100m", "64Mi"), container("50m", "32Mi")]}
    assert requests(pod) == {"cpu": 150, "memory": 96 * MI}


def test_the_largest_init_container_counts_where_it_is_more_than_the_sum() -> None:
    pod = {
        "initContainers": [container("500m", "16Mi"), container("300m", "128Mi")],
        "containers": [container("100m", "64Mi"), container("50m", "32Mi")],
    }
    assert requests(pod) == {"cpu": 500, "memory": 128 * MI}


def test_an_init_container_smaller_than_the_sum_counts_for_nothing() -> None:
    pod = {
        "initContainers": [container("100m")],
        "containers": [container("80m"), container("80m")],
    }
    assert requests(pod) == {"cpu": 160}


def test_sidecars_run_beside_the_main_containers() -> None:
    pod = {
        "initContainers": [container("30m", restartPolicy="Always")],
        "containers": [container("100m")],
    }
    assert requests(pod) == {"cpu": 130}


def test_only_sidecars_that_started_before_it_run_beside_an_init_container() -> None:
    sidecar = container("40m", restartPolicy="Always")
    pod = {
        "initContainers": [sidecar, container("200m"), container("10m", restartPolicy="Always")],
        "containers": [container("100m")],
    }
    assert requests(pod) == {"cpu": 240}


def test_overhead_comes_on_top_of_requests() -> None:
    pod = {"containers": [container("100m")], "overhead": {"cpu": "250m", "memory": "120Mi"}}
    assert requests(pod) == {"cpu": 350, "memory": 120 * MI}


def test_overhead_bounds_nothing_that_has_no_limit() -> None:
    limited = {"name": "main", "resources": {"limits": {"cpu": "1"}}}
    pod = {"containers": [limited], "overhead": {"cpu": "250m", "memory": "120Mi"}}
    assert limits(pod) == {"cpu": 1250}


def test_what_the_pod_states_as_a_whole_goes_first() -> None:
    pod = {"containers": [container("1")], "resources": {"requests": {"cpu": "300m"}}}
    assert requests(pod) == {"cpu": 300}


def test_a_limit_is_the_request_that_is_missing() -> None:
    pod = {"containers": [{"name": "a", "resources": {"limits": {"cpu": "2", "memory": "1Gi"}}}]}
    assert requests(pod) == {"cpu": 2000, "memory": 1024 * MI}


def test_defaults_of_the_namespace_come_after_limits() -> None:
    pod = {"containers": [{"name": "a", "resources": {"limits": {"cpu": "2"}}}, {"name": "b"}]}
    assert requests(pod, Defaults({"cpu": 50, "memory": MI}, {})) == {
        "cpu": 2050,
        "memory": 2 * MI,
    }


@pytest.mark.parametrize(
    ("resource", "text", "number"),
    [
        ("cpu", "250m", 250),
        ("cpu", "0.0001", 1),
        ("requests.cpu", "2", 2000),
        ("memory", "1Gi", 1024 * MI),
        ("memory", "12e6", 12_000_000),
        ("memory", "1Ei", 2**60),
        ("nvidia.com/gpu", "2", 2),
    ],
)
def test_quantities_are_read_and_rounded_up(resource: str, text: str, number: int) -> None:
    assert amount(resource, text) == number


@pytest.mark.parametrize("text", ["a lot", "1GB", ""])
def test_what_is_no_quantity_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a quantity"):
        amount("memory", text)


@pytest.mark.parametrize(
    ("resource", "number", "text"),
    [("cpu", 1500, "1500m"), ("limits.cpu", 2000, "2"), ("memory", 2**30, "1Gi"), ("pods", 3, "3")],
)
def test_numbers_are_written_as_kubernetes_writes_them(
    resource: str, number: int, text: str
) -> None:
    assert written(resource, number) == text
