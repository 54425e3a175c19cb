"""Grafana, as it is rendered and provisioned."""

# ruff: noqa: N802  (a test bears the id of its row)

import json
from dataclasses import MISSING, fields, replace
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from syrupy.assertion import SnapshotAssertion

from constructs_lib.environment import Environment
from constructs_lib.errors import PropsError
from constructs_lib.kube.images import Image
from constructs_lib.kube.monitors import Metrics
from constructs_lib.kube.objectives import Requests
from constructs_lib.observability.grafana import Grafana
from constructs_lib.observability.grafana_sources import Sources, packed
from constructs_lib.refs import Ports, SecretKey
from constructs_lib.service import NovaService, NovaServiceProps
from constructs_lib.values import problems_in
from tests.environments import BARE, MODERN, OLDEST, SINGLE_REPLICA
from tests.observability.collector_schema import FLAG, TEXT, each, section
from tests.observability.grafana_cases import (
    ADMIN,
    DASHBOARDS,
    DATABASE,
    FULL,
    PROMETHEUS,
    SMALLEST,
    dashboard,
    objects_of,
    provisioned,
)
from tests.service.rendering import egress_of, variables_of
from tests.store.rendering import (
    container_named,
    kinds,
    new_chart,
    of_kind,
    pod_findings,
    pod_of,
    schema_problems,
)

DATA_SOURCES = section(
    ("apiVersion", "datasources"),
    apiVersion={"const": 1},
    prune=FLAG,
    datasources=each(
        section(
            ("name", "uid", "type", "access", "url"),
            name=TEXT,
            uid=TEXT,
            type={"enum": ["prometheus", "alertmanager", "jaeger"]},
            access={"const": "proxy"},
            url={"type": "string", "pattern": "^http://[a-z.-]+:[0-9]+(/[a-z]+)?$"},
            isDefault=FLAG,
            editable={"const": False},
            jsonData=section(
                httpMethod={"enum": ["POST", "GET"]},
                prometheusType=TEXT,
                timeInterval=TEXT,
                exemplarTraceIdDestinations=each(
                    section(("name", "datasourceUid"), name=TEXT, datasourceUid=TEXT)
                ),
                implementation={"enum": ["prometheus", "mimir", "cortex"]},
                handleGrafanaManagedAlerts=FLAG,
                nodeGraph=section(enabled=FLAG),
                tracesToMetrics=section(
                    ("datasourceUid", "queries"),
                    datasourceUid=TEXT,
                    spanStartTimeShift=TEXT,
                    spanEndTimeShift=TEXT,
                    tags=each(section(("key",), key=TEXT, value=TEXT)),
                    queries=each(section(("name", "query"), name=TEXT, query=TEXT)),
                ),
            ),
        )
    ),
)
"""https://grafana.com/docs/grafana/v13.1/administration/provisioning/#data-sources"""

cases = pytest.mark.parametrize(
    ("grafana", "environment"),
    [
        pytest.param(SMALLEST, BARE, id="smallest"),
        pytest.param(FULL, MODERN, id="full"),
        pytest.param(FULL, OLDEST, id="full-1-27"),
        pytest.param(FULL, SINGLE_REPLICA, id="single"),
    ],
)


def container_of(objects: list[dict[str, Any]]) -> Any:
    return container_named(pod_of(objects, "Deployment"), "grafana")


def settings_of(objects: list[dict[str, Any]]) -> dict[str, str]:
    return dict(of_kind(objects, "ConfigMap", "grafana-config")["data"])


@cases
def test_renders(
    grafana: Grafana, environment: Environment, yaml_snapshot: SnapshotAssertion
) -> None:
    assert objects_of(grafana, environment) == yaml_snapshot


@cases
def test_every_object_fits_its_cluster_and_newer_ones(
    grafana: Grafana, environment: Environment
) -> None:
    assert schema_problems(objects_of(grafana, environment), environment) == []


@cases
def test_every_pod_is_restricted(grafana: Grafana, environment: Environment) -> None:
    objects = objects_of(grafana, environment)
    container = container_of(objects)
    written = {m["mountPath"] for m in container["volumeMounts"] if not m.get("readOnly")}

    assert pod_findings(objects) == []
    assert container["securityContext"]["readOnlyRootFilesystem"] is True
    assert written == {"/tmp", "/var/lib/grafana"}  # noqa: S108


@cases
def test_every_option_of_a_data_source_is_one(grafana: Grafana, environment: Environment) -> None:
    file = provisioned(objects_of(grafana, environment), "datasources")

    assert [e.message for e in Draft202012Validator(dict(DATA_SOURCES)).iter_errors(file)] == []


