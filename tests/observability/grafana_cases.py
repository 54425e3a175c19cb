"""Grafanas that their tests render."""

import json
from typing import Any

import yaml

from constructs_lib.environment import Environment
from constructs_lib.kube.images import Image
from constructs_lib.kube.services import LoadBalancer
from constructs_lib.observability.grafana import Grafana
from constructs_lib.observability.grafana_service import grafana_props
from constructs_lib.observability.grafana_sources import Sources
from constructs_lib.refs import Binding, Cidrs, Endpoint, Pods, Port, SecretKey
from constructs_lib.resources import Resources
from constructs_lib.service.construct import NovaService
from tests.environments import MODERN
from tests.service.rendering import new_chart

ADMIN = SecretKey("grafana-admin", "password")
PROMETHEUS = Endpoint.of("prometheus", Port("http", 9090), app="shop")
ALERTMANAGER = Endpoint.of("alertmanager", Port("http", 9093), app="shop")
JAEGER = Endpoint.of("jaeger", Port("query", 16686), app="shop")
LOGIN = Endpoint("login", "sso", Port("https", 443), peers=(Cidrs(("10.2.0.1/32",)),))
DATABASE = Binding(
    Endpoint.of("postgres-primary", Port("postgres", 5432), app="shop"),
    user="grafana",
    database="grafana",
    password=SecretKey("postgres-grafana", "password"),
    variables={"DATABASE_URL": "postgresql://grafana@postgres-primary.shop.svc:5432/grafana"},
    pool=5,
    pods=2,
    surge=1,
)
SOURCES = Sources(
    prometheus=PROMETHEUS,
    alertmanager=ALERTMANAGER,
    jaeger=JAEGER,
    jaeger_path="/jaeger",
    interval_seconds=15,
)

SMALLEST = Grafana(admin_password=ADMIN)
FULL = Grafana(
    admin_password=ADMIN,
    admin_user=SecretKey("grafana-admin", "user"),
    url="https://grafana.example.com",
    secret_key=SecretKey("grafana-key", "key"),
    database=DATABASE,
    database_tls="require",
    replicas=2,
    anonymous=True,
    settings={"GF_AUTH_GENERIC_OAUTH_ENABLED": "true", "GF_LOG_CONSOLE_FORMAT": "text"},
    secrets={"GF_AUTH_GENERIC_OAUTH_CLIENT_SECRET": SecretKey("sso", "client-secret")},
    uses=(LOGIN,),
    clients=(Pods("operators", labels={"role": "shell"}),),
    load_balancer=LoadBalancer(ports=("http",), source_ranges=("203.0.113.0/24",)),
    image=Image("registry.example.com/grafana", tag="13.1.3"),
    user=1001,
    resources=Resources(cpu="200m", memory="512Mi"),
)


def dashboard(uid: str, size: int = 0) -> str:
    """JSON of a dashboard, at least ``size`` bytes of it."""
    return json.dumps({"uid": uid, "title": uid, "description": "x" * size}, indent=2)


DASHBOARDS = {
    "shop/orders.json": dashboard("shop-orders"),
    "shop/overview.json": dashboard("shop"),
    "stack.json": dashboard("stack"),
}


def objects_of(
    grafana: Grafana,
    environment: Environment = MODERN,
    *,
    sources: Sources = SOURCES,
    dashboards: dict[str, str] | None = None,
) -> list[dict[str, Any]]:
    """What it renders in a chart of app ``shop``."""
    chart = new_chart(environment)
    chosen = DASHBOARDS if dashboards is None else dashboards
    NovaService(chart, "grafana", grafana_props(grafana, chart, sources, chosen))
    return list(chart.to_json())


def provisioned(objects: list[dict[str, Any]], what: str) -> Any:
    """The file of ``datasources`` or ``dashboards``."""
    (text,) = [
        text
        for item in objects
        if item["kind"] == "ConfigMap"
        for key, text in item["data"].items()
        if key.endswith(f"-{what}.yaml")
    ]
    return yaml.safe_load(text)
