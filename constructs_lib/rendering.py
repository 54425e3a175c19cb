"""From constructs to objects: what every chart of every app holds, in memory."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath
from typing import Any, NamedTuple, cast

import cdk8s
from constructs import IConstruct

from constructs_lib.chart import AppChart
from constructs_lib.cluster import Cluster
from constructs_lib.declared import known_of
from constructs_lib.environment import DevelopmentLiterals
from constructs_lib.errors import NovaError, RuleError
from constructs_lib.rules import Known
from constructs_lib.rules.secrets import no_literals

Document = Mapping[str, Any]

SUFFIX = ".k8s.yaml"

_PREPARATION = "constructs-lib-preparation"


class Rendered(NamedTuple):
    """One chart as it will be written."""

    path: PurePosixPath
    """Its file: ``<environment>/<app>/<chart>.k8s.yaml``."""

    objects: list[Document]
    known: Known
    """What its cluster has, the Secrets that its apps say exist, and how workloads connect."""

    cluster: Cluster
    """The cluster it runs in, for placing its pods."""

    expects: tuple[str, ...] = ()
    """Namespaces that it says are there without being rendered."""

    @property
    def environment(self) -> str:
        """Name of the environment that it is rendered for."""
        return self.path.parts[0]


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
            known = known_of(chart, constructs)
            objects = _objects(chart, constructs)
            cluster = chart.environment.cluster
            charts.append(Rendered(path, objects, known, cluster, chart.expected_namespaces))
    return charts


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
