"""What stores tell of themselves: targets, and alerts on nothing but what targets expose."""

from dataclasses import replace
from pathlib import Path

import pytest

from constructs_lib.kube.promql import metric_names
from constructs_lib.kube.rule_groups import rule_groups
from constructs_lib.kube.signals import OF_PROMETHEUS, Signals
from constructs_lib.observability import kube_state_metrics, nodes
from constructs_lib.refs import Pods
from constructs_lib.store.construct import ResilientStatefulStore
from constructs_lib.store.props import StoreProps
from constructs_lib.store.tls import Tls
from tests.promtool import check_rules, needs_promtool
from tests.store import etcd_cases, nats_cases, postgres_servers_cases, redis_cases
from tests.store.plain_engine import PlainEngine
from tests.store.rendering import new_chart, of_kind, rendered

CASES = {
    "redis-standalone": redis_cases.ONE,
    "redis-replicated": redis_cases.TWO,
    "redis-sentinel": redis_cases.THREE,
    **{f"redis-{name}-full": props for name, props in redis_cases.FULL.items()},
    "postgres-alone": postgres_servers_cases.ALONE,
    "postgres-three": postgres_servers_cases.THREE,
    "postgres-alone-full": postgres_servers_cases.FULL_ALONE,
    "postgres-full": postgres_servers_cases.FULL,
    "nats-one": nats_cases.ONE,
    "nats-three": nats_cases.THREE,
    "nats-full": nats_cases.FULL,
    "etcd-one": etcd_cases.ONE,
    "etcd-three": etcd_cases.THREE,
    "etcd-full": etcd_cases.FULL,
}
KEPT = {metric.name for metric in (*nodes.VOLUMES, *nodes.CONTAINERS, *kube_state_metrics.METRICS)}
"""What the stack keeps of kubelets and kube-state-metrics."""

of_every_store = pytest.mark.parametrize("props", CASES.values(), ids=CASES)


def signals(props: StoreProps) -> Signals:
    """What a store with ``props`` tells of itself."""
    chart = new_chart(redis_cases.OPERATED)
    return ResilientStatefulStore(chart, "cache", props).signals


def alert_names(props: StoreProps) -> set[str]:
    """Names of its alerts."""
    return {alert.name for alert in signals(props).alerts}


@of_every_store
def test_alerts_name_only_what_somebody_exposes(props: StoreProps) -> None:
    found = signals(props)
    exposed = {series for metric in found.metrics for series in metric.series}
    known = exposed | OF_PROMETHEUS | KEPT | {recording.name for recording in found.recordings}
    rules = {item.name: item.expression for item in found.alerts}
    rules |= {item.name: item.expression for item in found.recordings}
    for rule, expression in rules.items():
        strangers = {
            name for name in metric_names(expression) if not name.startswith("certmanager_")
        }
        assert strangers <= known, rule


@needs_promtool
@of_every_store
def test_prometheus_takes_the_rules(props: StoreProps, tmp_path: Path) -> None:
    groups = rule_groups(signals(props), runbooks="https://docs.example.com/runbooks")
    assert check_rules(groups, tmp_path) == ""


@of_every_store
def test_alerts_name_the_store(props: StoreProps) -> None:
    labels = {"namespace": "shop", "service": "cache"}
    assert signals(props).alerts
    for alert in signals(props).alerts:
        assert labels.items() <= alert.labels.items()


@of_every_store
def test_volumes_that_fill_up_are_told_before_they_are_full(props: StoreProps) -> None:
    soon = [alert for alert in signals(props).alerts if alert.name.endswith("VolumeFullSoon")]
    assert len(soon) == 1
    assert "predict_linear" in soon[0].expression


@of_every_store
def test_targets_are_those_that_network_policies_let_scrapers_reach(props: StoreProps) -> None:
    found = signals(props)
    policies = {
        item["metadata"]["name"]: item
        for item in rendered(props, redis_cases.OPERATED)
        if item["kind"] == "NetworkPolicy"
    }
    (scrapers,) = redis_cases.OPERATED.cluster.scrapers
    assert isinstance(scrapers, Pods)
    for target in found.targets:
        policy = policies[target.name.split("/")[1]]
        assert policy["spec"]["podSelector"]["matchLabels"] == dict(target.pods.labels)
        open_to_them = {
            port["port"]
            for rule in policy["spec"]["ingress"]
            for peer in rule["from"]
            if peer.get("podSelector", {}).get("matchLabels") == dict(scrapers.labels)
            for port in rule["ports"]
        }
        assert target.port.number in open_to_them
    assert len({target.name for target in found.targets}) == len(found.targets)