def test_every_field_is_tried() -> None:
    defaults = {f.name: f.default for f in fields(Grafana) if f.default is not MISSING}
    assert [name for name, value in defaults.items() if getattr(FULL, name) == value] == []


def test_G9_prometheus_jaeger_and_alertmanager_are_there_and_lead_to_each_other() -> None:
    listed = provisioned(objects_of(SMALLEST), "datasources")["datasources"]
    by_uid = {item["uid"]: item for item in listed}

    assert {uid: item["url"] for uid, item in by_uid.items()} == {
        "prometheus": "http://prometheus.shop.svc:9090",
        "alertmanager": "http://alertmanager.shop.svc:9093",
        "jaeger": "http://jaeger.shop.svc:16686/jaeger",
    }
    (exemplar,) = by_uid["prometheus"]["jsonData"]["exemplarTraceIdDestinations"]
    spans = by_uid["jaeger"]["jsonData"]["tracesToMetrics"]
    assert (exemplar["datasourceUid"], spans["datasourceUid"]) == ("jaeger", "prometheus")
    assert [item["uid"] for item in listed if item.get("isDefault")] == ["prometheus"]
    # Grafana expands $NAME in these files, and $$ is a $.
    assert spans["queries"][0]["query"] == "sum(service:requests:rate5m{$$__tags})"


def test_without_jaeger_nothing_leads_there() -> None:
    objects = objects_of(SMALLEST, sources=Sources(prometheus=PROMETHEUS))

    (only,) = provisioned(objects, "datasources")["datasources"]
    assert "exemplarTraceIdDestinations" not in only["jsonData"]
    assert "jaeger" not in str(objects).replace("spans", "")


def test_G9_there_is_no_default_password_and_nobody_signs_up() -> None:
    objects = objects_of(SMALLEST)
    volumes = pod_of(objects, "Deployment")["spec"]["volumes"]
    mounts = {m["name"]: m["mountPath"] for m in container_of(objects)["volumeMounts"]}
    path = variables_of(container_of(objects))["GF_SECURITY_ADMIN_PASSWORD__FILE"]
    (secret,) = [item for item in volumes if "secret" in item]
    settings = settings_of(objects)

    assert path == f"{mounts[secret['name']]}/password"
    assert secret["secret"]["secretName"] == "grafana-admin"
    # A pod without the Secret does not start, so it never comes up with another password.
    assert "optional" not in secret["secret"]
    assert "GF_SECURITY_ADMIN_PASSWORD" not in settings
    assert settings["GF_USERS_ALLOW_SIGN_UP"] == "false"
    assert settings["GF_AUTH_ANONYMOUS_ENABLED"] == "false"


def test_secrets_are_files_that_the_container_has_and_no_settings() -> None:
    objects = objects_of(FULL)
    mounted = {
        f"{mount['mountPath']}/{item['path']}"
        for volume in pod_of(objects, "Deployment")["spec"]["volumes"]
        for item in volume.get("secret", {}).get("items", [])
        for mount in container_of(objects)["volumeMounts"]
        if mount["name"] == volume["name"]
    }
    named = {
        name: value
        for name, value in variables_of(container_of(objects)).items()
        if name.endswith("__FILE")
    }

    assert set(named) == {
        "GF_SECURITY_ADMIN_PASSWORD__FILE",
        "GF_SECURITY_ADMIN_USER__FILE",
        "GF_SECURITY_SECRET_KEY__FILE",
        "GF_DATABASE_PASSWORD__FILE",
        "GF_AUTH_GENERIC_OAUTH_CLIENT_SECRET__FILE",
    }
    assert set(named.values()) == mounted
    # The image refuses to start where a setting stands beside the file of the same name.
    assert not {name.removesuffix("__FILE") for name in named} & settings_of(objects).keys()
    assert "Secret" not in kinds(objects)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("GF_ANALYTICS_REPORTING_ENABLED", "false"),
        ("GF_ANALYTICS_CHECK_FOR_UPDATES", "false"),
        ("GF_ANALYTICS_CHECK_FOR_PLUGIN_UPDATES", "false"),
        ("GF_PLUGINS_PREINSTALL_DISABLED", "true"),
        ("GF_NEWS_NEWS_FEED_ENABLED", "false"),
        ("GF_SECURITY_DISABLE_GRAVATAR", "true"),
        ("GF_SNAPSHOTS_EXTERNAL_ENABLED", "false"),
        ("GF_UNIFIED_ALERTING_EXECUTE_ALERTS", "false"),
    ],
)
def test_it_asks_nobody_outside(name: str, value: str) -> None:
    assert settings_of(objects_of(SMALLEST))[name] == value


