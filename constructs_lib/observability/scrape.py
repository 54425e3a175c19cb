"""Scrape jobs: which pods Prometheus asks for metrics, and by which labels they are known.

https://prometheus.io/docs/prometheus/latest/configuration/configuration/#scrape_config
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal

from constructs_lib.errors import Problem
from constructs_lib.kube.body import Body, body
from constructs_lib.kube.signals import Signals, Target
from constructs_lib.values import Value

_TIMEOUT_SECONDS = 10
_USUAL_SECONDS = 30

_META = "__meta_kubernetes_"
_LABELS = {
    "namespace": f"{_META}namespace",
    "pod": f"{_META}pod_name",
    "container": f"{_META}pod_container_name",
}
"""What a pod's series are known by, besides ``job`` and ``instance``, which are there anyway."""


class NewerScrapes(Value):
    """What Prometheus 2 does not know: written into the configuration only where it is given.

    https://prometheus.io/docs/prometheus/latest/migration/#scrape-protocols
    """

    fallback_protocol: (
        Literal["PrometheusText0.0.4", "PrometheusText1.0.0", "OpenMetricsText1.0.0"] | None
    ) = None
    """How an answer is read that does not say what it is (``fallback_scrape_protocol``, 3.0). None
    writes nothing: Prometheus 3 then fails such a scrape."""

    names: Literal["utf8", "legacy"] | None = None
    """Which names metrics and labels may have (``metric_name_validation_scheme``, 3.0). None writes
    nothing: Prometheus 3 takes every character."""

    classic_histograms: bool | None = None
    """Whether classic buckets are kept beside a native histogram
    (``always_scrape_classic_histograms``, 3.0). None writes nothing: they are dropped where there
    is a native one, which is read only where that feature is on."""

    def settings(self) -> Body:
        """Options of a scrape job."""
        return body(
            fallback_scrape_protocol=self.fallback_protocol,
            metric_name_validation_scheme=self.names,
            always_scrape_classic_histograms=self.classic_histograms,
        )


class Scraping(Value):
    """What holds for every scrape."""

    sample_limit: int = 50_000
    """Most series that one target may return; a scrape that returns more fails, and an alert tells
    of it. Default 50000. It bounds what a mistake in one program costs all others."""

    newer: NewerScrapes = NewerScrapes()
    """Options of Prometheus 3. Default none, so that Prometheus 2.42 reads the configuration
    too."""

    def problems(self) -> Iterator[Problem]:
        """A limit that lets something through."""
        if self.sample_limit < 1:
            fix = "use 1 or more"
            yield Problem("sample_limit", self.sample_limit, "lets no series through", fix)

    def job(self, name: str, interval_seconds: int, **settings: object) -> Body:
        """A scrape job with what all of them have."""
        return body(
            job_name=name,
            scrape_interval=f"{interval_seconds}s",
            scrape_timeout=f"{timeout_seconds(interval_seconds)}s",
            sample_limit=self.sample_limit,
            **self.newer.settings(),
            **settings,
        )


def timeout_seconds(interval_seconds: int) -> int:
    """How long a scrape may take: Prometheus refuses more than the interval."""
    return min(_TIMEOUT_SECONDS, interval_seconds)


def pod_targets(signals: Iterable[Signals]) -> list[Target]:
    """Every target that is pods; kubelets are none."""
    return [target for item in signals if item.kind != "nodes" for target in item.targets]


def longest_interval(signals: Iterable[Signals]) -> int:
    """Seconds between two scrapes of what counts something and is scraped least often; 30 or more.

    Rates need several samples. Of gauges, one that is minutes old is drawn as well.
    """
    each = (
        target.interval_seconds
        for item in signals
        for target in item.targets
        if not target.exposes or any(metric.kind != "gauge" for metric in target.exposes)
    )
    return max((_USUAL_SECONDS, *each))


def pod_job(target: Target, scraping: Scraping) -> Body:
    """The job that scrapes the pods of ``target`` at its port."""
    wanted = ",".join(f"{key}={value}" for key, value in sorted(target.pods.labels.items()))
    discovery = body(
        role="pod",
        namespaces={"names": [target.pods.namespace]},
        selectors=[{"role": "pod", "label": wanted}] if wanted else None,
    )
    return scraping.job(
        target.name,
        target.interval_seconds,
        metrics_path=target.path,
        honor_labels=target.honor_labels or None,
        kubernetes_sd_configs=[discovery],
        relabel_configs=list(_relabelled(target)),
    )


def _relabelled(target: Target) -> Iterator[Body]:
    # Every port of every container is an offer; one of them is meant. Pods that have not started
    # yet, and those that have ended, answer nobody and would count as down.
    yield keep([f"{_META}pod_phase"], "Running")
    port = target.port
    yield keep(
        [f"{_META}pod_container_port_{part}" for part in ("name", "number", "protocol")],
        f"{port.name};{port.number};{port.protocol}",
    )
    for label, source in _LABELS.items():
        yield {"source_labels": [source], "target_label": label}


def keep(sources: Iterable[str], pattern: str) -> Body:
    """Only targets, or series, whose labels ``sources``, joined by ``;``, match ``pattern``."""
    return {"source_labels": list(sources), "regex": pattern, "action": "keep"}
