"""Pods that are to be scraped are scraped, where a Prometheus that is rendered looks for pods."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import yaml

from constructs_lib.rules.findings import Finding, Manifest, described
from constructs_lib.rules.fleet import Fleet
from constructs_lib.rules.labels import Requirement, Selector, matches
from constructs_lib.rules.pods import PodTemplate, entries, listed, namespace_of, value_at

TARGET = "scraped/target"
NAMES = (TARGET,)

_LOOKS_FOR_PODS = "kubernetes_sd_configs"
_EQUAL = re.compile(r"\s*([^\s=!]+)\s*==?\s*([^\s=]*)\s*")
"""https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors"""


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

    Only in namespaces that a rendered Prometheus searches, and of what ``Known.scraped_elsewhere``
    does not list; who scrapes the others is not known.
    """
    fleet = Fleet.of(manifests)
    asking = [pod for pod in fleet.pods if _asks(pod, fleet.known.scraped_elsewhere)]
    # Reading a Prometheus' configuration takes long.
    searches = list(_searches(fleet)) if asking else []
    findings: list[Finding] = []
    for pod in asking:
        near = [search for search in searches if search.covers(pod.namespace)]
        if near and not any(matches(search.selector, fleet.labels(pod)) for search in near):
            findings.append(_missed(pod, near))
    return findings


def _asks(pod: PodTemplate, elsewhere: frozenset[str]) -> bool:
    """Whether a pod asks to be scraped, and no other Prometheus is said to do it."""
    wish = str(pod.annotations.get("prometheus.io/scrape")).lower() == "true"
    return wish and elsewhere.isdisjoint((described(pod.owner), f"Namespace {pod.namespace}"))


def _missed(pod: PodTemplate, near: Sequence[_Search]) -> Finding:
    owners = " and ".join(sorted({described(search.owner) for search in near}))
    message = (
        f"annotation prometheus.io/scrape is true, and no job of {owners}, which looks for pods in"
        f" {pod.namespace}, takes these"
    )
    fix = (
        "build the workload before the stack that watches its chart, take the annotation away, or "
        f"list {described(pod.owner)!r} in Known.scraped_elsewhere if another Prometheus scrapes it"
    )
    return Finding(TARGET, described(pod.owner), message, fix)


def _searches(fleet: Fleet) -> Iterator[_Search]:
    for item in fleet.of_kind("", "ConfigMap"):
        for text in (item.get("data") or {}).values():
            if isinstance(text, str) and _LOOKS_FOR_PODS in text:
                for job in entries(_read(text), "scrape_configs"):
                    for discovery in entries(job, "kubernetes_sd_configs"):
                        yield from _search(item, discovery)


def _read(text: str) -> Any:
    try:
        return yaml.load(text, Loader=yaml.CSafeLoader)
    # No day of a calendar, such as 2024-13-45, is a ValueError of its own.
    except (yaml.YAMLError, ValueError):
        return None


def _search(owner: Manifest, discovery: Mapping[str, Any]) -> Iterator[_Search]:
    """Endpoints and Services lead to pods too; which, this does not say, so they take all."""
    if discovery.get("role") == "node":
        return
    names = set(map(str, listed(value_at(discovery, "namespaces"), "names")))
    if value_at(discovery, "namespaces.own_namespace") is True:
        names.add(namespace_of(owner))
    wanted = [
        str(item["label"])
        for item in entries(discovery, "selectors")
        if item.get("role") == "pod" and "label" in item
    ]
    yield _Search(owner, frozenset(names), _selector(",".join(wanted)))


def _selector(label: str) -> Selector:
    """The conditions that a label has one value; others may hold."""
    conditions = () if "(" in label else label.split(",")
    return tuple(
        Requirement(match[1], "In", frozenset({match[2]}))
        for match in map(_EQUAL.fullmatch, conditions)
        if match is not None
    )
