"""A Redis store, rendered and run, and how well it is."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from constructs_lib.refs import Pods, SecretKey
from constructs_lib.store.construct import ResilientStatefulStore
from constructs_lib.store.props import StoreProps
from constructs_lib.store.redis.engine import RedisEngine
from constructs_lib.store.redis.replicated import RedisReplicated
from constructs_lib.store.redis.sentinel import RedisSentinel
from constructs_lib.store.redis.standalone import RedisStandalone
from tests.environments import BARE
from tests.live.cluster import Cluster
from tests.live.figures import Figures
from tests.live.manifests import Document
from tests.live.object_storage import SECRETS as BUCKET_SECRETS
from tests.live.object_storage import in_bucket, make_bucket, storage
from tests.live.pod import Pod
from tests.live.redis_servers import PASSWORD, RedisServers
from tests.live.verdicts import about_data
from tests.live.writers.options import Options
from tests.live.writers.outages import Attempt, writers_at_once
from tests.live.writers.writer import Writer
from tests.store.rendering import new_chart

CLIENTS = "clients"
"""Namespace of the pods that may connect."""

SECRETS: Mapping[str, Mapping[str, str | bytes]] = {"login": {"password": PASSWORD}}
SERVICE = "redis-service.shop.svc"

_KEY = SecretKey("login", "password")
ENGINE = RedisSentinel(password=_KEY)
STORE = StoreProps(engine=ENGINE, clients=(Pods(CLIENTS),), write_service="redis-service")
STANDALONE = replace(STORE, engine=RedisStandalone(password=_KEY))
REPLICATED = replace(STORE, engine=RedisReplicated(password=_KEY))


def documents(props: StoreProps) -> list[Document]:
    """The rendered objects of store ``redis`` in namespace ``shop``, and where its backups go."""
    chart = new_chart(BARE, create_namespace=True)
    ResilientStatefulStore(chart, "redis", props)
    return [*chart.to_json(), *(storage() if in_bucket(props) else ())]


class RedisStore(RedisServers):
    """A running store, and a pod from which tests connect to it."""

    def __init__(self, cluster: Cluster, client: Pod, props: StoreProps, ca: str) -> None:
        assert isinstance(props.engine, RedisEngine)
        super().__init__(cluster, client, ca)
        self.engine = props.engine
        self._writers = 0

    def writer(self, host: str = SERVICE) -> Writer:
        """Writes keys of its own, by the Service or to one server."""
        self._writers += 1
        options = Options(
            engine="redis",
            host=host,
            port=6379,
            password=PASSWORD,
            ca=self.ca,
            name=f"writes-{self._writers}",
        )
        return Writer(self.cluster, self.client, options)

    def settled(self, timeout: float = 60) -> None:
        """Return when there is one master, all others follow it, and all Sentinels say so."""
        self.cluster.wait(self._settled, timeout, "one master, that all others follow")

    def recovered(self, writer: Writer, timeout: float = 40) -> None:
        """Return when writes go on, and everything is as it was."""
        writer.wait_accepted(timeout)
        self.settled(timeout)
        self.cluster.wait_ready(timeout=timeout)
        writer.steady()

    def note(
        self,
        figures: Figures,
        scenario: str,
        writer: Writer,
        since: float,
        *more: Writer,
        lag: bool = False,
    ) -> float:
        """Seconds without an accepted write, noted; no acknowledged one may be gone, or with
        ``lag`` none but those that replicas may not have got yet.

        ``more`` are writers whose writes count for what is lost, and for how many servers have
        taken writes at once.
        """
        every = (writer, *more)
        seconds = writer.outage(since).seconds
        lost = [item for one in every for item in _lost(one)]
        figures.add(
            self.title,
            scenario,
            seconds,
            acknowledged=sum(len(one.acknowledged) for one in every),
            lost=len(lost),
            writers=self.writers_at_once(since, *every),
        )
        gone = [item for item in lost if not (lag and self._within_lag(item, since))]
        with about_data():
            assert gone == [], gone
        return seconds

    def writers_at_once(self, since: float, *writers: Writer) -> int:
        """How many servers have acknowledged writes at the same time."""
        attempts = [item for one in writers for item in one.attempts if item.ended >= since]
        return writers_at_once(attempts)

    def _within_lag(self, item: Attempt, since: float) -> bool:
        """Whether a write was acknowledged no longer before ``since`` or after it than a master is
        allowed to go on without replicas."""
        assert isinstance(self.engine, RedisSentinel | RedisReplicated)
        # It looks at them once a second, and the writer notes what it is told a moment later.
        return abs(item.ended - since) <= self.engine.max_lag_seconds + 1.5

    @property
    def down_after(self) -> int:
        """Seconds until a silent master is taken for lost."""
        assert isinstance(self.engine, RedisSentinel)
        return self.engine.down_after_seconds

    @property
    def title(self) -> str:
        """What figures call it."""
        return f"redis ({type(self.engine).__name__.removeprefix('Redis').lower()})"

    def _settled(self) -> bool:
        masters = self.masters()
        if len(masters) != 1:
            return False
        told = self.ask(masters[0], "INFO", "replication") or {}
        in_step = [
            text
            for name, text in told.items()
            if name.startswith("slave") and isinstance(text, dict) and text["state"] == "online"
        ]
        if len(in_step) != len(self.servers) - 1:
            return False
        if not isinstance(self.engine, RedisSentinel):
            return True
        return all(self._agrees(pod, self.host(masters[0])) for pod in self.servers)

    def _agrees(self, pod: Pod, host: str) -> bool:
        told = self.ask(pod, "SENTINEL", "MASTER", "redis", port=26379)
        if not told:
            return False
        if isinstance(told, list):
            told = dict(zip(told[::2], told[1::2], strict=True))
        others = str(len(self.servers) - 1)
        known = (str(told["num-slaves"]), str(told["num-other-sentinels"]))
        flags = told["flags"]
        settled = flags in ("master", {"master"})
        # One that hears nothing from it, and does not say so yet, is about to replace it.
        heard = int(told["last-ok-ping-reply"]) < 2000
        return told["ip"] == host and settled and heard and known == (others, others)


def _lost(writer: Writer) -> list[Attempt]:
    gone = writer.lost(SERVICE)
    return [item for item in writer.attempts if item.number in gone]


@contextmanager
def running(
    props: StoreProps = STORE,
    *,
    more: Mapping[str, Mapping[str, str | bytes]] | None = None,
    ca: str = "",
    **options: Any,
) -> Iterator[RedisStore]:
    """The store, with no pod started yet. ``more`` are further Secrets, ``ca`` a certificate that
    clients check the servers' with."""
    secrets = {**SECRETS, **BUCKET_SECRETS, **(more or {})}
    with Cluster(documents(props), secrets=secrets, **options) as cluster:
        file = cluster.node.folder / "ca.crt"
        file.write_text(ca)
        yield RedisStore(cluster, cluster.client(CLIENTS), props, str(file) if ca else "")


@contextmanager
def started(props: StoreProps = STORE, **options: Any) -> Iterator[RedisStore]:
    """The store with all pods ready."""
    with running(props, **options) as store:
        store.cluster.start()
        if in_bucket(props):
            make_bucket(store.cluster)
        store.cluster.wait_ready(timeout=180)
        store.settled(timeout=120)
        yield store


def altered(**fields: Any) -> StoreProps:
    """The store with fields of its engine changed."""
    return replace(STORE, engine=replace(ENGINE, **fields))
