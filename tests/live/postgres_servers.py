"""PostgreSQL stores that run, and what tests ask their servers."""

import contextlib
import json
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any

from tests.live.cluster import Cluster
from tests.live.figures import Figures
from tests.live.manifests import Document
from tests.live.pod import Pod
from tests.live.verdicts import about_data
from tests.live.writers.options import Options
from tests.live.writers.outages import writers_at_once
from tests.live.writers.writer import Writer

CLIENTS = "clients"
"""Namespace of the pods that may connect."""

# With characters that mean something to shells, to YAML, to passfiles and to connection strings.
SUPERUSER = 'it\'s "100 %" of #1: \\o/ $(HOME)'
SECRETS: Mapping[str, Mapping[str, str | bytes]] = {
    "passwords": {"superuser": SUPERUSER, "replication": "re:pl\\i'ca", "api": "no: way"}
}

WRITE, READ = "postgres-primary.shop.svc", "postgres-replicas.shop.svc"


class PostgresServers:
    """A running store, and a pod from which tests connect to it."""

    def __init__(self, cluster: Cluster, client: Pod) -> None:
        self.cluster = cluster
        self.client = client
        self.ca = ""
        """The authority's file, where connections are encrypted."""
        self.synchronous = True
        self._tables = 0

    @property
    def members(self) -> Sequence[Pod]:
        """Its servers' pods."""
        return self.cluster.workload("StatefulSet/postgres").pods

    @property
    def jobs(self) -> Sequence[str]:
        """Its Jobs, by name."""
        return [f"Job/{job.name}" for job in self.cluster.jobs]

    def writer(self) -> Writer:
        """Writes through the Service, to a table of its own."""
        self._tables += 1
        options = Options(
            engine="postgres",
            host=WRITE,
            port=5432,
            user="postgres",
            password=SUPERUSER,
            database="postgres",
            ca=self.ca,
            name=f"writes_{self._tables}",
        )
        return Writer(self.cluster, self.client, options)

    def ask(
        self, statement: str, *, host: str = WRITE, timeout: float = 15
    ) -> subprocess.CompletedProcess[str]:
        """What ``psql`` makes of a statement, in the client's pod."""
        secure = (f"sslmode=verify-full sslrootcert={self.ca}",) if self.ca else ()
        target = " ".join((f"host={host} user=postgres dbname=postgres connect_timeout=5", *secure))
        psql = ("psql", "--no-psqlrc", "--quiet", "--no-align", "--tuples-only", "--command")
        return self.client.run(
            *("env", f"PGPASSWORD={SUPERUSER}", *psql, statement, target), timeout=timeout
        )

    def value(self, statement: str, *, host: str = WRITE) -> str:
        """The only value of a statement that has to succeed."""
        done = self.ask(statement, host=host)
        assert done.returncode == 0, done.stdout
        return done.stdout.strip()

    def answer(self, pod: Pod, port: int, path: str) -> tuple[int, str]:
        """The status and the text with which a pod answers over HTTP; 0 for no answer."""
        with self.cluster.node.network.node.entered():
            try:
                with urllib.request.urlopen(f"http://{pod.address}:{port}{path}", timeout=3) as it:
                    return int(it.status), it.read().decode()
            except urllib.error.HTTPError as error:
                with error:
                    return int(error.code), error.read().decode()
            except OSError:
                return 0, ""

    def status(self, member: Pod, path: str) -> int:
        """The status with which Patroni answers on a member."""
        return self.answer(member, 8008, path)[0]

    def describe(self, path: str = "/cluster") -> Any:
        """What the first member that answers says."""
        answers = (self.answer(member, 8008, path) for member in self.members)
        texts = (text for status, text in answers if status == HTTPStatus.OK)
        return json.loads(next(texts, '{"members": []}'))

    def primary(self, timeout: float = 30) -> Pod:
        """The member that leads, once there is one and no other."""
        found: list[Pod] = []

        def known() -> bool:
            found[:] = [pod for pod in self.members if self.status(pod, "/primary") == 200]
            return len(found) == 1

        self.until(known, timeout, "there is a primary")
        return found[0]

    def replicas(self) -> list[Pod]:
        """The members that follow."""
        primary = self.primary()
        return [pod for pod in self.members if pod is not primary]

    def settled(self, timeout: float = 60) -> None:
        """Return when one leads, all others stream, and nobody waits for anything."""

        def well() -> bool:
            members = self.describe()["members"]
            states = sorted(item["state"] for item in members)
            wanted = sorted(["running", *["streaming"] * (len(self.members) - 1)])
            lines = {item["timeline"] for item in members if "timeline" in item}
            chosen = any("standby" in item["role"] for item in members)
            return states == wanted and len(lines) == 1 and chosen is self.synchronous

        self.until(well, timeout, "all members are in step")

    def until(self, condition: Callable[[], bool], timeout: float, what: str) -> None:
        """Return as soon as a condition holds that members are asked for: now and then, since what
        they answer takes from what they do."""
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            with contextlib.suppress(subprocess.TimeoutExpired):
                if condition():
                    return
            time.sleep(0.3)
        msg = f"not within {timeout} s: {what}: {self.describe()['members']}"
        raise TimeoutError(msg)

    def recovered(self, writer: Writer, timeout: float = 60) -> None:
        """Return when all servers are ready again and writes go on."""
        writer.wait_accepted(timeout)
        self.cluster.wait_ready("StatefulSet/postgres", timeout=timeout)
        writer.steady(timeout)

    def note(
        self, figures: Figures, scenario: str, writer: Writer, since: float, *more: Writer
    ) -> float:
        """Seconds without an accepted write, noted; no acknowledged one may be gone, and no two
        servers may have taken writes at once.

        ``more`` are writers past the proxies, whose writes count for the latter two.
        """
        every = (writer, *more)
        seconds = writer.outage(since).seconds
        lost = [number for one in every for number in one.lost(WRITE)]
        writers = writers_at_once(item for one in every for item in one.attempts)
        figures.add(
            "postgres",
            scenario,
            seconds,
            acknowledged=sum(len(one.acknowledged) for one in every),
            lost=len(lost),
            writers=writers,
        )
        with about_data():
            assert lost == [], lost
            assert writers == 1, writers
        return seconds


@contextmanager
def running(documents: Sequence[Document], **options: Any) -> Iterator[PostgresServers]:
    """The store, with no pod started yet."""
    secrets = {**SECRETS, **options.pop("secrets", {})}
    with Cluster(documents, secrets=secrets, **options) as cluster:
        yield PostgresServers(cluster, cluster.client(CLIENTS))


@contextmanager
def started(documents: Sequence[Document], **options: Any) -> Iterator[PostgresServers]:
    """The store with all its servers, etcd's and the proxies ready."""
    with running(documents, **options) as store:
        store.cluster.start()
        store.cluster.wait_ready(timeout=180)
        yield store


@contextmanager
def written(store: PostgresServers) -> Iterator[Writer]:
    """A writer of a store that is well."""
    store.cluster.wait_ready(timeout=120)
    store.settled()
    with store.writer() as writer:
        writer.wait_accepted(timeout=30)
        writer.steady(timeout=30)
        yield writer


def own(member: Pod, statement: str) -> subprocess.CompletedProcess[str]:
    """What ``psql`` makes of a statement over a member's own socket."""
    command = f'PGPASSWORD="$PATRONI_SUPERUSER_PASSWORD" psql -U postgres -Atc "{statement}"'
    return member.run("sh", "-c", command)


def own_answer(member: Pod, statement: str) -> str:
    """What a member answers over its socket, or why it does not."""
    return own(member, statement).stdout.strip()
