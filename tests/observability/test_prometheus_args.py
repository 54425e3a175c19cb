"""What Prometheus is started with."""

from dataclasses import replace
from pathlib import Path

import pytest

from constructs_lib.kube.images import Image
from constructs_lib.observability import Prometheus
from constructs_lib.observability.prometheus_args import arguments
from tests.observability import prometheus_server
from tests.observability.prometheus_server import replace_discovery, written
from tests.observability.stack_cases import objects_of, smallest
from tests.store.rendering import container_named, pod_of

needs_prometheus = pytest.mark.skipif(
    bool(prometheus_server.missing), reason="prometheus and promtool are not installed"
)


def _args(given: Prometheus) -> list[str]:
    props = replace(smallest(), prometheus=given)
    pod = pod_of(objects_of(props), "StatefulSet", "prometheus")
    return list(container_named(pod, "prometheus")["args"])


def test_every_flag_that_is_rendered_is_refused_from_users() -> None:
    rendered = _args(Prometheus(external_url="https://prometheus.example.com"))

    refused = [p.value for p in Prometheus(extra_args=tuple(rendered)).problems()]
    # Features may be given several times.
    assert refused == [item for item in rendered if not item.startswith("--enable-feature=")]


@pytest.mark.parametrize("traces", [True, False])
def test_exemplars_are_kept_where_somebody_sends_traces(traces: bool) -> None:  # noqa: FBT001
    props = smallest()
    props = replace(props, watches=tuple(replace(item, traces=traces) for item in props.watches))
    pod = pod_of(objects_of(props), "StatefulSet", "prometheus")

    kept = "--enable-feature=exemplar-storage" in container_named(pod, "prometheus")["args"]
    assert kept is traces


@needs_prometheus
def test_prometheus_knows_the_features_that_it_is_given(tmp_path: Path) -> None:
    folder = written(objects_of(smallest()), tmp_path)
    replace_discovery(folder, {})
    args = arguments(
        image=Image("docker.io/prom/prometheus", tag="v3.13.2"),
        data_path="/prometheus",
        retention="15d",
        kept_mebibytes=100,
        external_url=None,
        traces=True,
    )
    features = tuple(item for item in args if item.startswith("--enable-feature="))

    assert features
    with prometheus_server.Prometheus(folder, args=features) as server:
        assert server.get("query_exemplars", query="up", start="0", end="1") == []
        assert "Unknown option" not in server.log


@pytest.mark.parametrize(
    ("tag", "times"), [("v3.13.2", 0), ("v2.53.5", 1), ("2.42.0", 1), ("v20.1", 0)]
)
def test_prometheus_2_is_told_to_expand_the_label_of_the_replica(tag: str, times: int) -> None:
    args = _args(Prometheus(image=Image("docker.io/prom/prometheus", tag=tag)))

    assert args.count("--enable-feature=expand-external-labels") == times


@needs_prometheus
def test_it_answers_at_the_root_whatever_its_address_outside(tmp_path: Path) -> None:
    """Its probes, its own scrape and Grafana's data source have no path before theirs."""
    folder = written(objects_of(smallest()), tmp_path)
    replace_discovery(folder, {})
    args = arguments(
        image=Prometheus().image,
        data_path="/prometheus",
        retention="15d",
        kept_mebibytes=100,
        external_url="https://example.com/prometheus",
    )
    shown = tuple(item for item in args if item.startswith("--web."))

    with prometheus_server.Prometheus(folder, args=shown) as server:
        assert server.query("vector(1)")
