"""Renders one store in a chart of its own."""

from typing import Any

from constructs_lib.environment import Environment
from constructs_lib.rules.pod_security import numeric_user, restricted
from constructs_lib.store.construct import ResilientStatefulStore
from constructs_lib.store.props import StoreProps
from tests.environments import MODERN
from tests.schemas import is_custom, kubernetes_problems, newest_version
from tests.service.rendering import kinds, names, new_chart, of_kind, variables_of

__all__ = [
    "container_named",
    "kinds",
    "names",
    "new_chart",
    "of_kind",
    "pod_findings",
    "pod_of",
    "rendered",
    "schema_problems",
    "variables_of",
]


def rendered(
    props: StoreProps, environment: Environment = MODERN, name: str = "cache"
) -> list[dict[str, Any]]:
    """The objects that the store puts into a chart of app ``shop``."""
    chart = new_chart(environment)
    ResilientStatefulStore(chart, name, props)
    return list(chart.to_json())


def pod_of(objects: list[dict[str, Any]], kind: str, name: str | None = None) -> Any:
    """The pod template of the workload of ``kind``."""
    spec = of_kind(objects, kind, name)["spec"]
    return (spec["jobTemplate"]["spec"] if kind == "CronJob" else spec)["template"]


def container_named(pod: Any, name: str) -> Any:
    """The container called ``name``, init containers included."""
    every = [*pod["spec"].get("initContainers", []), *pod["spec"]["containers"]]
    (one,) = [item for item in every if item["name"] == name]
    return one


def schema_problems(objects: list[dict[str, Any]], environment: Environment) -> list[str]:
    """What the API of the environment's version, or the newest one, would refuse."""
    built_in = [item for item in objects if not is_custom(item)]
    versions = (environment.cluster.kubernetes, newest_version())
    return [p for item in built_in for v in versions for p in kubernetes_problems(item, v)]


def pod_findings(objects: list[dict[str, Any]]) -> list[str]:
    """What a namespace that enforces ``restricted`` would refuse, and users that are no number."""
    return [str(finding) for finding in (*restricted(objects), *numeric_user(objects))]
