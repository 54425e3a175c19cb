"""A service that takes orders, a Redis, and people who order."""

import http.client
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final

import cdk8s

from constructs_lib.chart import AppChart
from constructs_lib.kube.images import AppImage
from constructs_lib.kube.monitors import Metrics
from constructs_lib.kube.network import Client
from constructs_lib.kube.objectives import Latency, Objectives, Requests, Saturation
from constructs_lib.kube.probes import Probes
from constructs_lib.kube.signals import Metric
from constructs_lib.refs import Pods, Ports, SecretKey
from constructs_lib.service import NovaService, NovaServiceProps
from constructs_lib.store import RedisStandalone, ResilientStatefulStore, StoreProps
from tests.live.namespaces import NetworkNamespace
from tests.live.stack import SMALL
from tests.live.watching import Watched

CLIENTS = "clients"
PASSWORD = "1234"  # noqa: S105 (the test's own)
SECRETS: Final[Mapping[str, Mapping[str, str | bytes]]] = {"login": {"password": PASSWORD}}

_EXPOSES = (
    Metric("http_requests_total", kind="counter", help="Orders, by status."),
    Metric("http_request_duration_seconds", kind="histogram", unit="s"),
    Metric("websocket_connections_active", help="Connections that are open."),
    Metric("database_query_duration_seconds", kind="histogram", unit="s"),
    Metric("message_queue_length", help="Orders that nobody has handled yet."),
)
"""As row A12 has them."""

ORDERS = NovaServiceProps(
    image=AppImage("orders", tag="v1"),
    ports=Ports(http=8080, metrics=9090),
    probes=Probes.http("/health"),
    clients=(Client(Pods(CLIENTS)),),
    metrics=Metrics(exposes=_EXPOSES),
    requests=Requests(buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5)),
    objectives=Objectives(
        latency=Latency(seconds=0.25),
        saturation=(Saturation("message_queue_length", above=1000),),
    ),
)


class Shop(AppChart):
    """The service, of team checkout."""

    def __init__(self, scope: cdk8s.App) -> None:
        super().__init__(scope, "shop", environment=SMALL, team="checkout", create_namespace=True)
        NovaService(self, "orders", ORDERS)


class Cache(AppChart):
    """The Redis, of team data."""

    def __init__(self, scope: cdk8s.App) -> None:
        super().__init__(scope, "cache", environment=SMALL, team="data", create_namespace=True)
        engine = RedisStandalone(password=SecretKey("login", "password"))
        ResilientStatefulStore(self, "redis", StoreProps(engine=engine))


class Customers:
    """Who order again and again, from a pod of their own."""

    def __init__(self, namespace: NetworkNamespace, address: str) -> None:
        self._namespace = namespace
        self._address = address
        self.over = threading.Event()

    def trouble(self, **share: float) -> None:
        """Have orders ``fail``, or be ``slow``, from now on; or neither."""
        asked = "&".join(f"{name}={value}" for name, value in share.items())
        self._ask("POST", f"/trouble?{asked}")

    def order(self, every: float) -> None:
        """Order until it is over."""
        while not self.over.wait(every):
            try:
                self._ask("GET", "/orders")
            except OSError:
                time.sleep(every)

    def _ask(self, method: str, path: str) -> None:
        with self._namespace.entered():
            connection = http.client.HTTPConnection(self._address, 8080, timeout=5)
            try:
                connection.request(method, path)
                connection.getresponse().read()
            finally:
                connection.close()


@contextmanager
def customers(watched: Watched, *, every: float = 0.05, count: int = 2) -> Iterator[Customers]:
    """Some who order at the same time, until the context is left."""
    client = watched.cluster.client(CLIENTS)
    address = watched.cluster.pod("Deployment/shop/orders").address
    found = Customers(client.link.namespace, address)
    threads = [threading.Thread(target=found.order, args=(every,)) for _ in range(count)]
    for thread in threads:
        thread.start()
    try:
        yield found
    finally:
        found.over.set()
        for thread in threads:
            thread.join()