def test_a_part_with_two_ports_has_two_targets() -> None:
    names = {target.name for target in signals(postgres_servers_cases.THREE).targets}
    assert names == {"shop/cache/api", "shop/cache/metrics", "shop/cache-proxy"}


def test_a_store_declares_its_signals_to_its_chart() -> None:
    chart = new_chart()
    store = ResilientStatefulStore(chart, "cache", redis_cases.THREE)
    assert chart.signals == (store.signals,)
    assert (store.signals.kind, store.signals.team) == ("redis", "checkout")
    assert store.signals.parts == ("cache", "cache-proxy")


def test_an_engine_of_somebody_else_is_a_store() -> None:
    found = signals(StoreProps(engine=PlainEngine()))
    assert found.kind == "store"
    assert {alert.name for alert in found.alerts} == {"PlainDown"}


def test_alerts_link_to_the_engines_runbook() -> None:
    environment = replace(redis_cases.OPERATED, runbooks="https://docs.example.com/runbooks")
    rule = of_kind(rendered(redis_cases.THREE, environment), "PrometheusRule")
    links = {
        item["alert"]: item["annotations"]["runbook_url"]
        for group in rule["spec"]["groups"]
        for item in group["rules"]
    }
    page = "https://docs.example.com/runbooks/redis.md"
    assert links["RedisMasterMissing"] == f"{page}#redismastermissing"


@pytest.mark.parametrize(
    ("props", "expected"),
    [
        (redis_cases.ONE, {"RedisServersMissing"}),
        (redis_cases.TWO, {"RedisMasterMissing", "RedisReplicaOutOfStep", "RedisReplicaLags"}),
        (redis_cases.THREE, {"RedisMasterMissing", "RedisReplicaLags", "RedisQuorumAtRisk"}),
        (
            postgres_servers_cases.THREE,
            {"PostgresPrimaryMissing", "PostgresReplicaLags", "PostgresNoReplicaInStep"},
        ),
        (nats_cases.THREE, {"NatsMetaLeaderMissing", "NatsQuorumAtRisk", "NatsConsumerStuck"}),
        (etcd_cases.THREE, {"EtcdLeaderMissing", "EtcdQuorumAtRisk", "EtcdQuorumMissing"}),
    ],
    ids=["redis-one", "redis-two", "redis-three", "postgres", "nats", "etcd"],
)
def test_masters_replication_and_quorum_are_watched(props: StoreProps, expected: set[str]) -> None:
    assert expected <= alert_names(props)


@pytest.mark.parametrize("name", ["redis-standalone", "nats-one", "etcd-one"])
def test_one_server_has_no_quorum_to_risk(name: str) -> None:
    assert not {alert for alert in alert_names(CASES[name]) if alert.endswith("QuorumAtRisk")}


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("redis-sentinel", "Redis"),
        ("postgres-three", "Postgres"),
        ("nats-three", "Nats"),
        ("etcd-three", "Etcd"),
    ],
)
def test_certificates_that_cert_manager_makes_are_watched(name: str, kind: str) -> None:
    plain = CASES[name]
    unknown = replace(plain, engine=replace(plain.engine, tls=Tls("cache-tls")))  # type: ignore[call-arg]
    named = replace(
        plain,
        engine=replace(plain.engine, tls=Tls("cache-tls", certificate="cache")),  # type: ignore[call-arg]
    )
    (alert,) = [item for item in signals(named).alerts if item.name.endswith("Expiring")]
    assert alert.name == f"{kind}CertificateExpiring"
    assert 'name="cache"' in alert.expression
    assert not [item for item in signals(unknown).alerts if item.name.endswith("Expiring")]


RUNBOOKS = Path(__file__).parents[2] / "docs" / "runbooks"


@of_every_store
def test_every_alert_has_its_section_of_the_runbook(props: StoreProps) -> None:
    found = signals(props)
    page = (RUNBOOKS / f"{found.kind}.md").read_text(encoding="utf-8")
    sections = {line.removeprefix("## ") for line in page.splitlines() if line.startswith("## ")}
    assert {alert.name for alert in found.alerts} <= sections
