"""What a stack, and its Prometheus, refuse."""

from dataclasses import replace
from typing import Any

import pytest

from constructs_lib.errors import PropsError
from constructs_lib.kube.alerts import Alert
from constructs_lib.kube.claims import Volume
from constructs_lib.kube.signals import Recording, Signals, Target
from constructs_lib.observability import (
    Jaeger,
    KubeStateMetrics,
    NewerScrapes,
    NodeMetrics,
    ObservabilityStackProps,
    Prometheus,
    QuietTime,
    RemoteWrite,
    Scraping,
    TraceCollector,
)
from constructs_lib.refs import Cidrs, Pods, Port, SecretKey
from tests.environments import BARE
from tests.observability import trace_cases
from tests.observability.stack_cases import (
    GRAFANA,
    NODES,
    OPERATED,
    OPERATORS_PROMETHEUS,
    PLAIN,
    operator,
    smallest,
    stack,
    watched,
)

_REMOTE = RemoteWrite(
    name="archive", url="https://a.example.com/push", peers=(Cidrs(("10.0.0.0/8",)),)
)
_KEY = SecretKey("archive", "password")


def _with(**fields: Any) -> ObservabilityStackProps:
    """The smallest stack with these fields of Prometheus."""
    return replace(smallest(), prometheus=Prometheus(**fields))


@pytest.mark.parametrize(
    ("props", "field", "why"),
    [
        (_with(replicas=3), "prometheus.replicas", "do the same work"),
        (_with(replicas=0), "prometheus.replicas", "do the same work"),
        (_with(retention="forever"), "prometheus.retention", "is no time to keep"),
        (_with(retention_size="8m"), "prometheus.retention_size", "add a unit"),
        (_with(scrape_interval_seconds=0), "prometheus.scrape_interval_seconds", "positive"),
        (
            _with(evaluation_interval_seconds=0),
            "prometheus.evaluation_interval_seconds",
            "positive",
        ),
        (_with(scrape_interval_seconds=141), "prometheus.scrape_interval_seconds", "too long"),
        (
            _with(evaluation_interval_seconds=141),
            "prometheus.evaluation_interval_seconds",
            "too long",
        ),
        (_with(startup_seconds=0), "prometheus.startup_seconds", "positive"),
        (_with(data_path="/"), "prometheus.data_path", "no folder"),
        (_with(scraping=Scraping(sample_limit=0)), "prometheus.scraping.sample_limit", "no series"),
        (_with(external_labels={"a-b": "x"}), "prometheus.external_labels", "is no label"),
        (
            _with(external_labels={"replica": "x"}),
            "prometheus.external_labels",
            "tells two servers",
        ),
        (_with(extra_args=("query.timeout",)), "prometheus.extra_args", "is no flag"),
        (_with(extra_args=("--web.enable-lifecycle",)), "prometheus.extra_args", "engine to say"),
        (
            _with(extra_args=("--no-web.enable-admin-api",)),
            "prometheus.extra_args",
            "engine to say",
        ),
        (_with(user=0), "prometheus.user", "is root"),
        (_with(nodes=NODES), "prometheus.nodes", "use node_metrics of the stack"),
        (_with(watches=watched()), "prometheus.watches", "use watches of the stack"),
        (_with(external_url="p.example.com"), "prometheus.external_url", "is no http or https URL"),
        (
            _with(external_url="https://p.example.com/prometheus"),
            "prometheus.external_url",
            "without a path",
        ),
        (
            _with(external_url="https://p.example.com:99999"),
            "prometheus.external_url",
            "is not a port",
        ),
        (_with(remote_write=(_REMOTE, _REMOTE)), "prometheus.remote_write", "name of two"),
        (
            _with(remote_write=(replace(_REMOTE, url="a.example.com"),)),
            "prometheus.remote_write[0].url",
            "is no http or https URL",
        ),
        (
            _with(remote_write=(replace(_REMOTE, url="https://a.example.com:99999/push"),)),
            "prometheus.remote_write[0].url",
            "is not a port",
        ),
        (
            _with(remote_write=(replace(_REMOTE, peers=()),)),
            "prometheus.remote_write[0].peers",
            "leads nowhere",
        ),
        (
            _with(remote_write=(replace(_REMOTE, password=_KEY),)),
            "prometheus.remote_write[0].password",
            "goes with a user",
        ),
        (
            _with(remote_write=(replace(_REMOTE, user="a", password=_KEY, token=_KEY),)),
            "prometheus.remote_write[0].token",
            "stands beside",
        ),
        (
            _with(scraping=Scraping(newer=NewerScrapes(names="ascii"))),  # type: ignore[arg-type]
            "prometheus.scraping.newer.names",
            "none of the choices",
        ),
        (replace(smallest(), watches=()), "watches", "nothing to watch"),
        (
            replace(
                smallest(),
                node_metrics=NodeMetrics(addresses=Cidrs(("10.0.0.0/8",)), interval_seconds=0),
            ),
            "node_metrics.interval_seconds",
            "positive",
        ),
        (
            replace(
                smallest(),
                node_metrics=NodeMetrics(addresses=Cidrs(("10.0.0.0/8",)), interval_seconds=141),
            ),
            "node_metrics.interval_seconds",
            "too long",
        ),
        (
            replace(smallest(), kube_state_metrics=KubeStateMetrics(interval_seconds=141)),
            "kube_state_metrics.interval_seconds",
            "too long",
        ),
        (
            replace(smallest(), kube_state_metrics=KubeStateMetrics(user=0, interval_seconds=0)),
            "kube_state_metrics.user",
            "is root",
        ),
        (replace(smallest(), trace_collector=TraceCollector()), "trace_collector", "nowhere"),
        (
            replace(smallest(), operator_prometheus=OPERATORS_PROMETHEUS),
            "operator_prometheus",
            "own Prometheus",
        ),
    ],
)
def test_refuses(props: ObservabilityStackProps, field: str, why: str) -> None:
    with pytest.raises(PropsError) as refused:
        stack(props)

    found = {problem.field: problem for problem in refused.value.problems}
    assert field in found
    assert why in str(found[field])


