"""A NATS store, rendered and run, and what tests ask its servers."""

import asyncio
import urllib.request
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, TypeVar

import nats
from nats.aio.client import Client

from constructs_lib.kube.workloads import Schedule
from constructs_lib.refs import Pods, SecretKey
from constructs_lib.store.backups import Backup
from constructs_lib.store.construct import ResilientStatefulStore
from constructs_lib.store.nats.engine import NatsJetStream
from constructs_lib.store.nats.users import NatsUser
from constructs_lib.store.props import StoreProps
from tests.environments import BARE
from tests.live.cluster import Cluster
from tests.live.figures import Figures
from tests.live.images import IMAGES, Base, Image
from tests.live.manifests import Document
from tests.live.object_storage import SECRETS as BUCKET_SECRETS
from tests.live.object_storage import TO, in_bucket, make_bucket, storage
from tests.live.pod import Pod
from tests.live.verdicts import about_data
from tests.live.writers.options import Options
from tests.live.writers.writer import Writer
from tests.store.rendering import new_chart

CLIENTS = "clients"
"""Namespace of the pods that may connect."""

# Of digits alone, and as numbers are written, for what makes texts of them.
SECRETS: Mapping[str, Mapping[str, str | bytes]] = {
    "logins": {"admin": "1234", "orders": "9e9", "route": "0x10.~_-", "backup": "b", "system": "s"}
}

# Prometheus' exporter is in no registry that this project installs from: something runs in its
# place that stops when it is asked to.
RUN_IMAGES = {
    **IMAGES,
    "natsio/prometheus-nats-exporter": Image(
        base=Base.ALPINE,
        entry_point=("sh", "-c", "trap 'exit 0' TERM; sleep 86400 & wait $!"),
    ),
}

_Result = TypeVar("_Result")


def key(name: str) -> SecretKey:
    """A key of the Secret with the passwords."""
    return SecretKey("logins", name)


ENGINE = NatsJetStream(
    users=(
        NatsUser("admin", password=key("admin")),
        NatsUser("orders", password=key("orders"), publish=("orders.>",), subscribe=("orders.>",)),
    ),
    route_password=key("route"),
    backup_password=key("backup"),
    system_password=key("system"),
    max_file_store="1Gi",
)
BACKUP = Backup(schedule=Schedule(cron="0 3 * * *"), keep=2)
STORE = StoreProps(engine=ENGINE, clients=(Pods(CLIENTS),), backup=BACKUP)
IN_BUCKET = replace(STORE, backup=replace(BACKUP, to=TO))
"""The store with backups that leave the cluster."""


def documents(props: StoreProps = STORE) -> list[Document]:
    """The rendered objects of store ``nats`` in namespace ``shop``, and where its backups go."""
    chart = new_chart(BARE, create_namespace=True)
    ResilientStatefulStore(chart, "nats", props)
    return [*chart.to_json(), *(storage() if in_bucket(props) else ())]


class NatsStore:
    """A running store, and a pod from which tests connect to it."""

    def __init__(self, cluster: Cluster, client: Pod, ca: str = "") -> None:
        self.cluster = cluster
        self.client = client
        self.ca = ca
        self._streams = 0

    @property
    def servers(self) -> Sequence[Pod]:
        """Its servers' pods."""
        return self.cluster.workload("StatefulSet/nats").pods

    def writer(self) -> Writer:
        """Writes through the Service, to a stream of its own with three copies."""
        self._streams += 1
        options = Options(
            engine="nats",
            host="nats.shop.svc",
            port=4222,
            user="admin",
            password="1234",  # noqa: S106 (the test's own)
            database="3",
            ca=self.ca,
            name=f"writes-{self._streams}",
        )
        return Writer(self.cluster, self.client, options)

    def leader(self, writer: Writer) -> Pod:
        """The server that leads a writer's stream, once there is one."""
        stream = writer.options.name
        found: list[str] = []

        async def ask(client: Client) -> None:
            cluster = (await client.jetstream().stream_info(stream)).cluster
            if cluster is not None and cluster.leader:
                found.append(cluster.leader)

        def known() -> bool:
            try:
                self.talk(ask)
            except (nats.errors.Error, TimeoutError, OSError):
                return False
            return bool(found)

        self.cluster.wait(known, 20, f"{stream} has a leader")
        return self.cluster.pod(found[-1])

    def settled(self, timeout: float = 60) -> None:
        """Return when all servers have a leader, and copies of all streams."""
        well = self.health
        self.cluster.wait(lambda: all(well(pod) == 200 for pod in self.servers), timeout, "well")

    def recovered(self, writer: Writer, timeout: float = 30) -> None:
        """Return when all servers are ready again and writes go on."""
        writer.wait_accepted(timeout)
        self.cluster.wait_ready("StatefulSet/nats", timeout=timeout)
        writer.steady(timeout)

    def note(self, figures: Figures, scenario: str, writer: Writer, since: float) -> float:
        """Seconds without an accepted write, noted; no acknowledged one may be gone.

        Who has acknowledged a write NATS does not say, so nobody counts how many do at once.
        """
        seconds = writer.outage(since).seconds
        lost, acknowledged = writer.lost(), len(writer.acknowledged)
        figures.add("nats", scenario, seconds, acknowledged=acknowledged, lost=len(lost))
        with about_data():
            assert lost == set(), lost
        return seconds

    def talk(
        self,
        work: Callable[[Client], Awaitable[_Result]],
        *,
        user: str = "admin",
        server: Pod | None = None,
    ) -> _Result:
        """What ``work`` makes of a connection to a server, from the client's pod."""
        ready = [pod for pod in self.servers if pod.ready]
        address = (server or ready[0]).address
        password = str(SECRETS["logins"]["system" if user == "sys" else user])

        async def connected() -> _Result:
            client = await nats.connect(
                f"nats://{address}:4222",
                user=user,
                password=password,
                allow_reconnect=False,
                connect_timeout=10,
            )
            try:
                return await work(client)
            finally:
                await client.close()

        with self.client.link.namespace.entered():
            return asyncio.run(connected())

    def health(self, server: Pod, query: str = "") -> int:
        """What the monitor of a server answers, 0 for nothing, as the kubelet sees it."""
        address = f"http://{server.address}:8222/healthz{query}"
        with self.cluster.node.network.node.entered():
            try:
                with urllib.request.urlopen(address, timeout=3) as answer:
                    return int(answer.status)
            except urllib.error.HTTPError as error:
                return int(error.code)
            except OSError:
                return 0


@contextmanager
def running(
    props: StoreProps = STORE, secrets: Mapping[str, Any] = SECRETS, **options: Any
) -> Iterator[NatsStore]:
    """The store, with no pod started yet."""
    held = {**BUCKET_SECRETS, **secrets}
    with Cluster(documents(props), secrets=held, images=RUN_IMAGES, **options) as cluster:
        yield NatsStore(cluster, cluster.client(CLIENTS))


@contextmanager
def started(props: StoreProps = STORE, **options: Any) -> Iterator[NatsStore]:
    """The store with all servers ready."""
    with running(props, **options) as store:
        store.cluster.start("StatefulSet/nats")
        store.cluster.wait_ready("StatefulSet/nats", timeout=40)
        if in_bucket(props):
            store.cluster.start("Deployment/moto")
            make_bucket(store.cluster)
        yield store


def altered(**fields: Any) -> StoreProps:
    """The store with fields of its engine changed."""
    return replace(STORE, engine=replace(ENGINE, **fields))
