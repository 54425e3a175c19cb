"""Jaeger over a volume, and over databases."""

# ruff: noqa: N802  (a test bears the id of its row)

from dataclasses import fields, replace
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from constructs_lib.environment import Environment
from constructs_lib.errors import NovaError, PropsError
from constructs_lib.kube.autoscaling import Autoscaling
from constructs_lib.observability.jaeger import QUERY, Jaeger, jaeger_endpoint, jaeger_props
from constructs_lib.observability.otlp import OTLP_GRPC, OTLP_HTTP
from constructs_lib.observability.trace_databases import Cassandra, Elasticsearch
from constructs_lib.observability.trace_storage import Badger
from constructs_lib.refs import Endpoint, Port, SecretKey
from constructs_lib.resources import Resources
from constructs_lib.values import problems_in
from tests.environments import BARE, MODERN, OLDEST, SINGLE_REPLICA
from tests.observability.collector_schema import JAEGER, option_problems
from tests.observability.trace_cases import (
    CASSANDRA,
    ELASTIC,
    FULL,
    OPEN,
    ORDERS,
    RING,
    SEARCH,
    SMALLEST,
    listeners_of,
    service_of,
    settings_of,
    store_of,
)
from tests.store.rendering import (
    container_named,
    kinds,
    names,
    new_chart,
    of_kind,
    pod_findings,
    pod_of,
    schema_problems,
    variables_of,
)


def objects_of(jaeger: Jaeger, environment: Environment = MODERN) -> list[dict[str, Any]]:
    build = store_of if isinstance(jaeger.storage, Badger) else service_of
    return build(jaeger, environment)[1]


cases = pytest.mark.parametrize(
    ("jaeger", "environment"),
    [
        pytest.param(SMALLEST, BARE, id="smallest"),
        pytest.param(FULL, MODERN, id="full"),
        pytest.param(FULL, OLDEST, id="full-1-27"),
        pytest.param(ELASTIC, MODERN, id="elasticsearch"),
        pytest.param(OPEN, BARE, id="opensearch"),
        pytest.param(CASSANDRA, BARE, id="cassandra"),
        pytest.param(ELASTIC, SINGLE_REPLICA, id="elasticsearch-single"),
    ],
)


@cases
def test_renders(
    jaeger: Jaeger, environment: Environment, yaml_snapshot: SnapshotAssertion
) -> None:
    assert objects_of(jaeger, environment) == yaml_snapshot


@cases
def test_every_object_fits_its_cluster_and_newer_ones(
    jaeger: Jaeger, environment: Environment
) -> None:
    assert schema_problems(objects_of(jaeger, environment), environment) == []


@cases
def test_every_pod_is_restricted(jaeger: Jaeger, environment: Environment) -> None:
    objects = objects_of(jaeger, environment)
    kind = "StatefulSet" if isinstance(jaeger.storage, Badger) else "Deployment"
    container = pod_of(objects, kind)["spec"]["containers"][0]

    assert pod_findings(objects) == []
    assert container["securityContext"]["readOnlyRootFilesystem"] is True


@cases
def test_every_option_is_one_that_jaeger_reads(jaeger: Jaeger, environment: Environment) -> None:
    assert option_problems(settings_of(objects_of(jaeger, environment)), JAEGER) == []


@pytest.mark.parametrize(
    ("path", "name"),
    [
        (("extensions", "jaeger_query"), "trace_storage"),
        (("extensions", "jaeger_storage", "backends", "traces", "badger"), "directory_key"),
        (("service", "telemetry", "metrics"), "address"),
        (("receivers",), "jaeger"),
    ],
)
def test_options_of_older_versions_would_be_noticed(path: tuple[str, ...], name: str) -> None:
    settings = settings_of(objects_of(SMALLEST))
    part = settings
    for key in path:
        part = part[key]
    part[name] = {}

    assert any(name in problem for problem in option_problems(settings, JAEGER))


def test_every_field_is_tried() -> None:
    untouched = [f.name for f in fields(FULL) if getattr(FULL, f.name) == getattr(SMALLEST, f.name)]
    assert untouched == ["autoscaling"]
    assert ELASTIC.autoscaling is not None


@pytest.mark.parametrize("jaeger", [SMALLEST, ELASTIC], ids=["volume", "database"])
def test_B10_traces_come_in_by_grpc_and_http_on_all_addresses(jaeger: Jaeger) -> None:
    objects = objects_of(jaeger)
    kind = "StatefulSet" if isinstance(jaeger.storage, Badger) else "Deployment"
    ports = {
        port["name"]: port["containerPort"]
        for port in container_named(pod_of(objects, kind), "jaeger")["ports"]
    }

    assert listeners_of(settings_of(objects)) == {
        "grpc": ports["otlp-grpc"],
        "http": ports["otlp-http"],
        "jaeger_query": ports["query"],
        "healthcheckv2": ports["health"],
        "metrics": ports["metrics"],
    }
    assert (ports["otlp-grpc"], ports["otlp-http"], ports["query"]) == (4317, 4318, 16686)