@pytest.mark.parametrize(
    ("props", "field", "why"),
    [
        (replace(operator(), prometheus=Prometheus()), "prometheus", "the operator's"),
        (replace(operator(), node_metrics=NODES), "node_metrics", "the operator's"),
        (
            replace(operator(), prometheus_volume=Volume(size="1Gi")),
            "prometheus_volume",
            "of no pod",
        ),
        (replace(operator(), without=("nodes",)), "without", "taken to have every source"),
        (replace(operator(), grafana=GRAFANA), "grafana", "no Prometheus to ask"),
    ],
)
def test_the_operators_form_refuses(props: ObservabilityStackProps, field: str, why: str) -> None:
    with pytest.raises(PropsError, match=why) as refused:
        stack(props, OPERATED)
    assert [problem.field for problem in refused.value.problems] == [field]


def test_the_operators_form_refuses_hours_that_its_routes_cannot_say() -> None:
    given = operator().alertmanager
    assert given is not None
    night = QuietTime(start="00:00", end="06:00", location="Europe/Berlin")
    routing = replace(given.routing, quiet=(night,))

    with pytest.raises(PropsError, match=r"alertmanager\.routing\.quiet\[0\]\.location"):
        stack(replace(operator(), alertmanager=replace(given, routing=routing)), OPERATED)


def test_the_operators_form_needs_what_it_is_made_of() -> None:
    with pytest.raises(PropsError, match=r"prometheusrules\.monitoring\.coreos\.com"):
        stack(operator(PLAIN), PLAIN)


_TARGET = Target(
    name="shop/carts",
    pods=Pods("shop", labels={"run": "carts"}),
    port=Port("metrics", 9090),
)
_CARTS = Signals(kind="service", name="carts", app="shop", namespace="shop", team="shop")


