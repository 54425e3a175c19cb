"""Prometheus: scrapes, records, and finds out what alarms.

https://prometheus.io/docs/prometheus/latest/
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field

from constructs_lib.errors import Problem
from constructs_lib.kube.alerts import Alert
from constructs_lib.kube.images import Image
from constructs_lib.kube.intervals import interval_problems
from constructs_lib.kube.monitors import Metrics
from constructs_lib.kube.promql import stateful_set_pods
from constructs_lib.kube.shutdown import Shutdown
from constructs_lib.kube.signals import Signals
from constructs_lib.naming import TEAM
from constructs_lib.observability.extra_args import extra_args_problems
from constructs_lib.observability.nodes import NodeMetrics
from constructs_lib.observability.prometheus_access import access_objects, reached
from constructs_lib.observability.prometheus_alerts import (
    notification_alerts,
    remote_alerts,
    server_alerts,
)
from constructs_lib.observability.prometheus_args import OWN_ARGS, arguments
from constructs_lib.observability.prometheus_checks import (
    kept_mebibytes,
    label_problems,
    remote_problems,
    server_problems,
    size_problems,
)
from constructs_lib.observability.prometheus_file import Settings, configuration
from constructs_lib.observability.prometheus_metrics import METRICS, REMOTE_METRICS
from constructs_lib.observability.prometheus_pods import HTTP, Server, server_front, server_part
from constructs_lib.observability.remote_write import RemoteWrite
from constructs_lib.observability.rule_files import packed, rule_files, rule_problems
from constructs_lib.observability.rule_maps import Shares, rule_maps, rule_mounts
from constructs_lib.observability.scrape import Scraping
from constructs_lib.observability.target_alerts import target_alerts, watchdog
from constructs_lib.observability.urls import page_problems
from constructs_lib.quantity import memory_problems, parse
from constructs_lib.refs import Binding, Endpoint
from constructs_lib.resources import Resources
from constructs_lib.store.engine import Engine, Place, Plan, data_path_problems
from constructs_lib.store.signals import signals_of


class Prometheus(Engine):
    """Servers that scrape what they watch, each all of it, and keep it on a volume of their own.

    An :class:`ObservabilityStack` fills in what is watched and where alerts go.

    Two servers are not a cluster: both do the same, and one goes on while the other is away. What
    a server missed while it was away it never has, so graphs jump between the two; clients keep to
    one by their address. A changed configuration rolls the pods, one after the other; servers do
    not take one at run time, since whoever may send them one may stop them too.
    """

    replicas: int | None = None
    """Servers: 1 or 2. None: two where stores of the environment are replicated, one elsewhere."""

    retention: str = "15d"
    """How long samples are kept. Default 15d."""

    retention_size: str | None = None
    """Most that they take on the volume, whatever their age. None takes 80 % of it: a block is
    removed only after the next one is written, and the write-ahead log needs room."""

    scrape_interval_seconds: int = 30
    """Time between scrapes of Prometheus itself, at most 140 s. Default 30 s."""

    evaluation_interval_seconds: int = 30
    """Time between two runs of rules, at most 140 s. Default 30 s."""

    scraping: Scraping = Scraping()
    """What holds for every scrape. Default: at most 50000 series of a target."""

    external_labels: Mapping[str, str] = field(default_factory=dict)
    """Labels of everything that is sent elsewhere, alerts and samples, besides ``environment`` and,
    of samples, ``replica``, the name of the pod. That one is a variable of the environment, which
    Prometheus 3 puts in by itself; an image whose tag begins with ``v2.`` gets
    ``--enable-feature=expand-external-labels`` for it. Default none."""

    external_url: str | None = None
    """Where people find its pages, a URL without a path; it answers at the root. An alert's
    ``generatorURL``, which a webhook gets, leads there. None leads to the pod, which nobody can
    open from outside: Prometheus writes this link as its own ``/graph``, and Grafana's Explore has
    no such address. https://github.com/grafana/grafana/issues/82943"""

    remote_write: tuple[RemoteWrite, ...] = ()
    """Stores that get every sample besides. Default none."""

    extra_args: tuple[str, ...] = ()
    """Further flags, for example ``--enable-feature=auto-reload-config``, from 3.0 on. Those that
    are rendered already are refused, but for further features. Default none."""

    image: Image = Image("docker.io/prom/prometheus", tag="v3.13.2")
    """Its image. Default the official one."""

    user: int = 65534
    """Numeric user id. Default 65534, the image's ``nobody``.
    https://github.com/prometheus/prometheus/blob/main/Dockerfile"""

    data_path: str = "/prometheus"
    """Where the volume is mounted. Default ``/prometheus``."""

    resources: Resources = Resources(cpu="200m", memory="1Gi", memory_limit="2Gi")
    """Requests and limits. Default 200m, 1Gi to 2Gi, enough for some hundred thousand series.
    Prometheus 3 keeps its Go runtime below 90 % of the limit by itself."""

    startup_seconds: int = 900
    """How long it may read its write-ahead log before it is restarted. Default 900 s."""

    shutdown: Shutdown = Shutdown(grace_period_seconds=300, drain_seconds=5, stop_seconds=280)
    """How it stops: running queries end, what is in memory is written. Default 300 s."""

    watches: tuple[Signals, ...] = ()
    """Whom it scrapes, and whose rules it runs."""

    nodes: NodeMetrics | None = None
    """Whether it scrapes kubelets; None does not, and needs no right outside watched namespaces."""

    alertmanager: Binding | None = None
    """What ``store.client()`` of an :class:`Alertmanager` says; None tells nobody."""

    def problems(self) -> Iterator[Problem]:
        """What can be said without knowing volume and environment."""
        yield from server_problems(self.replicas, self.user, self.retention, self.startup_seconds)
        if self.retention_size is not None:
            yield from memory_problems("retention_size", self.retention_size, example="8Gi")
        for name in ("scrape_interval_seconds", "evaluation_interval_seconds"):
            yield from interval_problems(name, getattr(self, name))
        yield from data_path_problems(self.data_path)
        yield from label_problems(self.external_labels)
        if self.external_url is not None:
            yield from page_problems("external_url", self.external_url)
        yield from extra_args_problems(self.extra_args, OWN_ARGS)
        yield from remote_problems(self.remote_write)

    def problems_at(self, place: Place) -> Iterator[Problem]:
        """Retention against the volume, rules against a ConfigMap."""
        yield from size_problems(self.retention_size, place.volume.size)
        runbooks = place.environment.runbooks
        yield from rule_problems("engine.watches", self._known(place), runbooks=runbooks)

    def plan(self, place: Place) -> Plan:
        """Servers, one Service, and what they may see of other namespaces."""
        known = self._known(place)
        return self._plan(place, known, rules=self._rules(place, known))

    def servers(self, place: Place) -> int:
        """How many there are."""
        return self.replicas or (2 if place.environment.replicated_stores else 1)

    @property
    def _metrics(self) -> Metrics:
        exposed = (*METRICS, *(REMOTE_METRICS if self.remote_write else ()))
        return Metrics(
            port=HTTP.name, interval_seconds=self.scrape_interval_seconds, exposes=exposed
        )

    def _alerts(self, place: Place) -> tuple[Alert, ...]:
        pods = stateful_set_pods(place.namespace, place.name)
        own = server_alerts(
            pods,
            replicas=self.servers(place),
            volume_bytes=int(parse(place.volume.size)),
            reloads=any("auto-reload-config" in argument for argument in self.extra_args),
        )
        return (
            watchdog(),
            *own,
            *(notification_alerts(pods) if self.alertmanager is not None else ()),
            *(remote_alerts(pods) if self.remote_write else ()),
            *target_alerts(self.watches),
        )

    def _known(self, place: Place) -> tuple[Signals, ...]:
        """Everything that it scrapes and whose rules it runs, itself among them."""
        team = place.owner.common_labels[TEAM]
        # What it tells of itself is the same whatever rules it runs.
        own = signals_of(place, self._plan(place, self.watches, rules=()), team=team)
        return self.watches if own is None else (*self.watches, own)

    def _plan(self, place: Place, known: Sequence[Signals], *, rules: Shares) -> Plan:
        endpoint = Endpoint(place.write_service, place.namespace, HTTP, peers=(place.pods(),))
        return Plan(
            kind="prometheus",
            parts=(server_part(place, self._server(place, known, rules)),),
            fronts=(server_front(place, self.servers(place)),),
            endpoints={"client": endpoint},
            bindings={"default": Binding(endpoint)},
            alerts=self._alerts(place),
            objects={
                **dict(rule_maps(place, rules)),
                **dict(access_objects(place, known, self.nodes)),
            },
        )

    def _server(self, place: Place, known: Sequence[Signals], rules: Shares) -> Server:
        return Server(
            image=self.image,
            user=self.user,
            replicas=self.servers(place),
            resources=place.size_of(place.name, self.resources),
            shutdown=self.shutdown,
            startup_seconds=self.startup_seconds,
            data_path=self.data_path,
            args=self._args(place),
            configuration=configuration(self._settings(place, known, rules)),
            rules=rule_mounts(place, rules),
            secrets=tuple(mount for item in self.remote_write for mount in item.files),
            reaches=reached(
                known,
                nodes=self.nodes,
                alertmanager=self.alertmanager,
                remote_write=self.remote_write,
            ),
            metrics=self._metrics,
        )

    def _settings(self, place: Place, known: Sequence[Signals], rules: Shares) -> Settings:
        return Settings(
            interval_seconds=self.scrape_interval_seconds,
            evaluation_seconds=self.evaluation_interval_seconds,
            external_labels={"environment": place.environment.name, **self.external_labels},
            known=known,
            scraping=self.scraping,
            nodes=self.nodes,
            alertmanager=self.alertmanager,
            remote_write=self.remote_write,
            rules=rules,
        )

    def _rules(self, place: Place, known: Sequence[Signals]) -> Shares:
        """Rule files, as they share ConfigMaps."""
        return packed(rule_files(known, runbooks=place.environment.runbooks))

    def _args(self, place: Place) -> tuple[str, ...]:
        own = arguments(
            image=self.image,
            data_path=self.data_path,
            retention=self.retention,
            kept_mebibytes=kept_mebibytes(self.retention_size, place.volume.size),
            external_url=self.external_url,
            traces=any(item.traces for item in self.watches),
        )
        return (*own, *self.extra_args)