@pytest.mark.parametrize("port", [OTLP_GRPC, OTLP_HTTP, QUERY], ids=lambda port: port.name)
def test_G9_it_is_reached_at_one_service_whatever_keeps_its_traces(port: Port) -> None:
    chart = new_chart(MODERN)
    store, alone = store_of(SMALLEST)
    service, several = service_of(ELASTIC)

    assert store.endpoint_of(port.name) == jaeger_endpoint(chart, port)
    assert service.endpoint(port.name) == jaeger_endpoint(chart, port)
    for objects in (alone, several):
        offered = of_kind(objects, "Service", "jaeger")["spec"]["ports"]
        assert port.number in {item["port"] for item in offered}


def test_badger_runs_once_on_a_volume_and_nothing_keeps_a_node_from_being_drained() -> None:
    _, objects = store_of(SMALLEST)
    stateful = of_kind(objects, "StatefulSet")["spec"]
    backend = settings_of(objects)["extensions"]["jaeger_storage"]["backends"]["traces"]["badger"]
    (mount,) = [
        item["mountPath"]
        for item in container_named(pod_of(objects, "StatefulSet"), "jaeger")["volumeMounts"]
        if item["name"] == "data"
    ]

    assert stateful["replicas"] == 1
    assert "PodDisruptionBudget" not in kinds(objects)
    assert backend["ephemeral"] is False
    assert {path.rpartition("/")[0] for path in backend["directories"].values()} == {mount}


def test_over_a_database_there_are_several_and_one_at_a_time_may_go() -> None:
    assert of_kind(objects_of(OPEN), "Deployment")["spec"]["replicas"] == 3
    assert of_kind(objects_of(CASSANDRA), "Deployment")["spec"]["replicas"] == 2
    for jaeger in (OPEN, CASSANDRA, ELASTIC):
        assert of_kind(objects_of(jaeger), "PodDisruptionBudget")["spec"]["maxUnavailable"] == 1
    assert of_kind(objects_of(ELASTIC, SINGLE_REPLICA), "Deployment")["spec"]["replicas"] == 1


def test_health_comes_first_so_that_it_answers_while_the_storage_opens() -> None:
    _, objects = store_of(SMALLEST)
    probe = container_named(pod_of(objects, "StatefulSet"), "jaeger")["startupProbe"]

    assert settings_of(objects)["service"]["extensions"][0] == "healthcheckv2"
    assert probe["httpGet"] == {"path": "/status", "port": "health"}
    assert probe["periodSeconds"] * probe["failureThreshold"] >= 600


def test_memory_is_refused_before_it_is_gone_whoever_sizes_the_pod() -> None:
    sized = replace(
        MODERN, sizes={"shop/jaeger": Resources(cpu="1", memory="1Gi", memory_limit="5Gi")}
    )
    alone, several = store_of(SMALLEST, sized)[1], service_of(OPEN, sized)[1]
    for objects, kind in ((alone, "StatefulSet"), (several, "Deployment")):
        container = container_named(pod_of(objects, kind), "jaeger")
        processors = settings_of(objects)["service"]["pipelines"]["traces"]["processors"]
        assert variables_of(container)["GOMEMLIMIT"] == str(4 * 2**30)
        assert processors == ["memory_limiter", "batch"]


def ingress(objects: list[dict[str, Any]], port: int) -> list[Any]:
    """Who may connect to ``port``."""
    spec = of_kind(objects, "NetworkPolicy", "jaeger")["spec"]
    return [
        peer
        for rule in spec.get("ingress", [])
        if port in {item["port"] for item in rule["ports"]}
        or any(item["port"] <= port <= item.get("endPort", 0) for item in rule["ports"])
        for peer in rule["from"]
    ]


@pytest.mark.parametrize("jaeger", [FULL, ELASTIC], ids=["volume", "database"])
def test_senders_send_readers_read_and_scrapers_scrape(jaeger: Jaeger) -> None:
    objects = objects_of(jaeger)
    sender = {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "orders"}}}

    assert jaeger.senders == (ORDERS,)
    for port in (4317, 4318):
        assert ingress(objects, port) == [sender]
    assert [peer["podSelector"]["matchLabels"] for peer in ingress(objects, 16686)] == [
        {"role": "shell"}
    ]
    assert len(ingress(objects, 8888)) == len(MODERN.cluster.scrapers)


def test_it_connects_to_its_database_and_to_nothing_else() -> None:
    (alone,) = of_kind(store_of(SMALLEST)[1], "NetworkPolicy", "jaeger")["spec"]["egress"]
    rules = of_kind(objects_of(CASSANDRA), "NetworkPolicy", "jaeger")["spec"]["egress"]

    assert {port["port"] for port in alone["ports"]} == {53}
    assert [rule["to"][0]["ipBlock"]["cidr"] for rule in rules[1:]] == [
        "10.1.0.1/32",
        "10.1.0.2/32",
    ]


