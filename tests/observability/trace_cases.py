"""Jaeger and trace collectors that their tests render."""

from typing import Any

import yaml

from constructs_lib.environment import Environment
from constructs_lib.kube.autoscaling import Autoscaling
from constructs_lib.kube.claims import Volume
from constructs_lib.kube.images import Image
from constructs_lib.kube.shutdown import Shutdown
from constructs_lib.observability.jaeger import Jaeger, jaeger_endpoint, jaeger_props
from constructs_lib.observability.jaeger_store import jaeger_engine
from constructs_lib.observability.otlp import OTLP_GRPC
from constructs_lib.observability.sampling import Probabilistic, TailSampling
from constructs_lib.observability.trace_collector import TraceCollector, trace_collector_props
from constructs_lib.observability.trace_databases import Cassandra, Elasticsearch, OpenSearch
from constructs_lib.observability.trace_storage import Badger
from constructs_lib.refs import Cidrs, Endpoint, Pods, Port, SecretKey
from constructs_lib.resources import Resources
from constructs_lib.service.construct import NovaService
from constructs_lib.store.construct import ResilientStatefulStore
from constructs_lib.store.props import StoreProps
from tests.environments import MODERN
from tests.service.rendering import new_chart

SEARCH = Endpoint(
    "search", "search", Port("https", 9200), peers=(Pods("search", labels={"app": "search"}),)
)
RING = tuple(
    Endpoint(f"cassandra-{n}", "ring", Port("cql", 9042), peers=(Cidrs((f"10.1.0.{n}/32",)),))
    for n in (1, 2)
)
ORDERS = Pods("orders")
OPERATORS = Pods("operators", labels={"role": "shell"})

SMALLEST = Jaeger()
FULL = Jaeger(
    storage=Badger(ttl="48h", per_day="500Mi", sync_writes=True),
    replicas=1,
    base_path="/jaeger",
    senders=(ORDERS,),
    readers=(OPERATORS,),
    image=Image("registry.example.com/jaeger", tag="2.19.0"),
    user=1001,
    resources=Resources(cpu="200m", memory="512Mi", memory_limit="2Gi"),
    shutdown=Shutdown(grace_period_seconds=90, drain_seconds=10, stop_seconds=70),
)
ELASTIC = Jaeger(
    storage=Elasticsearch(
        servers=(SEARCH,),
        user="jaeger",
        password=SecretKey("search-login", "password"),
        ca=SecretKey("search-ca", "ca.crt"),
        index_prefix="nova",
        shards=3,
        replicas=0,
    ),
    senders=(ORDERS,),
    readers=(OPERATORS,),
    autoscaling=Autoscaling(minimum=3, maximum=6, cpu=70),
)
OPEN = Jaeger(storage=OpenSearch(servers=(SEARCH,), tls=False), replicas=3)
CASSANDRA = Jaeger(
    storage=Cassandra(
        servers=RING,
        user="jaeger",
        password=SecretKey("ring-login", "password"),
        tls=False,
        create_schema=True,
        ttl="24h",
        replication_factor=2,
    )
)

ALL = TraceCollector()
SHARE = TraceCollector(
    sampling=Probabilistic(percent=25),
    replicas=3,
    senders=(ORDERS,),
    queue_batches=100,
    retry_seconds=60,
    resources=Resources(cpu="200m", memory="1Gi"),
)
TAIL = TraceCollector(sampling=TailSampling(slow_milliseconds=500, percent=5, wait_seconds=20))


def store_of(
    jaeger: Jaeger, environment: Environment = MODERN, *, volume: str = "10Gi"
) -> tuple[Any, list[dict[str, Any]]]:
    """The store ``jaeger`` in a chart of app ``shop``, and what it renders."""
    chart = new_chart(environment)
    props = StoreProps(engine=jaeger_engine(jaeger), volume=Volume(size=volume))
    store = ResilientStatefulStore(chart, "jaeger", props)
    return store, list(chart.to_json())


def service_of(
    jaeger: Jaeger, environment: Environment = MODERN
) -> tuple[NovaService, list[dict[str, Any]]]:
    """The service ``jaeger`` in a chart of app ``shop``, and what it renders."""
    chart = new_chart(environment)
    service = NovaService(chart, "jaeger", jaeger_props(jaeger, chart))
    return service, list(chart.to_json())


def collector_of(
    collector: TraceCollector, environment: Environment = MODERN
) -> tuple[NovaService, list[dict[str, Any]]]:
    """The service ``trace-collector`` in a chart of app ``shop``, and what it renders."""
    chart = new_chart(environment)
    jaeger = jaeger_endpoint(chart, OTLP_GRPC)
    props = trace_collector_props(collector, chart, jaeger)
    service = NovaService(chart, "trace-collector", props)
    return service, list(chart.to_json())


def settings_of(objects: list[dict[str, Any]]) -> Any:
    """The configuration that the pods read."""
    (text,) = [
        text
        for item in objects
        if item["kind"] == "ConfigMap"
        for key, text in item["data"].items()
        if key.endswith("config.yaml")
    ]
    return yaml.safe_load(text)


def listeners_of(settings: Any) -> dict[str, int]:
    """Every address that something listens on, and its port."""
    receivers = settings["receivers"]["otlp"]["protocols"]
    found = {name: receivers[name]["endpoint"] for name in ("grpc", "http")}
    for name, extension in settings["extensions"].items():
        for part in (extension, extension.get("http", {}), extension.get("grpc", {})):
            if "endpoint" in part:
                found[name] = part["endpoint"]
    (reader,) = settings["service"]["telemetry"]["metrics"]["readers"]
    prometheus = reader["pull"]["exporter"]["prometheus"]
    found["metrics"] = f"{prometheus['host']}:{prometheus['port']}"
    assert {address.rpartition(":")[0] for address in found.values()} == {"0.0.0.0"}  # noqa: S104
    return {name: int(address.rpartition(":")[2]) for name, address in found.items()}
