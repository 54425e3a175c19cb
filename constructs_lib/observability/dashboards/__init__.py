"""Grafana dashboards of what services and stores declare.

One for each of them, and one overview per app; a topic per file.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence

from constructs_lib.kube.signals import OF_PROMETHEUS, Signals, SignalsKind
from constructs_lib.observability.dashboards.etcd import etcd
from constructs_lib.observability.dashboards.nats import nats
from constructs_lib.observability.dashboards.panels import Link, Page, Row, kept
from constructs_lib.observability.dashboards.pods import pods_of
from constructs_lib.observability.dashboards.postgres import postgres
from constructs_lib.observability.dashboards.redis import redis
from constructs_lib.observability.dashboards.render import to_json
from constructs_lib.observability.dashboards.service import service
from constructs_lib.observability.dashboards.stack import alertmanager, plain, prometheus
from constructs_lib.observability.dashboards.system import place_of, system

__all__ = ["dashboards", "known_series", "pages"]

_LONGEST_UID = 40
_LONGEST_FOLDER = 30
_DIGEST = 6

_TOPICS: Mapping[SignalsKind, Callable[[Signals], Iterator[Row]]] = {
    "service": service,
    "redis": redis,
    "postgres": postgres,
    "nats": nats,
    "etcd": etcd,
    "prometheus": prometheus,
    "alertmanager": alertmanager,
    "grafana": plain,
    "jaeger": plain,
    "collector": plain,
}
"""What is drawn of which kind; the others tell of pods, and are drawn with those."""


def dashboards(signals: Sequence[Signals], *, runbooks: str | None = None) -> dict[str, str]:
    """Every dashboard as JSON, by ``<folder of the app>/<file>.json``.

    ``signals`` are those of everything that one Prometheus scrapes, also of kubelets (``nodes``)
    and ``kube-state-metrics``: what none of them exposes is not drawn. ``runbooks`` is where pages
    of runbooks are; None renders no links to them.
    """
    return {
        f"{_cut(page.tags[0], _LONGEST_FOLDER)}/{page.uid}.json": to_json(page)
        for page in pages(signals, runbooks=runbooks)
    }


def pages(signals: Sequence[Signals], *, runbooks: str | None = None) -> tuple[Page, ...]:
    """Every dashboard, overviews first, before it becomes JSON."""
    known = _told_of_pods(signals)
    drawn = sorted((item for item in signals if item.kind in _TOPICS), key=place_of)
    drawn.sort(key=lambda item: item.app)
    names = _names(drawn)
    uids = {place: _cut("-".join(parts), _LONGEST_UID) for place, parts in names.items()}
    apps = dict.fromkeys(item.app for item in drawn)
    return (
        *(_overview(app, [i for i in drawn if i.app == app], uids, known) for app in apps),
        *(
            _details(item, uids[place_of(item)], " / ".join(names[place_of(item)]), known, runbooks)
            for item in drawn
        ),
    )


def known_series(signals: Signals) -> frozenset[str]:
    """Series that are there because of ``signals``: exposed, or recorded."""
    requests = signals.requests
    named = () if requests is None else (requests.total, requests.duration)
    # A target that lists nothing still exposes what its requests name.
    ends = ("", "_bucket", "_sum", "_count")
    implied = {f"{name}{end}" for name in named if name for end in ends}
    exposed = {series for metric in signals.metrics for series in metric.series}
    if not exposed and signals.objectives is not None:
        implied |= {item.metric for item in signals.objectives.saturation}
    recorded = {recording.name for recording in signals.recordings}
    return OF_PROMETHEUS | exposed | recorded | (implied if not exposed else frozenset())


def _told_of_pods(signals: Sequence[Signals]) -> frozenset[str]:
    watchers = (item for item in signals if item.kind not in _TOPICS)
    return frozenset().union(*(known_series(item) for item in watchers))


def _names(drawn: Sequence[Signals]) -> dict[str, tuple[str, ...]]:
    """What each is called: app and name, and more only where somebody else is called so."""
    found: dict[str, tuple[str, ...]] = {}
    taken = {f"{item.app}-overview" for item in drawn}
    for item in drawn:
        longest = (item.app, item.namespace, item.kind, item.name)
        forms = ((item.app, item.name), (item.app, item.namespace, item.name), longest)
        found[place_of(item)] = next(
            (form for form in forms if "-".join(form) not in taken), longest
        )
        taken.add("-".join(found[place_of(item)]))
    return found


def _cut(name: str, longest: int) -> str:
    """``name``, cut to what Grafana takes; its digest keeps long ones apart."""
    if len(name) <= longest:
        return name
    digest = hashlib.sha256(name.encode()).hexdigest()[:_DIGEST]
    return f"{name[: longest - _DIGEST - 1].rstrip('-')}-{digest}"


def _overview_uid(app: str) -> str:
    return _cut(f"{app}-overview", _LONGEST_UID)


def _overview(
    app: str, members: Sequence[Signals], uids: Mapping[str, str], known: frozenset[str]
) -> Page:
    told = known.union(*(known_series(item) for item in members))
    return Page(
        uid=_overview_uid(app),
        title=f"{app} / overview",
        description=f"Services and stores of {app}.",
        tags=(app, "overview"),
        rows=kept(system(members, uids), told),
    )


def _details(
    signals: Signals, uid: str, title: str, known: frozenset[str], runbooks: str | None
) -> Page:
    links = [Link(title=f"Overview of {signals.app}", url=f"/d/{_overview_uid(signals.app)}")]
    if runbooks is not None:
        links.append(Link(title="Runbook", url=f"{runbooks}/{signals.kind}.md"))
    return Page(
        uid=uid,
        title=title,
        description=f"The {signals.kind} {signals.name} in {signals.namespace}, of {signals.team}.",
        tags=(signals.app, signals.kind),
        links=tuple(links),
        pods=(signals.namespace, pods_of(signals)),
        rows=kept(_TOPICS[signals.kind](signals), known | known_series(signals)),
    )