def test_passwords_are_read_from_secrets_and_stand_nowhere() -> None:
    elastic, ring = objects_of(ELASTIC), objects_of(CASSANDRA)
    auth = settings_of(elastic)["extensions"]["jaeger_storage"]["backends"]["traces"]
    volumes = pod_of(elastic, "Deployment")["spec"]["volumes"]
    mounts = container_named(pod_of(elastic, "Deployment"), "jaeger")["volumeMounts"]
    secrets = {item["secret"]["secretName"] for item in volumes if "secret" in item}
    connection = settings_of(ring)["extensions"]["jaeger_storage"]["backends"]["traces"]

    assert auth["elasticsearch"]["auth"]["basic"] == {
        "username": "jaeger",
        "password_file": "/etc/jaeger-secrets/search-login/password",
    }
    assert "/etc/jaeger-secrets/search-login" in {item["mountPath"] for item in mounts}
    assert secrets == {"search-login", "search-ca"}
    basic = connection["cassandra"]["connection"]["auth"]["basic"]
    assert basic == {"username": "jaeger", "password": "${env:CASSANDRA_PASSWORD}"}
    variable = variables_of(container_named(pod_of(ring, "Deployment"), "jaeger"))
    assert variable["CASSANDRA_PASSWORD"] == {
        "secretKeyRef": {"name": "ring-login", "key": "password"}
    }
    assert "Secret" not in {*kinds(elastic), *kinds(ring)}


def test_a_storage_with_one_secret_for_all_mounts_it_once() -> None:
    storage = Elasticsearch(
        servers=(SEARCH,),
        user="jaeger",
        password=SecretKey("search", "password"),
        ca=SecretKey("search", "ca.crt"),
    )
    volumes = pod_of(objects_of(Jaeger(storage=storage)), "Deployment")["spec"]["volumes"]

    (secret,) = [item["secret"] for item in volumes if "secret" in item]
    assert list(names([{"name": item["key"]} for item in secret["items"]])) == [
        "ca.crt",
        "password",
    ]


SQL = Endpoint("cql", "ring", Port("cql", 9999), peers=RING[0].peers)


@pytest.mark.parametrize(
    ("jaeger", "message"),
    [
        pytest.param(Jaeger(replicas=2), "only one process can open Badger", id="badger-twice"),
        pytest.param(
            Jaeger(autoscaling=Autoscaling(minimum=1, maximum=3, cpu=70)),
            "only one process can open Badger",
            id="badger-scaled",
        ),
        pytest.param(Jaeger(storage=Badger(ttl="3d")), "duration that Go reads", id="days"),
        pytest.param(Jaeger(storage=Badger(ttl="0h")), "is no time", id="nothing-kept"),
        pytest.param(
            Jaeger(storage=Badger(ttl="168h", per_day="2Gi")),
            r"takes up to 28Gi.*80 % of the volume of 10Gi are 8Gi.*use a volume of 35Gi",
            id="volume-too-small",
        ),
        pytest.param(Jaeger(base_path="jaeger/"), "base_path", id="path"),
    ],
)
def test_what_one_pod_with_a_volume_cannot_do_is_refused(jaeger: Jaeger, message: str) -> None:
    with pytest.raises(PropsError, match=rf"(?s){message}"):
        store_of(jaeger)


def test_a_larger_volume_holds_more() -> None:
    store_of(Jaeger(storage=Badger(ttl="168h", per_day="2Gi")), volume="35Gi")


def refusals(jaeger: Jaeger) -> str:
    """What is wrong with it, as whoever takes it finds out."""
    return "\n".join(str(problem) for problem in problems_in(jaeger))


@pytest.mark.parametrize(
    ("jaeger", "message"),
    [
        pytest.param(Jaeger(storage=Elasticsearch(servers=())), "leads nowhere", id="no-servers"),
        pytest.param(
            Jaeger(storage=Elasticsearch(servers=(SEARCH,), user="jaeger")),
            "storage.password",
            id="half-a-login",
        ),
        pytest.param(
            Jaeger(storage=Elasticsearch(servers=(SEARCH,), tls=False, ca=SecretKey("a", "b"))),
            "checks nothing without tls",
            id="ca-without-tls",
        ),
        pytest.param(
            Jaeger(storage=Elasticsearch(servers=(SEARCH,), shards=0)), "shards", id="shards"
        ),
        pytest.param(
            Jaeger(storage=Cassandra(servers=(RING[0], SQL))), "different ports", id="ports"
        ),
        pytest.param(
            Jaeger(storage=Cassandra(servers=RING, replication_factor=0)),
            "keeps nothing",
            id="copies",
        ),
        pytest.param(
            Jaeger(storage=Elasticsearch(servers=(SEARCH,)), replicas=0), "runs nothing", id="none"
        ),
    ],
)
def test_a_database_that_cannot_be_used_is_refused(jaeger: Jaeger, message: str) -> None:
    assert message in refusals(jaeger)


def test_each_storage_has_its_own_construct() -> None:
    with pytest.raises(NovaError, match="use jaeger_engine"):
        jaeger_props(SMALLEST, new_chart(MODERN))
    with pytest.raises(PropsError, match="jaeger_props"):
        store_of(ELASTIC)
