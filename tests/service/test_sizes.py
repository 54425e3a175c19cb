"""Requests and limits that an environment gives workloads in place of their own."""

from dataclasses import replace

from constructs_lib.resources import Resources
from tests.environments import MODERN
from tests.service.cases import SERVICE
from tests.service.rendering import container_of, rendered

EVERY = Resources(cpu="50m", memory="64Mi", cpu_limit="2")
ONE = Resources(cpu="75m", memory="96Mi")


def test_the_environment_sizes_every_workload() -> None:
    sized = replace(MODERN, service_size=EVERY)
    assert container_of(rendered(SERVICE, sized))["resources"] == {
        "requests": {"cpu": "50m", "memory": "64Mi"},
        "limits": {"cpu": "2", "memory": "64Mi"},
    }


def test_the_environment_sizes_one_workload_of_one_app() -> None:
    sized = replace(MODERN, sizes={"shop/orders": ONE, "other/orders": EVERY}, service_size=EVERY)
    requests = container_of(rendered(SERVICE, sized, "orders"))["resources"]["requests"]
    assert requests == {"cpu": "75m", "memory": "96Mi"}
    others = container_of(rendered(SERVICE, sized, "basket"))["resources"]["requests"]
    assert others == {"cpu": "50m", "memory": "64Mi"}