def test_it_connects_to_its_sources_its_database_and_what_it_is_told_to() -> None:
    alone = objects_of(SMALLEST, sources=Sources(prometheus=PROMETHEUS))
    all_ports = [
        rule["ports"][0]["port"] for rule in egress_of(objects_of(FULL)) if len(rule["ports"]) == 1
    ]

    assert [rule["ports"][0]["port"] for rule in egress_of(alone)] == [53, 9090]
    assert sorted(all_ports) == [443, 5432, 9090, 9093, 16686]


def test_what_it_reads_lets_it_in() -> None:
    policies = {
        item["metadata"]["name"]: item["spec"]
        for item in objects_of(FULL)
        if item["kind"] == "NetworkPolicy"
    }
    for name, port in (("prometheus", 9090), ("alertmanager", 9093), ("jaeger", 16686)):
        spec = policies[f"grafana-to-{name}"]
        assert spec["podSelector"]["matchLabels"]["app.kubernetes.io/name"] == name
        assert spec["ingress"][0]["ports"] == [{"protocol": "TCP", "port": port}]


def test_only_named_clients_scrapers_and_a_load_balancers_clients_may_connect() -> None:
    closed = of_kind(objects_of(SMALLEST, BARE), "NetworkPolicy", "grafana")["spec"]
    opened = of_kind(objects_of(FULL), "NetworkPolicy", "grafana")["spec"]["ingress"]

    assert "ingress" not in closed
    assert {"ipBlock": {"cidr": "203.0.113.0/24"}} in [p for r in opened for p in r["from"]]


def test_several_share_a_database_and_one_keeps_to_itself() -> None:
    full, single = objects_of(FULL), objects_of(FULL, SINGLE_REPLICA)
    settings = settings_of(full)

    assert of_kind(full, "Deployment")["spec"]["replicas"] == 2
    assert of_kind(full, "PodDisruptionBudget")["spec"]["maxUnavailable"] == 1
    assert of_kind(single, "Deployment")["spec"]["replicas"] == 1
    assert "PodDisruptionBudget" not in kinds(single)
    assert {
        name.removeprefix("GF_DATABASE_"): value
        for name, value in settings.items()
        if name.startswith("GF_DATABASE_")
    } == {
        "TYPE": "postgres",
        "HOST": "postgres-primary.shop.svc:5432",
        "NAME": "grafana",
        "USER": "grafana",
        "SSL_MODE": "require",
        "MAX_OPEN_CONN": "5",
        "MAX_IDLE_CONN": "1",
    }
    assert not any(name.startswith("GF_DATABASE_") for name in settings_of(objects_of(SMALLEST)))


def test_more_pods_than_the_database_expects_are_refused() -> None:
    with pytest.raises(PropsError, match="let the store expect 3 pods"):
        objects_of(replace(FULL, replicas=3))


def test_every_dashboard_is_where_a_provider_looks_and_rolls_no_pod() -> None:
    objects = objects_of(SMALLEST)
    paths = {
        item["folder"]: item["options"]["path"]
        for item in provisioned(objects, "dashboards")["providers"]
    }
    maps = {
        item["metadata"]["name"]: item["data"] for item in objects if item["kind"] == "ConfigMap"
    }
    mounts = {m["name"]: m["mountPath"] for m in container_of(objects)["volumeMounts"]}
    found: dict[str, set[str]] = {}
    for volume in pod_of(objects, "Deployment")["spec"]["volumes"]:
        name = volume.get("configMap", {}).get("name", "")
        for folder, path in paths.items():
            if "dashboards-" in name and mounts[volume["name"]].startswith(f"{path}/"):
                found.setdefault(folder, set()).update(maps[name])
    changed = objects_of(
        SMALLEST, dashboards={**DASHBOARDS, "stack.json": dashboard("stack", size=9)}
    )

    assert found == {"shop": {"orders.json", "overview.json"}, "dashboards": {"stack.json"}}
    assert pod_of(changed, "Deployment") == pod_of(objects, "Deployment")
    assert changed != objects


