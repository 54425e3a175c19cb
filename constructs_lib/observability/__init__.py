"""What is seen of systems: metrics, alerts, dashboards, traces, and who is told."""

from constructs_lib.observability.alertmanager import Alertmanager
from constructs_lib.observability.cert_manager import CertManager
from constructs_lib.observability.construct import ObservabilityStack
from constructs_lib.observability.dead_mans_switch import DeadMansSwitch
from constructs_lib.observability.grafana import Grafana
from constructs_lib.observability.inhibition import Inhibition
from constructs_lib.observability.jaeger import Jaeger
from constructs_lib.observability.kube_state_metrics import KubeStateMetrics
from constructs_lib.observability.nodes import NodeMetrics
from constructs_lib.observability.prometheus import Prometheus
from constructs_lib.observability.props import ObservabilityStackProps
from constructs_lib.observability.quiet_time import QuietTime
from constructs_lib.observability.receivers import Email, PagerDuty, Slack, Webhook
from constructs_lib.observability.remote_write import RemoteWrite
from constructs_lib.observability.routing import Routing, Team
from constructs_lib.observability.sampling import Probabilistic, TailSampling
from constructs_lib.observability.scrape import NewerScrapes, Scraping
from constructs_lib.observability.trace_collector import TraceCollector, collector_endpoint
from constructs_lib.observability.trace_databases import Cassandra, Elasticsearch, OpenSearch
from constructs_lib.observability.trace_storage import Badger

__all__ = [
    "Alertmanager",
    "Badger",
    "Cassandra",
    "CertManager",
    "DeadMansSwitch",
    "Elasticsearch",
    "Email",
    "Grafana",
    "Inhibition",
    "Jaeger",
    "KubeStateMetrics",
    "NewerScrapes",
    "NodeMetrics",
    "ObservabilityStack",
    "ObservabilityStackProps",
    "OpenSearch",
    "PagerDuty",
    "Probabilistic",
    "Prometheus",
    "QuietTime",
    "RemoteWrite",
    "Routing",
    "Scraping",
    "Slack",
    "TailSampling",
    "Team",
    "TraceCollector",
    "Webhook",
    "collector_endpoint",
]
