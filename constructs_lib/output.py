"""From constructs to files: render apps in memory, and write a folder that holds just them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple, cast

import cdk8s
from constructs import IConstruct

from constructs_lib.chart import AppChart
from constructs_lib.cluster import Cluster
from constructs_lib.environment import DevelopmentLiterals
from constructs_lib.errors import NovaError, RuleError
from constructs_lib.placement import unplaceable
from constructs_lib.rules import FLEET_RULES, Finding, Fleet, Known, Rule, Waiver, waived
from constructs_lib.rules.secrets import no_literals
from constructs_lib.secrets import AppSecret
from constructs_lib.yaml_text import to_yaml

Document = Mapping[str, Any]

SUFFIX = ".k8s.yaml"
KUSTOMIZATION = "kustomization.yaml"

HEADER = "# Rendered by constructs_lib; do not edit.\n"
"""First line of every file that :func:`write` may remove again."""

_WRITTEN: set[Path] = set()
"""Folders that :func:`write_apps` has written in this process."""

_PREPARATION = "constructs-lib-preparation"


_NOTHING_KNOWN = Known()


class Rendered(NamedTuple):
    """One chart as it will be written."""

    path: PurePosixPath
    """Its file: ``<environment>/<app>/<chart>.k8s.yaml``."""

    objects: list[Document]
    known: Known
    """What its cluster has, and the Secrets that its apps say exist."""

    cluster: Cluster
    """The cluster it runs in, for placing its pods."""


def write_apps(
    *apps: cdk8s.App,
    folder: Path | str | None = None,
    rules: Sequence[Rule] = FLEET_RULES,
    known: Known = _NOTHING_KNOWN,
    waivers: Sequence[Waiver] = (),
) -> None:
    """Write the objects of all ``apps``, after the rules have passed: the whole of a synth.

    ``folder`` then holds just them, so all apps go into one call; None is where cdk8s writes,
    ``$CDK8S_OUTDIR`` or ``dist``. ``known`` lists what clusters have besides the apps, ``waivers``
    what may break a rule for a while. Raises ``NovaError``, and nothing is written, where a
    construct or a rule refuses something, where there is no app, and for a folder that this process
    has written already: a second call would remove what the first one wrote.
    """
    target = Path(folder or os.environ.get("CDK8S_OUTDIR") or "dist").resolve()
    if not apps or target in _WRITTEN:
        why = "no app was given" if not apps else f"{target} was written by an earlier call"
        msg = f"write_apps: {why}; pass all apps to one call, since the folder then holds just them"
        raise NovaError(msg)
    write(target, texts(checked(*apps, rules=rules, known=known, waivers=waivers)))
    _WRITTEN.add(target)


def checked(
    *apps: cdk8s.App,
    rules: Sequence[Rule] = FLEET_RULES,
    known: Known = _NOTHING_KNOWN,
    waivers: Sequence[Waiver] = (),
) -> dict[PurePosixPath, list[Document]]:
    """The objects of all ``apps``, by file, after the rules have passed.

    Rules run over each environment as a whole, since that is what one cluster gets. Raises
    ``RuleError`` with everything that they find in any of them and no waiver covers.
    """
    charts = rendered(*apps)
    names = dict.fromkeys(chart.path.parts[0] for chart in charts)
    findings = [
        replace(finding, object=f"{name}: {finding.object}")
        for name in names
        for finding in broken([c for c in charts if c.path.parts[0] == name], rules, known)
    ]
    left = waived(findings, waivers, today=datetime.now(UTC).date())
    if left:
        where = "rules over what was rendered"
        raise RuleError(where, left)
    return {chart.path: chart.objects for chart in charts}


def broken(charts: Sequence[Rendered], rules: Sequence[Rule], known: Known) -> list[Finding]:
    """What ``rules`` find in ``charts``, all of one environment, whose cluster has ``known``.

    And the pods that find no node there.
    """
    for chart in charts:
        known = known.joined(chart.known)
    fleet = Fleet((item for chart in charts for item in chart.objects), known)
    found = [finding for rule in rules for finding in rule(fleet)]
    return [*found, *unplaceable(fleet, charts[0].cluster)]


def render(*apps: cdk8s.App) -> dict[PurePosixPath, list[Document]]:
    """The objects of every AppChart of ``apps``, by the file that they belong into; no rule is run.

    Files are called ``<environment>/<app>/<chart>.k8s.yaml``. Raises ``NovaError`` where two charts
    would have the same.
    """
    return {chart.path: chart.objects for chart in rendered(*apps)}


def rendered(*apps: cdk8s.App) -> list[Rendered]:
    """Every AppChart of ``apps``; raises ``NovaError`` where two would have the same file."""
    charts: list[Rendered] = []
    owners: dict[PurePosixPath, AppChart] = {}
    for app in apps:
        if not isinstance(app, cdk8s.App):
            msg = f"a {type(app).__name__} is no App; pass apps one by one: render(app, other)"
            raise NovaError(msg)
        _prepare(app)
        for chart in app.charts:
            if not isinstance(chart, AppChart):
                msg = f"chart {chart.node.id!r} is no AppChart, so no file is its own; make it one"
                raise NovaError(msg)
            folder = PurePosixPath(chart.environment.name, chart.app_name)
            path = folder / f"{chart.node.id}{SUFFIX}"
            if path in owners:
                raise NovaError(_collision(path, owners[path], chart))
            owners[path] = chart
            constructs = _constructs(chart)
            known = _known(chart, constructs)
            cluster = chart.environment.cluster
            charts.append(Rendered(path, _objects(chart, constructs), known, cluster))
    return charts


def _known(chart: AppChart, constructs: Iterable[IConstruct]) -> Known:
    """What the cluster of a chart has, and the Secrets that the chart says exist."""
    cluster = chart.environment.cluster
    existing = {
        f"Secret {chart.app_namespace}/{item.secret_name}": tuple(item.keys())
        for item in constructs
        if isinstance(item, AppSecret) and not item.node.children
    }
    return Known(
        storage_classes=frozenset({cluster.storage_class}),
        ingress_classes=frozenset(filter(None, (cluster.ingress_class,))),
        gateway_classes=frozenset(filter(None, (cluster.gateway_class,))),
        objects=existing,
    )


def documents(chart: cdk8s.Chart) -> list[Document]:
    """The objects of ``chart`` in the order of their dependencies.

    The same as ``chart.to_json()``, validations included, without a detour of every object through
    Node: only objects of other libraries are rendered there. Raises ``RuleError`` where a Secret
    holds values and the chart's environment is not marked with ``DevelopmentLiterals``.
    """
    _prepare(cast("cdk8s.App", chart.node.root))
    return _objects(chart, _constructs(chart))


def _prepare(app: cdk8s.App) -> None:
    """Let cdk8s resolve dependencies and run every construct's validation.

    It does both for the whole app whenever one chart is rendered; an empty one costs nothing else,
    and is gone afterwards, so that ``app.synth()`` writes no file for it.
    """
    chart = cdk8s.Chart(app, _PREPARATION)
    try:
        chart.to_json()
    finally:
        app.node.try_remove_child(_PREPARATION)


def _constructs(chart: cdk8s.Chart) -> list[IConstruct]:
    """All constructs of a chart in the order of their dependencies."""
    found = cdk8s.DependencyGraph(chart.node).topology()
    nested = [item for item in found if isinstance(item, cdk8s.Chart) and item is not chart]
    if nested:
        msg = f"chart {nested[0].node.path!r} is inside another chart; put both into the app"
        raise NovaError(msg)
    return found


def _objects(chart: cdk8s.Chart, constructs: Iterable[IConstruct]) -> list[Document]:
    objects = [item.to_json() for item in constructs if isinstance(item, cdk8s.ApiObject)]
    if isinstance(chart, AppChart):
        environment = chart.environment
        literals = no_literals(objects)
        if literals and not isinstance(environment.secrets, DevelopmentLiterals):
            where = f"{chart.node.path} (environment {environment.name!r} renders no literals)"
            raise RuleError(where, literals)
    return objects


def _collision(path: PurePosixPath, one: AppChart, other: AppChart) -> str:
    names = " and ".join(f"{type(c).__name__} {c.node.path!r}" for c in (one, other))
    return f"{names} would both be written to {path}; give one of them another id or app"


def texts(files: Mapping[PurePosixPath, Iterable[Document]]) -> dict[PurePosixPath, str]:
    """``files`` as YAML, with a ``kustomization.yaml`` in each folder that lists its charts."""
    written = {path: HEADER + to_yaml(objects) for path, objects in files.items()}
    for folder in sorted({path.parent for path in files}):
        charts = sorted(path.name for path in files if path.parent == folder)
        kustomization = {
            "apiVersion": "kustomize.config.k8s.io/v1beta1",
            "kind": "Kustomization",
            "resources": charts,
        }
        written[folder / KUSTOMIZATION] = HEADER + to_yaml([kustomization])
    return written


def write(folder: Path, files: Mapping[PurePosixPath, str]) -> None:
    """Write ``files`` below ``folder``, and remove rendered files that are no longer among them.

    A controller would go on applying those. What is removed has the place and name of a rendered
    file (``*/*/*.k8s.yaml`` and ``*/*/kustomization.yaml``) and says in its first line that it was
    rendered; whatever else stands in the folder stays as it is.
    """
    for path, text in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(text.encode())
    kept = {folder / path for path in files}
    for pattern in (f"*/*/*{SUFFIX}", f"*/*/{KUSTOMIZATION}"):
        for stale in sorted(set(folder.glob(pattern)) - kept):
            if _rendered(stale):
                stale.unlink()
                _remove_emptied(stale.parent, stale.parent.parent)


def _rendered(file: Path) -> bool:
    with file.open("rb") as content:
        # A checkout on Windows may end the line in two characters.
        return content.readline().rstrip() == HEADER.rstrip().encode()


def _remove_emptied(*folders: Path) -> None:
    for folder in folders:
        if not any(folder.iterdir()):
            folder.rmdir()
