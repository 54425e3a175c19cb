"""Metrics of nodes and containers, which kubelets tell.

https://kubernetes.io/docs/reference/instrumentation/node-metrics/
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from constructs_lib.errors import Problem
from constructs_lib.kube.alerts import Alert
from constructs_lib.kube.body import Body
from constructs_lib.kube.intervals import interval_problems
from constructs_lib.kube.network import Traffic
from constructs_lib.kube.rbac import Rule
from constructs_lib.kube.signals import Metric, Recording, Signals, Target
from constructs_lib.observability.scrape import Scraping, keep
from constructs_lib.refs import Cidrs, Pods, Port
from constructs_lib.values import Value

NAME = "nodes"
"""Name of their Signals, and first word of their jobs."""

# No nodes/proxy: that right reaches every pod's log, and a shell in it, through the kubelet.
# https://kubernetes.io/docs/concepts/security/rbac-good-practices/#access-to-proxy-subresource-of-nodes
RULES = (
    Rule(verbs=("get", "list", "watch"), resources=("nodes",)),
    Rule(verbs=("get",), resources=("nodes/metrics",)),
)
"""What it takes to find nodes and to ask their kubelets."""

_NODE = {"source_labels": ["__meta_kubernetes_node_name"], "target_label": "node"}
_TOKEN = "/var/run/secrets/kubernetes.io/serviceaccount"  # noqa: S105  (a folder)

VOLUMES = (
    Metric("kubelet_volume_stats_available_bytes", unit="bytes", help="Room left on a volume."),
    Metric("kubelet_volume_stats_capacity_bytes", unit="bytes", help="Size of a volume."),
    Metric("kubelet_volume_stats_used_bytes", unit="bytes", help="What is on a volume."),
    Metric("kubelet_volume_stats_inodes", help="Files that a volume may hold."),
    Metric("kubelet_volume_stats_inodes_free", help="Files that it may hold still."),
    Metric("kubelet_volume_stats_inodes_used", help="Files that it holds."),
)
"""What ``/metrics`` of a kubelet tells of claims."""

CONTAINERS = (
    Metric("container_cpu_usage_seconds_total", kind="counter", unit="s", help="CPU time used."),
    Metric("container_cpu_cfs_periods_total", kind="counter", help="Periods with a CPU limit."),
    Metric(
        "container_cpu_cfs_throttled_periods_total",
        kind="counter",
        help="Periods in which the limit held a container back.",
    ),
    Metric("container_memory_working_set_bytes", unit="bytes", help="Memory that counts."),
    Metric("container_memory_rss", unit="bytes", help="Memory without the file cache."),
    Metric("container_oom_events_total", kind="counter", help="Processes killed for memory."),
    Metric("container_fs_reads_bytes_total", kind="counter", unit="bytes", help="Bytes read."),
    Metric("container_fs_writes_bytes_total", kind="counter", unit="bytes", help="Bytes written."),
)
"""What ``/metrics/cadvisor`` of a kubelet tells of each container."""

PODS = (
    Metric("container_network_receive_bytes_total", kind="counter", unit="bytes", help="Bytes in."),
    Metric(
        "container_network_transmit_bytes_total", kind="counter", unit="bytes", help="Bytes out."
    ),
)
"""What it tells of each pod, whose containers share a network."""


CPU_OF_PODS = "pod:container_cpu_usage_seconds:rate5m"
"""Series that is recorded: processors in use, by ``namespace`` and ``pod``."""


class NodeMetrics(Value):
    """Kubelets are scraped: volumes of claims, CPU and memory of containers.

    Renders a ClusterRole (nodes, and nodes/metrics) with its binding, a way to the kubelets, and
    two jobs. Only series of watched namespaces, and only the metrics listed in this module, are
    kept: a kubelet tells of every pod of its node, some thousand series each.
    """

    addresses: Cidrs
    """Addresses of the nodes, for the network policy; a kubelet is no pod."""

    port: int = 10250
    """Port of kubelets, for the network policy; Prometheus asks at the one that each node reports.
    Default 10250."""

    interval_seconds: int = 30
    """Time between scrapes, at most 140 s. Default 30 s."""

    verify: bool = False
    """Whether a kubelet has to show a certificate of the cluster's own CA. Default False: kubelets
    sign their certificates themselves unless the cluster says otherwise
    (``serverTLSBootstrap``). https://kubernetes.io/docs/reference/access-authn-authz/kubelet-tls-bootstrapping/#certificate-rotation"""

    def problems(self) -> Iterator[Problem]:
        """A time after which queries still find the last value."""
        yield from interval_problems("interval_seconds", self.interval_seconds)

    @property
    def traffic(self) -> Traffic:
        """The way to them."""
        return Traffic((self.addresses,), ports=(self.port,))

    def jobs(self, namespaces: Sequence[str], scraping: Scraping) -> list[Body]:
        """Two jobs; of what they bring only series of ``namespaces`` are kept."""
        return [
            self._job("kubelet", "/metrics", [_of(namespaces, VOLUMES)], scraping),
            self._job("cadvisor", "/metrics/cadvisor", list(_of_containers(namespaces)), scraping),
        ]

    def signals(self, *, app: str, namespace: str, team: str) -> Signals:
        """What is known of them. Their targets are nodes; pods stand there for the namespace."""
        targets = (("kubelet", "/metrics", VOLUMES), ("cadvisor", "/metrics/cadvisor", CADVISOR))
        return Signals(
            kind="nodes",
            name=NAME,
            app=app,
            namespace=namespace,
            team=team,
            alerts=tuple(_alerts({"namespace": namespace, "service": NAME})),
            recordings=(cpu_of_pods(),),
            targets=tuple(
                Target(
                    name=f"{NAME}/{job}",
                    pods=Pods("kube-system"),
                    port=Port("https", self.port),
                    path=path,
                    interval_seconds=self.interval_seconds,
                    exposes=exposed,
                    honor_labels=True,
                )
                for job, path, exposed in targets
            ),
        )

    def _job(self, name: str, path: str, kept: list[Body], scraping: Scraping) -> Body:
        return scraping.job(
            f"{NAME}/{name}",
            self.interval_seconds,
            metrics_path=path,
            scheme="https",
            # Series name the pod they are about. The time of a sample stays Prometheus' own:
            # cAdvisor's lags behind, and what is gone would be shown for five minutes more.
            honor_labels=True,
            honor_timestamps=False,
            authorization={"credentials_file": f"{_TOKEN}/token"},
            tls_config=(
                {"ca_file": f"{_TOKEN}/ca.crt"} if self.verify else {"insecure_skip_verify": True}
            ),
            kubernetes_sd_configs=[{"role": "node"}],
            relabel_configs=[_NODE],
            metric_relabel_configs=kept,
        )


