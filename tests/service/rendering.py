"""Renders one construct in a chart of its own."""

from collections.abc import Callable, Iterator
from typing import Any

import cdk8s

from constructs_lib.chart import AppChart
from constructs_lib.environment import Environment
from constructs_lib.secrets import AppSecret, AppSecretProps
from constructs_lib.service import (
    ExternalService,
    ExternalServiceProps,
    NovaCronJob,
    NovaCronJobProps,
    NovaService,
    NovaServiceProps,
    NovaWorker,
    NovaWorkerProps,
)
from constructs_lib.values import Value
from tests.environments import MODERN

CONSTRUCTS: dict[type[Value], Callable[[AppChart, str, Any], object]] = {
    NovaServiceProps: NovaService,
    NovaWorkerProps: NovaWorker,
    NovaCronJobProps: NovaCronJob,
    ExternalServiceProps: ExternalService,
    AppSecretProps: AppSecret,
}


def new_chart(environment: Environment = MODERN, *, create_namespace: bool = False) -> AppChart:
    """The chart of app ``shop``."""
    return AppChart(
        cdk8s.App(),
        "shop",
        environment=environment,
        team="checkout",
        create_namespace=create_namespace,
    )


def rendered(
    props: Value, environment: Environment = MODERN, name: str = "orders"
) -> list[dict[str, Any]]:
    """The objects that the construct of ``props`` puts into a chart."""
    chart = new_chart(environment)
    CONSTRUCTS[type(props)](chart, name, props)
    return list(chart.to_json())


def of_kind(objects: list[dict[str, Any]], kind: str, name: str | None = None) -> Any:
    """The one object of ``kind``; with ``name`` where there are several."""
    found = [o for o in objects if o["kind"] == kind and name in (None, o["metadata"]["name"])]
    (one,) = found
    return one


def kinds(objects: list[dict[str, Any]]) -> list[str]:
    """The kinds, in the order rendered."""
    return [o["kind"] for o in objects]


def pod_of(objects: list[dict[str, Any]]) -> Any:
    """The pod template of the one workload."""
    for manifest in objects:
        if manifest["kind"] == "Deployment":
            return manifest["spec"]["template"]
        if manifest["kind"] == "CronJob":
            return manifest["spec"]["jobTemplate"]["spec"]["template"]
    msg = f"no workload among {kinds(objects)}"
    raise AssertionError(msg)


def container_of(objects: list[dict[str, Any]]) -> Any:
    """The workload's own container."""
    return pod_of(objects)["spec"]["containers"][0]


def policy_of(objects: list[dict[str, Any]]) -> Any:
    """The policy over the workload's own pods, which alone says what they may reach."""
    found = [o["spec"] for o in objects if o["kind"] == "NetworkPolicy"]
    (own,) = [spec for spec in found if "Egress" in spec["policyTypes"]]
    return own


def egress_of(objects: list[dict[str, Any]]) -> list[Any]:
    """What the pods may reach."""
    return list(policy_of(objects)["egress"])


def ingress_of(objects: list[dict[str, Any]]) -> list[Any]:
    """What may reach the pods."""
    return list(policy_of(objects).get("ingress", []))


def variables_of(container: Any) -> dict[str, Any]:
    """Environment variables by name: the literal, or where it comes from."""
    return {v["name"]: v.get("value", v.get("valueFrom")) for v in container.get("env", [])}


def names(items: list[Any]) -> Iterator[str]:
    """The names of list entries."""
    return (item["name"] for item in items)
