"""Pods that are to be scraped are scraped, where a Prometheus that is rendered looks for pods."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import yaml

from constructs_lib.rules.findings import Finding, Manifest, described
from constructs_lib.rules.fleet import Fleet
from constructs_lib.rules.labels import Selector, equal, matches
from constructs_lib.rules.pods import PodTemplate, entries, listed, value_at

TARGET = "scraped/target"
NAMES = (TARGET,)

_LISTS_JOBS = "scrape_configs:"


class _Search(NamedTuple):
    """Where one job of a Prometheus looks for pods, and which it takes."""

    owner: Manifest
    """The ConfigMap with its configuration."""

    namespaces: frozenset[str]
    """None is every one."""

    selector: Selector
    """Labels of the pods; none takes all."""

    def covers(self, namespace: str) -> bool:
        """Whether it looks there."""
        return not self.namespaces or namespace in self.namespaces


def targets(manifests: Sequence[Manifest]) -> list[Finding]:
    """A finding for each pod template that asks to be scraped, and that no job takes.

    Only in namespaces that a rendered Prometheus searches; who scrapes the others is not known.
    """
    fleet = Fleet.of(manifests)
    searches = list(_searches(fleet))
    findings: list[Finding] = []
    for pod in fleet.pods:
        asks = str(pod.annotations.get("prometheus.io/scrape")).lower() == "true"
        near = [search for search in searches if search.covers(pod.namespace)] if asks else []
        if near and not any(matches(search.selector, fleet.labels(pod)) for search in near):
            findings.append(_missed(pod, near))
    return findings


def _missed(pod: PodTemplate, near: Sequence[_Search]) -> Finding:
    owners = " and ".join(sorted({described(search.owner) for search in near}))
    message = (
        f"annotation prometheus.io/scrape is true, and no job of {owners}, which looks for pods in"
        f" {pod.namespace}, takes these"
    )
    fix = "build the workload before the stack that watches its chart, or take the annotation away"
    return Finding(TARGET, described(pod.owner), message, fix)


def _searches(fleet: Fleet) -> Iterator[_Search]:
    for item in fleet.of_kind("", "ConfigMap"):
        for text in (item.get("data") or {}).values():
            if isinstance(text, str) and _LISTS_JOBS in text:
                for job in entries(_read(text), "scrape_configs"):
                    for discovery in entries(job, "kubernetes_sd_configs"):
                        yield from _search(item, discovery)


def _read(text: str) -> Any:
    try:
        return yaml.load(text, Loader=yaml.CSafeLoader)
    except yaml.YAMLError:
        return None


def _search(owner: Manifest, discovery: Mapping[str, Any]) -> Iterator[_Search]:
    """Endpoints and Services lead to pods too; which, this does not say, so they take all."""
    if discovery.get("role") == "node":
        return
    namespaces = frozenset(map(str, listed(value_at(discovery, "namespaces"), "names")))
    wanted = [
        str(item["label"])
        for item in entries(discovery, "selectors")
        if item.get("role") == "pod" and "label" in item
    ]
    yield _Search(owner, namespaces, _selector(",".join(wanted)))


def _selector(label: str) -> Selector:
    """Plain ``key=value`` conditions; others may hold."""
    pairs = (condition.partition("=") for condition in label.split(",") if "(" not in label)
    return equal({key: value for key, sign, value in pairs if sign and not key.endswith("!")})