def test_dashboards_are_split_where_one_config_map_gets_too_large() -> None:
    many = {f"shop/{n:02}.json": dashboard(f"shop-{n}", size=50_000) for n in range(9)}
    objects = objects_of(SMALLEST, dashboards=many)
    maps = {
        item["metadata"]["name"]: item["data"]
        for item in objects
        if item["kind"] == "ConfigMap" and "dashboards" in item["metadata"]["name"]
    }

    assert list(maps) == [f"grafana-dashboards-shop{end}" for end in ("", "-2", "-3")]
    assert [name for data in maps.values() for name in data] == [f"{n:02}.json" for n in range(9)]
    assert max(len(json.dumps(data)) for data in maps.values()) < 2**18
    assert len(packed({"shop/big.json": dashboard("big", size=500_000)})) == 1


@pytest.mark.parametrize(
    ("dashboards", "message"),
    [
        ({"shop/big.json": dashboard("big", size=2**20)}, "a ConfigMap holds 1 MiB"),
        ({"shop/orders.json": "{"}, "is no JSON of a dashboard"),
        ({"shop/orders.json": "{}"}, "is no JSON of a dashboard"),
        ({"a.json": dashboard("one"), "b.json": dashboard("one")}, "uid of several dashboards"),
        ({"Shop/a.json": dashboard("one")}, "is no name of a dashboard"),
        ({"shop/sub/a.json": dashboard("one")}, "is no name of a dashboard"),
        ({"shop/a.yaml": dashboard("one")}, "is no name of a dashboard"),
    ],
    ids=["too-large", "no-json", "no-uid", "same-uid", "folder", "nested", "ending"],
)
def test_dashboards_that_grafana_would_not_show_are_refused(
    dashboards: dict[str, str], message: str
) -> None:
    with pytest.raises(PropsError, match=message):
        objects_of(SMALLEST, dashboards=dashboards)


@pytest.mark.parametrize(
    ("grafana", "field"),
    [
        (Grafana(admin_password=ADMIN, replicas=2), "replicas"),
        (Grafana(admin_password=ADMIN, replicas=0), "replicas"),
        (Grafana(admin_password=ADMIN, database=DATABASE), "secret_key"),
        (replace(FULL, database=replace(DATABASE, password=None)), "database.password"),
        (Grafana(admin_password=ADMIN, url="grafana.example.com"), "url"),
        (Grafana(admin_password=ADMIN, settings={"LOG_LEVEL": "debug"}), "settings"),
        (Grafana(admin_password=ADMIN, settings={"GF_SMTP_PASSWORD": "x"}), "settings"),
        (Grafana(admin_password=ADMIN, settings={"GF_SECURITY_SECRET_KEY": "x"}), "settings"),
        (Grafana(admin_password=ADMIN, settings={"GF_DATABASE_URL": "postgres://x"}), "settings"),
        (Grafana(admin_password=ADMIN, secrets={"password": SecretKey("a", "b")}), "secrets"),
    ],
    ids=lambda item: item if isinstance(item, str) else "",
)
def test_what_would_lose_users_or_show_secrets_is_refused(grafana: Grafana, field: str) -> None:
    assert [problem.field for problem in problems_in(grafana)] == [field]


def test_addresses_for_logins_are_no_secrets() -> None:
    settings = {
        "GF_AUTH_GENERIC_OAUTH_TOKEN_URL": "https://sso.example.com/token",
        "GF_AUTH_GENERIC_OAUTH_CLIENT_ID": "grafana",
    }
    grafana = Grafana(admin_password=ADMIN, settings=settings)

    assert list(problems_in(grafana)) == []
    assert settings.items() <= settings_of(objects_of(grafana)).items()


def test_a_span_leads_to_the_requests_of_its_service_in_its_namespace() -> None:
    chart = new_chart(MODERN)
    image = Image("registry.example.com/orders", tag="1")
    props = NovaServiceProps(
        image=image,
        ports=Ports(http=80),
        traces=True,
        metrics=Metrics(port="http"),
        requests=Requests(),
    )
    orders = NovaService(chart, "orders", props)
    environment = container_named(pod_of(list(chart.to_json()), "Deployment"), "orders")["env"]
    text = next(item["value"] for item in environment if item["name"].endswith("ATTRIBUTES"))
    told = dict(item.split("=") for item in text.split(","))
    (jaeger,) = [
        item
        for item in provisioned(objects_of(SMALLEST), "datasources")["datasources"]
        if item["type"] == "jaeger"
    ]
    tags = jaeger["jsonData"]["tracesToMetrics"]["tags"]
    recorded = {item.name: item.labels for item in orders.signals.recordings}

    # All of them are a span's own attributes: Jaeger takes service.name out of these.
    labels = {tag["value"]: told[tag["key"]] for tag in tags}
    assert labels == recorded["service:requests:rate5m"]
