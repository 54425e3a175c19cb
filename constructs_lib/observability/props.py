"""Props of ObservabilityStack."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from constructs_lib.errors import Problem
from constructs_lib.kube.claims import Volume
from constructs_lib.kube.signals import Signals
from constructs_lib.observability.alertmanager import Alertmanager
from constructs_lib.observability.alertmanager_config import operator_problems
from constructs_lib.observability.cert_manager import CertManager
from constructs_lib.observability.grafana import Grafana
from constructs_lib.observability.jaeger import Jaeger
from constructs_lib.observability.kube_state_metrics import KubeStateMetrics
from constructs_lib.observability.nodes import NodeMetrics
from constructs_lib.observability.prometheus import Prometheus
from constructs_lib.observability.sources import Source, source_problems
from constructs_lib.observability.trace_collector import TraceCollector
from constructs_lib.observability.trace_storage import Badger
from constructs_lib.refs import Endpoint
from constructs_lib.values import Value

Form = Literal["self-contained", "operator"]


class ObservabilityStackProps(Value):
    """What watches some apps, and who is told of what."""

    watches: tuple[Signals, ...]
    """What is watched: ``chart.signals`` of each app, with what it has declared by now: of its own
    chart, build the stack last. The chart of another app may be built for this alone, in a tree
    that is never rendered."""

    form: Form = "self-contained"
    """``self-contained`` runs a Prometheus of its own, and an Alertmanager. ``operator`` is for
    clusters where the Prometheus Operator runs both: workloads render their monitors and rules
    themselves, and the stack adds rules about targets, routes, and dashboards. Default
    self-contained."""

    prometheus: Prometheus | None = None
    """Prometheus of the self-contained form; None is ``Prometheus()``. What it watches, nodes and
    Alertmanager are filled in."""

    prometheus_volume: Volume = Volume(size="20Gi")
    """Volume of each Prometheus. Default 20Gi, unless the environment sizes it."""

    alertmanager: Alertmanager | None = None
    """Alertmanager and whom it tells. One pod where stores of the environment are not replicated.
    Where Grafana has a ``url``, messages lead to its page of silences. In the operator's form
    ``routing`` becomes an AlertmanagerConfig, with the page for silences of ``external_url`` or
    ``silences_url`` in its messages, and the rest is of no effect. None: nobody is told."""

    alertmanager_volume: Volume = Volume(size="1Gi")
    """Volume of each Alertmanager: silences, and what has been sent. Default 1Gi, unless the
    environment sizes it."""

    grafana: Grafana | None = None
    """Grafana with the dashboards of everything watched. None: there is none; dashboards of the
    operator's form are ConfigMaps for one that is there already."""

    jaeger: Jaeger | None = None
    """Jaeger; None takes no traces."""

    jaeger_volume: Volume = Volume(size="10Gi")
    """Volume of a Jaeger that keeps traces in files; of none that has a database. Default 10Gi,
    unless the environment sizes it."""

    trace_collector: TraceCollector | None = None
    """A collector before Jaeger, which samples and waits. None: services send to Jaeger."""

    kube_state_metrics: KubeStateMetrics | None = KubeStateMetrics()
    """Metrics and alerts of pods, workloads, Jobs, claims and quotas of watched namespaces. Default
    one; None has none, also where the cluster has one: in the self-contained form that is not
    scraped."""

    node_metrics: NodeMetrics | None = None
    """Metrics of kubelets, by a ClusterRole. Without them nothing is known of CPU and memory of
    containers, or of room on volumes. Default None: nothing for the whole cluster is rendered. The
    operator's form has none: there, kubelets are scraped by the cluster's own monitor."""

    cert_manager: CertManager | None = None
    """cert-manager of the cluster, which knows when certificates of watched namespaces end, those
    of gateways too. Default None: nobody is told of that. The operator's form has none: there, it
    is scraped by a monitor of its own."""

    without: tuple[Source, ...] = ()
    """What a self-contained stack does without although watched alerts need it: ``nodes``,
    ``kube-state-metrics`` or ``cert-manager``. Those alerts are left out. Default none: alerts that
    nothing would ever make fire are refused. Those of the stack's own parts about their volumes are
    left out without ``node_metrics`` in any case."""

    operator_prometheus: Endpoint | None = None
    """In the operator's form, where the operator's Prometheus is asked, for a Grafana of the
    stack. None has no Grafana."""

    def problems(self) -> Iterator[Problem]:
        """What goes with which form, and what needs what."""
        if not self.watches:
            fix = "pass chart.signals of at least one app"
            yield Problem("watches", self.watches, "is nothing to watch", fix)
        if self.form == "operator":
            yield from self._operator_problems()
        else:
            yield from source_problems(self.watches, self.missing, self.without)
        yield from self._filled_problems()
        if self.form != "operator" and self.operator_prometheus is not None:
            fix = "leave it out"
            why = "is the stack's own Prometheus in this form"
            yield Problem("operator_prometheus", self.operator_prometheus, why, fix)
        if self.trace_collector is not None and self.jaeger is None:
            fix = "add jaeger=Jaeger(...), or leave the collector out"
            yield Problem("trace_collector", self.trace_collector, "has nowhere to send to", fix)
        yield from self._volume_problems()

    def _volume_problems(self) -> Iterator[Problem]:
        """Whether somebody would have Jaeger's volume."""
        if self.jaeger_volume == type(self).jaeger_volume:
            return
        if self.jaeger is None:
            why, fix = "is of no Jaeger", "add jaeger=Jaeger(...), or leave it out"
        elif isinstance(self.jaeger.storage, Badger):
            return
        else:
            why, fix = "is of no pod: traces are in the database", "leave it out, and size that"
        yield Problem("jaeger_volume", self.jaeger_volume, why, fix)

    def _filled_problems(self) -> Iterator[Problem]:
        """Fields of Prometheus that the stack fills in."""
        if self.prometheus is None:
            return
        ours = {"watches": "watches", "nodes": "node_metrics", "alertmanager": "alertmanager"}
        for name, own in ours.items():
            if getattr(self.prometheus, name):
                why = "is filled in by the stack"
                fix = f"leave it out, and use {own} of the stack"
                yield Problem(f"prometheus.{name}", getattr(self.prometheus, name), why, fix)

    @property
    def missing(self) -> tuple[Source, ...]:
        """What the stack has none of; in the operator's form the cluster has all of them."""
        if self.form == "operator":
            return ()
        sources: dict[Source, object] = {
            "nodes": self.node_metrics,
            "kube-state-metrics": self.kube_state_metrics,
            "cert-manager": self.cert_manager,
        }
        return tuple(name for name, value in sources.items() if value is None)

    def _operator_problems(self) -> Iterator[Problem]:
        for name in ("prometheus", "node_metrics", "cert_manager"):
            if getattr(self, name):
                fix = "leave it out"
                yield Problem(name, getattr(self, name), "is the operator's in this form", fix)
        for name in ("prometheus_volume", "alertmanager_volume"):
            if getattr(self, name) != getattr(type(self), name):
                fix = "leave it out"
                yield Problem(name, getattr(self, name), "is of no pod in this form", fix)
        if self.without:
            why = "leaves out alerts, and in this form the cluster is taken to have every source"
            yield Problem("without", self.without, why, "leave it out")
        if self.grafana is not None and self.operator_prometheus is None:
            fix = "say where the operator's Prometheus is: operator_prometheus=Endpoint(...)"
            yield Problem("grafana", self.grafana, "has no Prometheus to ask", fix)
        if self.alertmanager is not None:
            for problem in operator_problems(self.alertmanager.routing):
                yield problem.within("alertmanager.routing")