@pytest.mark.parametrize(
    ("signals", "field", "why"),
    [
        (
            replace(_CARTS, targets=(replace(_TARGET, interval_seconds=0),)),
            "targets[0].interval_seconds",
            "must be positive; use 1 to 140",
        ),
        (
            replace(_CARTS, targets=(replace(_TARGET, path="metrics"),)),
            "targets[0].path",
            "is not an absolute path; write '/metrics'",
        ),
        (
            replace(_CARTS, targets=(replace(_TARGET, name="Carts of the shop"),)),
            "targets[0].name",
            "is no target; write '<namespace>/<workload>'",
        ),
        (
            replace(_CARTS, targets=(replace(_TARGET, pods=Pods("shop")),)),
            "targets[0].pods.labels",
            "are all pods of 'shop'",
        ),
        (
            replace(_CARTS, recordings=(Recording(name="bad name!", expression="up"),)),
            "recordings[0].name",
            "is no metric",
        ),
        (
            replace(
                _CARTS, recordings=(Recording(name="a:up", expression="up", labels={"a-b": "c"}),)
            ),
            "recordings[0].labels",
            "is no label",
        ),
        (replace(_CARTS, name="Carts"), "name", "is not a DNS label"),
        (replace(_CARTS, team="the shop"), "team", "is not a label value"),
    ],
)
def test_what_is_watched_is_refused(signals: Signals, field: str, why: str) -> None:
    with pytest.raises(PropsError) as refused:
        stack(replace(smallest(), watches=(signals,)))

    (problem,) = refused.value.problems
    assert problem.field == f"watches[0].{field}"
    assert why in str(problem)


def test_retention_is_refused_with_the_arithmetic() -> None:
    props = replace(_with(retention_size="9Gi"), prometheus_volume=Volume(size="10Gi"))

    with pytest.raises(PropsError, match=r"is 90% of the volume of 10Gi.* at most 80%, 8Gi"):
        stack(props)


def test_a_bound_that_prometheus_would_take_for_none_is_refused() -> None:
    with pytest.raises(PropsError, match=r"retention_size = '500Ki': keeps less than 1Mi"):
        stack(_with(retention_size="500Ki"))
    with pytest.raises(PropsError, match=r"volume\.size = '1Mi': keeps less than 1Mi"):
        stack(replace(smallest(), prometheus_volume=Volume(size="1Mi")))


@pytest.mark.parametrize(
    ("jaeger", "why"),
    [
        (None, "is of no Jaeger; add jaeger="),
        (trace_cases.ELASTIC, "is of no pod: traces are in the database"),
    ],
)
def test_a_volume_that_no_jaeger_would_have_is_refused(jaeger: Jaeger | None, why: str) -> None:
    with pytest.raises(PropsError, match=rf"jaeger_volume = .*: {why}"):
        stack(replace(smallest(), jaeger=jaeger, jaeger_volume=Volume(size="20Gi")))


def test_retention_follows_the_volume_of_the_environment() -> None:
    small = replace(PLAIN, volumes={"observability/prometheus": "5Gi"})

    with pytest.raises(PropsError, match="of the volume of 5Gi"):
        stack(_with(retention_size="9Gi"), small)


def test_an_api_server_whose_address_nobody_knows_is_refused() -> None:
    with pytest.raises(PropsError, match=r"environment\.cluster\.api_server"):
        stack(smallest(BARE), BARE)


def test_signals_that_are_given_twice_are_refused() -> None:
    with pytest.raises(PropsError, match="is the name of two workloads") as refused:
        stack(replace(smallest(), watches=(*watched(), *watched())))
    assert "is the name of two targets" in str(refused.value)


@pytest.mark.parametrize(
    "summary",
    [
        pytest.param("x" * 260_000, id="long"),
        # Six characters each, as Go writes JSON.
        pytest.param("<" * 45_000, id="escaped"),
    ],
)
def test_rules_that_nobody_can_apply_are_refused_with_the_arithmetic(summary: str) -> None:
    first, second = watched()
    long = Alert(name="Long", expression="vector(1)", summary=summary, action="None.")

    with pytest.raises(
        PropsError, match=r"is 2\d{5} bytes as JSON.*262144 bytes, less 4096 .* leave 258048"
    ) as found:
        stack(replace(smallest(), watches=(replace(first, alerts=(long,)), second)))
    assert "web.orders.yaml" in str(found.value)