CADVISOR = (*CONTAINERS, *PODS)
"""Everything that is kept of ``/metrics/cadvisor``."""


def cpu_of_pods(namespaces: Sequence[str] = ()) -> Recording:
    """What pods of ``namespaces`` use; none is all whose metrics are kept.

    Named where another Prometheus keeps those of the whole cluster, and may record for two stacks.
    """
    place = f'namespace=~"{"|".join(namespaces)}", ' if namespaces else ""
    used = f'rate(container_cpu_usage_seconds_total{{{place}container!=""}}[5m])'
    return Recording(name=CPU_OF_PODS, expression=f"sum by (namespace, pod) ({used})")


def _alerts(labels: Mapping[str, str]) -> Iterator[Alert]:
    up = f'up{{job=~"{NAME}/.+"}}'
    yield Alert(
        name="NodeMetricsDown",
        expression=f"{up} == 0",
        lasts="15m",
        summary="The kubelet of {{ $labels.node }} has not answered {{ $labels.job }} for a quarter"
        " of an hour.",
        action="kubectl describe node {{ $labels.node }}; of all nodes at once: the addresses of"
        " the network policy, and the ClusterRole.",
        page=NAME,
        labels=labels,
    )
    yield Alert(
        name="NodeMetricsMissing",
        expression=f"absent({up})",
        lasts="15m",
        summary="No kubelet is asked: nobody watches volumes, CPU and memory.",
        action="May Prometheus list nodes? See its page 'Service discovery'.",
        page=NAME,
        labels=labels,
    )


def _of(namespaces: Sequence[str], metrics: Sequence[Metric]) -> Body:
    names, places = "|".join(metric.name for metric in metrics), "|".join(namespaces)
    return keep(["__name__", "namespace"], f"({names});({places})")


def _of_containers(namespaces: Sequence[str]) -> Iterator[Body]:
    yield _of(namespaces, CADVISOR)
    # Sums over a pod and over groups of pods come without a container's name.
    containers = "|".join(metric.name for metric in CONTAINERS)
    yield {
        "source_labels": ["__name__", "container"],
        "regex": f"({containers});(POD)?",
        "action": "drop",
    }
    # Long, and said by ``id`` already.
    yield {"regex": "name|image", "action": "labeldrop"}
