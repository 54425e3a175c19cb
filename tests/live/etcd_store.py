"""An etcd store, rendered and run, and what tests ask its members."""

import json
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from constructs_lib.kube.workloads import Schedule
from constructs_lib.refs import Pods
from constructs_lib.store.backups import Backup
from constructs_lib.store.construct import ResilientStatefulStore
from constructs_lib.store.etcd.engine import Etcd
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
from tests.live.writers.outages import writers_at_once
from tests.live.writers.writer import Writer
from tests.store.rendering import new_chart

CLIENTS = "clients"
"""Namespace of the pods that may connect."""

RUN_IMAGES = {
    **IMAGES,
    "curlimages/curl": Image(
        base=Base.ALPINE, programs={"/usr/bin/curl": "curl"}, needs=("curl",), user=100
    ),
}

# The release that this machine has: Debian's.
ENGINE = Etcd(version="3.4.23")
BACKUP = Backup(schedule=Schedule(cron="0 3 * * *"), keep=2)
STORE = StoreProps(engine=ENGINE, clients=(Pods(CLIENTS),), backup=BACKUP)
IN_BUCKET = replace(STORE, backup=replace(BACKUP, to=TO))
"""The store with backups that leave the cluster."""


def documents(props: StoreProps = STORE) -> list[Document]:
    """The rendered objects of store ``etcd`` in namespace ``shop``, and where its backups go."""
    chart = new_chart(BARE, create_namespace=True)
    ResilientStatefulStore(chart, "etcd", props)
    return [*chart.to_json(), *(storage() if in_bucket(props) else ())]


class EtcdStore:
    """A running store, and a pod from which tests connect to it."""

    def __init__(self, cluster: Cluster, client: Pod) -> None:
        self.cluster = cluster
        self.client = client
        self.ca = ""
        self._prefixes = 0

    @property
    def members(self) -> Sequence[Pod]:
        """Its members' pods."""
        return self.cluster.workload("StatefulSet/etcd").pods

    def writer(self) -> Writer:
        """Writes through the Service, under a prefix of its own."""
        self._prefixes += 1
        options = Options(
            engine="etcd",
            host="etcd.shop.svc",
            port=2379,
            ca=self.ca,
            name=f"writes-{self._prefixes}",
        )
        return Writer(self.cluster, self.client, options)

    def control(
        self, *words: str, member: Pod | None = None, timeout: float = 15, text: str | None = None
    ) -> subprocess.CompletedProcess[str]:
        """What ``etcdctl`` makes of it, in the client's pod: through the Service, or by a member's
        address."""
        scheme = "https" if self.ca else "http"
        host = member.address if member else "etcd.shop.svc"
        found = ["--cacert", self.ca] if self.ca else []
        command = ("etcdctl", f"--endpoints={scheme}://{host}:2379", *found, *words)
        return self.client.run(*command, timeout=timeout, text=text)

    def insist(self, *words: str, text: str | None = None) -> str:
        """What ``etcdctl`` says of what may be done twice, once it succeeds: while members choose
        another leader, as after a second without a word from it, they refuse."""
        said = ""

        def done() -> bool:
            nonlocal said
            answer = self.control(*words, text=text)
            said = answer.stdout
            return answer.returncode == 0

        self.cluster.wait(done, 30, f"etcdctl {words[0]} succeeds")
        return said

    def in_step(self) -> bool:
        """Whether all members have all that any of them has."""
        told = [self.status(pod) for pod in self.members]
        return all(told) and len({item["header"]["revision"] for item in told}) == 1

    def leader(self) -> Pod:
        """The member that leads, once there is one."""
        found: list[Pod] = []

        def known() -> bool:
            found[:] = [pod for pod in self.members if self._leads(pod)]
            return len(found) == 1

        self.cluster.wait(known, 20, "etcd has a leader")
        return found[0]

    def values(self, prefix: str = "") -> Mapping[str, str]:
        """All keys that begin so, with what they hold."""
        listed = json.loads(self.insist("get", "--prefix", prefix, "--write-out=json"))
        listed = listed.get("kvs", ())
        return {item["key"]: item["value"] for item in listed}

    def recovered(self, writer: Writer, timeout: float = 30) -> None:
        """Return when all members are ready again and writes go on."""
        writer.wait_accepted(timeout)
        self.cluster.wait_ready("StatefulSet/etcd", timeout=timeout)
        writer.steady(timeout)

    def note(self, figures: Figures, scenario: str, writer: Writer, since: float) -> float:
        """Seconds without an accepted write, noted; no acknowledged one may be gone."""
        seconds = writer.outage(since).seconds
        lost, acknowledged = writer.lost(), len(writer.acknowledged)
        figures.add(
            "etcd",
            scenario,
            seconds,
            acknowledged=acknowledged,
            lost=len(lost),
            writers=writers_at_once(writer.attempts),
        )
        with about_data():
            assert lost == set(), lost
        return seconds

    def is_hollow(self, member: Pod) -> bool:
        """Whether less than half of a member's database is in use."""
        status = self.status(member)
        return bool(status and status["dbSizeInUse"] < status["dbSize"] / 2)

    def status(self, member: Pod) -> dict[str, Any]:
        """What a member tells of itself; nothing where it does not."""
        if not member.container.running:
            return {}
        done = self.control("endpoint", "status", "--write-out=json", member=member, timeout=10)
        try:
            (answer,) = json.loads(done.stdout.splitlines()[-1])
        except (ValueError, LookupError):
            return {}
        return dict(answer["Status"])

    def _leads(self, pod: Pod) -> bool:
        status = self.status(pod)
        return bool(status and status["leader"] == status["header"]["member_id"])


@contextmanager
def running(
    props: StoreProps = STORE, secrets: Mapping[str, Any] | None = None, **options: Any
) -> Iterator[EtcdStore]:
    """The store, with no pod started yet."""
    held = {**BUCKET_SECRETS, **(secrets or {})}
    with Cluster(documents(props), secrets=held, images=RUN_IMAGES, **options) as cluster:
        yield EtcdStore(cluster, cluster.client(CLIENTS))


@contextmanager
def started(props: StoreProps = STORE, **options: Any) -> Iterator[EtcdStore]:
    """The store with all members ready."""
    with running(props, **options) as store:
        store.cluster.start("StatefulSet/etcd")
        store.cluster.wait_ready("StatefulSet/etcd", timeout=40)
        if in_bucket(props):
            store.cluster.start("Deployment/moto")
            make_bucket(store.cluster)
        yield store


def altered(**fields: Any) -> StoreProps:
    """The store with fields of its engine changed."""
    return replace(STORE, engine=replace(ENGINE, **fields))
