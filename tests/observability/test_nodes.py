"""Which series of kubelets are kept."""

# ruff: noqa: N802  (a test bears the id of its row)

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from constructs_lib.kube.rule_groups import recording_rule
from constructs_lib.observability.nodes import CPU_OF_PODS, cpu_of_pods
from constructs_lib.observability.scrape import Scraping
from constructs_lib.yaml_text import to_yaml
from tests.observability import prometheus_server
from tests.observability.stack_cases import NODES
from tests.promtool import rule_tests

pytestmark = pytest.mark.skipif(
    bool(prometheus_server.missing), reason="prometheus is not installed (Debian: prometheus)"
)

_POD = 'namespace="web",pod="orders-1"'
_OTHER = 'namespace="elsewhere",pod="x-1"'
_TEXTS = {
    "/metrics": """
kubelet_volume_stats_available_bytes{namespace="web",persistentvolumeclaim="data-0"} 1
kubelet_volume_stats_available_bytes{namespace="elsewhere",persistentvolumeclaim="data-0"} 2
kubelet_running_pods 3
""",
    "/metrics/cadvisor": f"""
container_cpu_usage_seconds_total{{{_POD},container="orders",id="/a",image="i",name="n"}} 1
container_cpu_usage_seconds_total{{{_POD},container="",id="/pod",image="",name=""}} 2
container_cpu_usage_seconds_total{{{_POD},container="POD",id="/pause",image="",name=""}} 3
container_cpu_usage_seconds_total{{{_OTHER},container="x",id="/x",image="i",name="n"}} 4
container_cpu_usage_seconds_total{{namespace="",pod="",container="",id="/",image="",name=""}} 5
container_network_receive_bytes_total{{{_POD},container="",interface="eth0",id="/pod"}} 6
container_tasks_state{{{_POD},container="orders",id="/a",state="running"}} 7
container_memory_working_set_bytes{{{_POD},container="orders",id="/a"}} 8 1000
""",
}


class _Kubelet(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/plain; version=0.0.4")
        self.end_headers()
        self.wfile.write(_TEXTS[self.path].encode())

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def prometheus(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[prometheus_server.Prometheus]:
    """Prometheus with the jobs of nodes, and a kubelet without encryption."""
    kubelet = ThreadingHTTPServer(("127.0.0.1", 0), _Kubelet)
    Thread(target=kubelet.serve_forever, daemon=True).start()
    folder = tmp_path_factory.mktemp("nodes")
    address = f"127.0.0.1:{kubelet.server_address[1]}"
    jobs = [_reached(job, address) for job in NODES.jobs(("queue", "web"), Scraping())]
    (folder / "config").mkdir()
    (folder / "config" / "prometheus.yml").write_text(to_yaml([{"scrape_configs": jobs}]))
    with prometheus_server.Prometheus(folder) as server:
        server.wait_for('up{job="nodes/cadvisor"} == 1 and on () up{job="nodes/kubelet"} == 1')
        yield server
    kubelet.shutdown()
    kubelet.server_close()


def _reached(job: dict[str, Any], address: str) -> dict[str, Any]:
    left_out = ("scheme", "authorization", "tls_config", "kubernetes_sd_configs")
    kept = {key: value for key, value in job.items() if key not in left_out}
    labels = {"__meta_kubernetes_node_name": "node-a"}
    times = {"scrape_interval": "1s", "scrape_timeout": "1s"}
    return {**kept, **times, "static_configs": [{"targets": [address], "labels": labels}]}


def _values(prometheus: prometheus_server.Prometheus, name: str) -> list[str]:
    return [series["value"][1] for series in prometheus.query(name)]


def test_volumes_of_watched_namespaces_are_kept(
    prometheus: prometheus_server.Prometheus,
) -> None:
    (series,) = prometheus.query("kubelet_volume_stats_available_bytes")

    assert series["metric"]["namespace"] == "web"
    assert series["metric"]["node"] == "node-a"
    assert _values(prometheus, "kubelet_running_pods") == []


def test_containers_are_kept_once_and_sums_over_them_are_not(
    prometheus: prometheus_server.Prometheus,
) -> None:
    (series,) = prometheus.query("container_cpu_usage_seconds_total")

    assert (series["value"][1], series["metric"]["container"]) == ("1", "orders")
    assert {"image", "name"}.isdisjoint(series["metric"])


def test_the_network_is_the_pods(prometheus: prometheus_server.Prometheus) -> None:
    assert _values(prometheus, "container_network_receive_bytes_total") == ["6"]


def test_what_nobody_asked_for_is_dropped(prometheus: prometheus_server.Prometheus) -> None:
    assert _values(prometheus, "container_tasks_state") == []


def test_samples_have_the_time_of_the_scrape(prometheus: prometheus_server.Prometheus) -> None:
    """The one of the text is of 1970, and would be refused."""
    assert _values(prometheus, "container_memory_working_set_bytes") == ["8"]


def test_G10_processors_in_use_are_recorded_by_pod(tmp_path: Path) -> None:
    used = "container_cpu_usage_seconds_total"
    series = {
        f'{used}{{namespace="web",pod="orders-1",container="orders"}}': "0+30x10",
        f'{used}{{namespace="web",pod="orders-1",container="proxy"}}': "0+15x10",
        f'{used}{{namespace="web",pod="orders-1",container=""}}': "0+45x10",
        f'{used}{{namespace="queue",pod="nats-0",container="nats"}}': "0+60x10",
        f'{used}{{namespace="elsewhere",pod="x-0",container="x"}}': "0+60x10",
    }
    labels = {"orders-1": "web", "nats-0": "queue", "x-0": "elsewhere"}
    for recording, seen in (
        (cpu_of_pods(), {"orders-1": 0.75, "nats-0": 1, "x-0": 1}),
        (cpu_of_pods(("queue", "web")), {"orders-1": 0.75, "nats-0": 1}),
    ):
        case = {
            "interval": "1m",
            "input_series": [{"series": name, "values": text} for name, text in series.items()],
            "promql_expr_test": [
                {
                    "expr": CPU_OF_PODS,
                    "eval_time": "10m",
                    "exp_samples": [
                        {
                            "labels": f'{CPU_OF_PODS}{{namespace="{labels[pod]}",pod="{pod}"}}',
                            "value": value,
                        }
                        for pod, value in seen.items()
                    ],
                }
            ],
        }
        groups = [{"name": "nodes", "rules": [recording_rule(recording)]}]
        assert rule_tests(groups, [case], tmp_path) == ""
