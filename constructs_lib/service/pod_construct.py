"""What every workload renders around its pod: identity, configuration, network policy, metrics."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import chain
from typing import Any, ClassVar, Generic, Literal, TypeVar

from constructs import Construct

from constructs_lib.chart import AppChart, app_chart_of
from constructs_lib.environment import SERVICE_MONITORS, Environment
from constructs_lib.errors import Problem, refuse
from constructs_lib.kube import config, monitors, network, rbac
from constructs_lib.kube.body import Body
from constructs_lib.kube.metadata import object_metadata
from constructs_lib.kube.rbac import OwnServiceAccount
from constructs_lib.kube.storage import written_files
from constructs_lib.manifest import Manifest, is_cluster_scoped
from constructs_lib.naming import selector
from constructs_lib.refs import Pods
from constructs_lib.service import pod
from constructs_lib.service.capacity import request_problems
from constructs_lib.service.connections import Connections
from constructs_lib.service.overrides import merge, overridden, override_problems
from constructs_lib.service.pod_props import PodProps
from constructs_lib.service.stand_in import stood_in
from constructs_lib.service.ways import ways_in
from constructs_lib.tree import place
from constructs_lib.values import check

POD_MONITORS = "podmonitors.monitoring.coreos.com"

Props = TypeVar("Props", bound=PodProps)


class PodConstruct(Construct, Generic[Props]):
    """Base of NovaService, NovaWorker and NovaCronJob; renders nothing by itself."""

    _monitor_kind: Literal["ServiceMonitor", "PodMonitor"] = "PodMonitor"
    _workload_kind: ClassVar[Literal["Deployment", "CronJob"]] = "Deployment"

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002
        props: Props,
        *,
        expected: type[Props],
        problems: Callable[[str, Props, Environment], Iterator[Problem]],
    ) -> None:
        """Check ``props`` against themselves and the environment, then join the tree."""
        where = place(scope, id, type(self).__name__)
        check(where, props, expected)
        self._chart: AppChart = app_chart_of(scope)
        environment = self._chart.environment
        refuse(where, chain(problems(id, props, environment), self._misfits(id, props)))
        super().__init__(scope, id)
        self.name = id
        """Name of the workload, its Service and its ServiceAccount."""
        self.pods = Pods(self._chart.app_namespace, labels=selector(id, self._chart.app_name))
        """Its pods, for network policies."""
        self._where = where
        self._props = stood_in(id, props, environment)
        self._context = self._pod_context()
        self._bodies: dict[str, Body] = {}
        self._left_out: set[str] = set()
        self._manifests: dict[str, Manifest] = {}

    def _misfits(self, name: str, props: Props) -> Iterator[Problem]:
        environment = self._chart.environment
        resources = environment.size_of(self._chart.app_name, name) or props.resources
        return request_problems(props, resources, environment.cluster)

    @property
    def connections(self) -> Connections:
        """What it connects to."""
        return self._props

    @property
    def title(self) -> str:
        """Its workload as findings write it: ``Deployment shop/api``."""
        return f"{self._workload_kind} {self.pods.namespace}/{self.name}"

    @property
    def config_map_name(self) -> str:
        """Name of the ConfigMap of settings."""
        return self._context.settings_name

    @property
    def service_account_name(self) -> str:
        """Name of the ServiceAccount that the pods run as."""
        return pod.account_of(self._context, self._props)

    def _pod_context(self) -> pod.PodContext:
        labels = self._metadata(self.name)["labels"]
        return pod.PodContext(
            name=self.name,
            namespace=self._chart.app_namespace,
            app=self._chart.app_name,
            environment=self._chart.environment,
            labels=labels,
            selector=self.pods.labels,
            scrape_by_annotation=not self._has_monitor_crd(),
        )

    def _has_monitor_crd(self) -> bool:
        needed = SERVICE_MONITORS if self._monitor_kind == "ServiceMonitor" else POD_MONITORS
        return needed in self._chart.environment.cluster.crds

    def _metadata(self, name: str, annotations: Any = None) -> Body:
        labels = self._props.labels
        return object_metadata(
            self._chart, name, workload=self.name, labels=labels, annotations=annotations
        )

    def _add(self, id: str, body: Body) -> None:  # noqa: A002
        """Note an object for :meth:`_finish`."""
        self._bodies[id] = body

    def _finish(self) -> None:
        """Put extra manifests and all noted objects into the chart, overrides applied.

        Whether each override meets its object is known only now, with nothing in the chart yet;
        where one does not, the construct leaves the tree as it was.
        """
        for index, manifest in enumerate(self._props.extra_manifests):
            self._add(f"extra-{index}", self._completed(manifest))
        rendered = list(self._bodies.values())
        overrides = self._props.overrides
        problems = list(override_problems(overrides, rendered, self._left_out))
        if problems and self.node.scope is not None:
            self.node.scope.node.try_remove_child(self.node.id)
        refuse(self._where, problems)
        for id_, body in self._bodies.items():
            self._manifests[id_] = Manifest(self, id_, overridden(body, overrides))

    def _add_account(self) -> None:
        """ServiceAccount, and what it may do."""
        account = self._props.service_account
        rules = self._props.rules
        if isinstance(account, OwnServiceAccount):
            metadata = self._metadata(self.name, annotations=account.annotations)
            self._add(
                "service-account", rbac.service_account(metadata, token=self._props.needs_api)
            )
        if rules:
            metadata = self._metadata(self.name)
            self._add("role", rbac.role(metadata, rules))
            binding = rbac.role_binding(
                metadata, role_name=self.name, account=self.service_account_name
            )
            self._add("role-binding", binding)

    def _add_configuration(self) -> None:
        """ConfigMaps of settings and of files."""
        settings = pod.settings_of(self._props, self._chart.environment)
        if settings:
            metadata = self._metadata(self._context.settings_name)
            self._add("config", config.config_map(metadata, settings))
        files = written_files(self._props.files)
        if files:
            metadata = self._metadata(self._context.files_name)
            self._add("files", config.config_map(metadata, files))

    def _add_monitor(self) -> None:
        """A monitor object, where the cluster has the CRD."""
        metrics = self._props.metrics
        if metrics is not None and not self._has_monitor_crd():
            self._left_out.add(self._monitor_kind)
        elif metrics is not None:
            metadata = self._metadata(self.name)
            labels = self.pods.labels
            monitor = monitors.monitor(metadata, metrics, labels, kind=self._monitor_kind)
            self._add("monitor", monitor)

    def _add_network_policy(self, ingress: list[Body]) -> None:
        """What may reach the pods, scrapers included, and what they may reach."""
        policy = network.network_policy(
            self._metadata(self.name),
            self.pods.labels,
            ingress=[*ingress, *self._scraping()],
            egress=list(self._egress()),
        )
        self._add("network-policy", policy)
        self._add_ways_in()

    def _add_ways_in(self) -> None:
        """A policy at each construct of ours that it connects to, which lets it in there."""
        for way in ways_in(self.name, self.pods, self._props):
            metadata = {**self._metadata(way.name), "namespace": way.pods.namespace}
            rule = network.from_peers([self.pods], way.ports)
            policy = network.network_policy(metadata, way.pods.labels, ingress=[rule])
            self._add(way.id, policy)

    def _scraping(self) -> Iterator[Body]:
        metrics = self._props.metrics
        scrapers = self._chart.environment.cluster.scrapers
        if metrics is not None and scrapers:
            yield network.from_peers(scrapers, [self._props.ports[metrics.port]])

    def _egress(self) -> Iterator[Body]:
        props, environment = self._props, self._chart.environment
        yield from network.to_dns(environment.cluster.dns)
        yield from (network.to_endpoint(endpoint) for endpoint in props.destinations)
        if props.traces and environment.tracing is not None:
            yield network.to_endpoint(environment.tracing)
        if props.needs_api and environment.cluster.api_server is not None:
            yield network.to_api_server(environment.cluster.api_server)
        yield from (network.to_traffic(traffic) for traffic in props.egress)

    def _completed(self, manifest: Mapping[str, Any]) -> Body:
        given = manifest["metadata"]
        own = self._metadata(given["name"])
        if is_cluster_scoped(manifest["kind"]):
            own.pop("namespace")
        labels = {**own["labels"], **(given.get("labels") or {})}
        # Merged into nothing, it loses the keys that say None.
        return dict(merge({}, {**manifest, "metadata": {**own, **given, "labels": labels}}))
