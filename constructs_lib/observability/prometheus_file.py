"""The configuration of Prometheus, as 2.42 and 3 both read it.

https://prometheus.io/docs/prometheus/latest/configuration/configuration/
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from constructs_lib.kube.body import Body, body
from constructs_lib.kube.config import content_hash
from constructs_lib.kube.signals import Signals
from constructs_lib.observability.alertmanager import addresses
from constructs_lib.observability.discovery import watched_namespaces
from constructs_lib.observability.nodes import NodeMetrics
from constructs_lib.observability.remote_write import RemoteWrite
from constructs_lib.observability.rule_maps import Shares, rule_patterns
from constructs_lib.observability.scrape import Scraping, pod_job, pod_targets, timeout_seconds
from constructs_lib.refs import Binding
from constructs_lib.yaml_text import to_yaml

CONFIGURATION = "/etc/prometheus/config"
"""Folder of ``prometheus.yml``."""

REPLICA = "replica"
"""Label that tells servers with the same configuration apart in what they send elsewhere."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What the file says, everything decided."""

    interval_seconds: int
    evaluation_seconds: int
    external_labels: Mapping[str, str]
    known: Sequence[Signals]
    """Whom it scrapes."""

    scraping: Scraping
    nodes: NodeMetrics | None
    alertmanager: Binding | None
    remote_write: Sequence[RemoteWrite]
    rules: Shares


def configuration(settings: Settings) -> str:
    """Text of ``prometheus.yml``."""
    whole = body(
        **{"global": _global(settings)},
        rule_files=rule_patterns(settings.rules),
        alerting=_alerting(settings),
        scrape_configs=_jobs(settings),
        remote_write=[item.setting() for item in settings.remote_write],
    )
    # Rules are in other ConfigMaps, and a changed one has to roll the pods all the same.
    return f"# Rules: {content_hash(*settings.rules)}\n{to_yaml([whole])}"


def _global(settings: Settings) -> Body:
    # $ begins the name of a variable in these labels, and nowhere else in the file.
    given = {name: text.replace("$", "$$") for name, text in settings.external_labels.items()}
    return {
        "scrape_interval": f"{settings.interval_seconds}s",
        "scrape_timeout": f"{timeout_seconds(settings.interval_seconds)}s",
        "evaluation_interval": f"{settings.evaluation_seconds}s",
        "external_labels": {**given, REPLICA: "${POD_NAME}"},
    }


def _jobs(settings: Settings) -> list[Body]:
    jobs = [pod_job(target, settings.scraping) for target in pod_targets(settings.known)]
    if settings.nodes is not None:
        jobs += settings.nodes.jobs(watched_namespaces(settings.known), settings.scraping)
    return jobs


def _alerting(settings: Settings) -> Body:
    if settings.alertmanager is None:
        return {}
    told = list(addresses(settings.alertmanager))
    return {
        # Alerts of two servers are the same alert only without what tells them apart.
        "alert_relabel_configs": [{"regex": REPLICA, "action": "labeldrop"}],
        "alertmanagers": [{"static_configs": [{"targets": told}]}],
    }
