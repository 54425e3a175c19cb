"""Where series come from that no workload tells of itself, and alerts that nothing would feed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Literal

from constructs_lib.errors import Problem
from constructs_lib.kube.alerts import Alert
from constructs_lib.kube.promql import metric_names
from constructs_lib.kube.signals import Signals

Source = Literal["nodes", "kube-state-metrics", "cert-manager"]
"""Kubelets, kube-state-metrics and cert-manager."""

SERIES: Mapping[Source, re.Pattern[str]] = {
    "nodes": re.compile(r"(kubelet|container)_.+"),
    "kube-state-metrics": re.compile(r"kube_.+"),
    "cert-manager": re.compile(r"certmanager_.+"),
}
"""What series of each are called."""

FIELDS: Mapping[Source, str] = {
    "nodes": "node_metrics=NodeMetrics(...)",
    "kube-state-metrics": "kube_state_metrics=KubeStateMetrics()",
    "cert-manager": "cert_manager=CertManager()",
}
"""How a stack gets each of them."""


def source_problems(
    watches: Sequence[Signals], missing: Iterable[Source], without: Sequence[Source]
) -> Iterator[Problem]:
    """Whether every alert of ``watches`` is fed, and what is done without is not there."""
    lacking = tuple(missing)
    for source in lacking:
        silent = sorted(_silent(watches, source)) if source not in without else []
        if silent:
            shown = ", ".join(silent[:_SHOWN]) + (" and others" if len(silent) > _SHOWN else "")
            why = f"lacks {source!r}, without which these would never fire: {shown}"
            fix = f"set {FIELDS[source]}, or without=({source!r},) to leave such alerts out"
            yield Problem("without", without, why, fix)
    for source in without:
        if source not in lacking:
            yield Problem("without", source, "is there", f"leave {source!r} out of it")


def fed(signals: Sequence[Signals], missing: Iterable[Source]) -> tuple[Signals, ...]:
    """``signals`` without alerts that need something of ``missing``."""
    told = _told(signals)
    lacking = tuple(missing)
    return tuple(
        replace(
            item,
            alerts=tuple(a for a in item.alerts if not any(_needs(a, s, told) for s in lacking)),
        )
        for item in signals
    )


_SHOWN = 6


def _told(signals: Sequence[Signals]) -> frozenset[str]:
    """Series that somebody who is watched exposes."""
    return frozenset(name for s in signals for metric in s.metrics for name in metric.series)


def _silent(signals: Sequence[Signals], source: Source) -> set[str]:
    told = _told(signals)
    return {a.name for item in signals for a in item.alerts if _needs(a, source, told)}


def _needs(alert: Alert, source: Source, told: frozenset[str]) -> bool:
    named = metric_names(alert.expression) - told
    return any(SERIES[source].fullmatch(name) for name in named)
