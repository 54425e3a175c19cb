"""What the README shows works as it is shown."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import cdk8s
import pytest
from constructs import Construct

import constructs_lib
from constructs_lib import (
    AppChart,
    Autoscaling,
    ExternalSecretStore,
    Image,
    NovaService,
    NovaServiceProps,
    Pods,
    Ports,
    PropsError,
    Shutdown,
)
from constructs_lib.output import documents
from tests import environments

ROOT = Path(__file__).parents[1]
PUBLISHED = replace(
    environments.MODERN,
    certificate_issuer="letsencrypt",
    secrets=ExternalSecretStore("vault"),
    cluster=replace(environments.MODERN.cluster, ingress_pods=Pods("ingress-nginx")),
)
README = (ROOT / "README.md").read_text()


def block(opening: str) -> str:
    """The first fenced block that starts with ``opening``."""
    found = re.search(rf"```\w*\n({re.escape(opening)}.*?)```", README, re.DOTALL)
    assert found is not None
    return found[1]


def test_the_example_renders_what_the_text_says() -> None:
    names: dict[str, Any] = {name: getattr(constructs_lib, name) for name in constructs_lib.__all__}
    names |= {"Construct": Construct, "Environment": constructs_lib.Environment}
    exec(block("class Orders"), names)  # noqa: S102  (our own text)
    chart = names["Orders"](cdk8s.App(), PUBLISHED)
    kinds = {item["kind"] for item in documents(chart)}
    listed = re.search(r"This renders (.*?)\.\n", README, re.DOTALL)
    assert listed is not None
    said = set(re.findall(r"\b([A-Z][A-Za-z]+)\b", listed[1])) - {"Namespace"}
    singular = {re.sub("Policies$", "Policy", word) for word in said}
    assert singular <= kinds
    assert kinds - singular - {"Namespace"} <= {"ConfigMap"}


def test_the_store_is_what_the_text_says() -> None:
    names: dict[str, Any] = {name: getattr(constructs_lib, name) for name in constructs_lib.__all__}
    names |= {"Construct": Construct, "Environment": constructs_lib.Environment}
    exec(block("class Carts"), names)  # noqa: S102  (our own text)
    objects = documents(names["Carts"](cdk8s.App(), PUBLISHED))
    of_kind = {(item["kind"], item["metadata"]["name"]): item for item in objects}
    servers = of_kind["StatefulSet", "redis"]["spec"]
    assert servers["replicas"] == 3
    assert {"redis", "sentinel"} <= {
        item["name"] for item in servers["template"]["spec"]["containers"]
    }
    assert of_kind["Deployment", "redis-proxy"]["spec"]["replicas"] == 2
    assert of_kind["CronJob", "redis-restore"]["spec"]["suspend"] is True
    assert ("PodDisruptionBudget", "redis") in of_kind
    (api,) = of_kind["Deployment", "carts-api"]["spec"]["template"]["spec"]["containers"]
    assert "REDIS_URL" in {item["name"] for item in api["env"]}


def test_the_stack_is_what_the_text_says() -> None:
    names: dict[str, Any] = {name: getattr(constructs_lib, name) for name in constructs_lib.__all__}
    names |= {"Construct": Construct, "Environment": constructs_lib.Environment}
    exec(block("class Carts"), names)  # noqa: S102  (our own text)
    exec(block("class Watching"), names)  # noqa: S102
    carts = names["Carts"](cdk8s.App(), PUBLISHED)
    objects = documents(names["Watching"](cdk8s.App(), PUBLISHED, carts))
    of_kind = {(item["kind"], item["metadata"]["name"]): item for item in objects}
    text = of_kind["ConfigMap", "prometheus-files"]["data"]["etc-prometheus-config-prometheus.yml"]
    assert "job_name: carts/redis" in text
    role = of_kind["Role", "watching-prometheus"]
    assert role["metadata"]["namespace"] == "carts"
    dashboards = {key for item in objects if item["kind"] == "ConfigMap" for key in item["data"]}
    assert "carts-redis.json" in dashboards


def test_the_message_is_the_one_shown() -> None:
    shown = block("orders/orders-api (NovaService)")
    chart = AppChart(cdk8s.App(), "orders", environment=environments.MODERN, team="payments")
    props = NovaServiceProps(
        image=Image("registry.example.com/orders-api", tag="latest"),
        ports=Ports(http=8080),
        autoscaling=Autoscaling(minimum=3, maximum=2, cpu=70),
        shutdown=Shutdown(grace_period_seconds=10),
    )
    with pytest.raises(PropsError) as raised:
        NovaService(chart, "orders-api", props)
    assert sorted(str(raised.value).splitlines()) == sorted(shown.splitlines())


@pytest.mark.parametrize("path", re.findall(r"`([a-z_]+/[\w/.]+)`", README))
def test_every_file_that_is_named_exists(path: str) -> None:
    assert (ROOT / path).exists() or path.startswith("dist/")
