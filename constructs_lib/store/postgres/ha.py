"""PostgreSQL with replicas and failover: Patroni, which leads by a key in etcd.

https://patroni.readthedocs.io/en/latest/
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field
from decimal import Decimal

from constructs_lib.errors import Problem
from constructs_lib.kube.body import Body
from constructs_lib.kube.config import config_map
from constructs_lib.kube.images import Image
from constructs_lib.kube.metadata import object_metadata
from constructs_lib.kube.network import from_peers, network_policy
from constructs_lib.quantity import memory_problems, parse
from constructs_lib.refs import Binding, Endpoint, Pods, Ports, SecretKey
from constructs_lib.store.engine import Front, Place, Plan
from constructs_lib.store.etcd.binding import EtcdBinding
from constructs_lib.store.postgres.alerts import cluster_alerts, server_alerts
from constructs_lib.store.postgres.container import access_file
from constructs_lib.store.postgres.engine import PostgresEngine
from constructs_lib.store.postgres.failover import failover_problems
from constructs_lib.store.postgres.members import (
    configuration_name,
    configuration_part,
    dynamic_name,
    member_part,
)
from constructs_lib.store.postgres.patroni import (
    DYNAMIC_FILE,
    ETCD_ENDPOINTS,
    Dynamic,
    Synchronous,
    etcd_urls,
)
from constructs_lib.store.postgres.proxy import postgres_proxies
from constructs_lib.store.postgres.server import POSTGRES, READ
from constructs_lib.store.postgres.values import Additions
from constructs_lib.store.proxy import Proxy
from constructs_lib.store.tls import Tls

_PATRONI = Decimal(96 * 2**20)
_PATIENCE = 30


class PostgresHA(PostgresEngine):
    """A primary and its replicas, of which Patroni makes another one the primary when it is lost.

    Clients reach them through proxies, which follow the primary. Who leads is a key in etcd, a
    store of its own.
    """

    image: Image = field()
    """Its image: PostgreSQL and Patroni 4.1 or newer, with ``patroni`` and ``python3`` on the
    search path. Nobody publishes one that is official; ``docs/stores/postgres.md`` has a Dockerfile
    that makes it of the official one of PostgreSQL."""

    api_password: SecretKey
    """Password of Patroni's REST API, for what changes something."""

    etcd: Binding
    """The etcd that keeps the leader key: ``client()`` of the store."""

    etcd_tls: Tls | None = None
    """Certificate that members show etcd, and the authority of its own. Needed where it takes
    encrypted connections only."""

    replicas: int = 3
    """Members, the primary included. Default 3, of which two may be lost. They do not vote, so an
    even number does as well."""

    synchronous: Synchronous = "quorum"
    """Whether a commit is acknowledged when replicas have it too. ``quorum``, the default: when any
    one replica has it, and only those that may have it all can become the primary: no acknowledged
    write is lost, and no replica that is lost holds writes up. ``on``: when one chosen replica has
    it; when that one is lost, writes wait until another is chosen. ``off``: at once; what a killed
    primary had not sent is lost."""

    synchronous_strict: bool = False
    """Whether writes are refused while there is no replica at all. Default False: they are taken
    then, on the primary alone."""

    ttl: int = 20
    """Life of the leader key in seconds, which is how long a failover waits when the primary's pod
    is gone. Default 20, the least there is."""

    loop_wait: int = 5
    """Seconds between two looks at the cluster. Default 5."""

    retry_timeout: int = 5
    """Seconds that etcd may take to answer until the primary steps down. Default 5."""

    failsafe: bool = True
    """Whether the primary goes on without etcd for as long as all members tell it that they see it.
    Default True; otherwise a restart of etcd is a restart of PostgreSQL."""

    maximum_lag_on_failover: str = "1Mi"
    """Most that a replica may be behind to become the primary, where commits are not synchronous.
    Default 1Mi."""

    maximum_lag_for_reads: str = "16Mi"
    """Most that a replica may be behind to be read from. Default 16Mi."""

    primary_start_timeout: int | None = None
    """Seconds that a primary which has crashed may take to recover, until a replica takes over; 0
    does not wait. None, the default, is 0 where commits are synchronous: a replica takes over at
    once, with every acknowledged write, and how much there is to recover is no matter. It is 30
    where they are not, and a replica would do without the last ones."""

    proxy: Proxy = Proxy()
    """Proxies for clients."""

    def problems(self) -> Iterator[Problem]:
        """As of every server; and somebody can take over, in time."""
        yield from super().problems()
        yield from failover_problems(self)
        for name in ("maximum_lag_on_failover", "maximum_lag_for_reads"):
            yield from memory_problems(name, getattr(self, name), example="16Mi")
        patience = self.primary_start_timeout
        if patience is not None and patience < 0:
            yield Problem("primary_start_timeout", patience, "is negative", "use 0 to not wait")
        urls = etcd_urls(self.etcd)
        if not urls:
            why = f"has no {ETCD_ENDPOINTS} among its variables"
            fix = "give client() of a store with the engine Etcd"
            yield Problem("etcd", self.etcd.endpoint.address, why, fix)
        elif urls[0].startswith("https://") and self.etcd_tls is None:
            fix = "give etcd_tls=Tls('secret')"
            yield Problem("etcd_tls", None, f"is needed to talk to {urls[0]}", fix)

    def problems_at(self, place: Place) -> Iterator[Problem]:
        """As of every server; and the volumes last as long as etcd's."""
        yield from super().problems_at(place)
        kept = place.volume.when_deleted
        if isinstance(self.etcd, EtcdBinding) and self.etcd.when_deleted != kept:
            why = (
                f"is not {self.etcd.when_deleted!r}, as of {self.etcd.endpoint.address}: what is "
                "kept of one refuses what is new of the other (system ID mismatch)"
            )
            yield Problem("volume.when_deleted", kept, why, "use the same for both stores")

    @property
    def servers(self) -> int:
        """As many as members."""
        return self.replicas

    @property
    def programs_memory(self) -> Decimal:
        """What Patroni takes of the container's memory."""
        return _PATRONI

    def endpoints(self, place: Place) -> tuple[Endpoint, Endpoint]:
        """Ports of the proxies."""
        peers = (place.pods(f"{place.name}-proxy"),)
        write = Endpoint(place.write_service, place.namespace, POSTGRES, peers=peers)
        return write, Endpoint(place.read_service, place.namespace, READ, peers=peers)

    def plan(self, place: Place) -> Plan:
        """A StatefulSet of members, a Deployment of proxies, and a Job for changes."""
        additions = self.additions(place)
        dynamic = self._dynamic(place, additions)
        write, read = self.endpoints(place)
        proxy = postgres_proxies(
            place,
            self.proxy,
            replicas=self.replicas,
            max_connections=self.max_connections,
            lag=int(parse(self.maximum_lag_for_reads)),
            tls=self.tls,
            connects=additions.connects,
        )
        return Plan(
            parts=(
                member_part(self, place, additions, proxy=proxy.name),
                proxy,
                configuration_part(self, place, dynamic),
                *additions.parts,
            ),
            fronts=(
                Front(name=write.service, part=proxy.name, ports=Ports(POSTGRES)),
                Front(name=read.service, part=proxy.name, ports=Ports(READ)),
            ),
            endpoints={"write": write, "read": read},
            bindings=additions.bindings,
            kind="postgres",
            alerts=(
                *server_alerts(self, place),
                *cluster_alerts(self, place, proxy=proxy, configuration=configuration_name(place)),
                *additions.alerts,
            ),
            objects={**self._objects(place, dynamic), **additions.objects},
        )

    @property
    def _patience(self) -> int:
        if self.primary_start_timeout is not None:
            return self.primary_start_timeout
        return _PATIENCE if self.synchronous == "off" else 0

    def _objects(self, place: Place, dynamic: str) -> dict[str, Body]:
        metadata = object_metadata(place.owner, dynamic_name(place), workload=place.name)
        return {
            "dynamic": config_map(metadata, {DYNAMIC_FILE: dynamic}),
            **self._way_to_etcd(place),
        }

    def _way_to_etcd(self, place: Place) -> dict[str, Body]:
        """A policy that lets members in at etcd, as every workload has for what it uses.

        An etcd in another namespace names its clients itself.
        """
        endpoint = self.etcd.endpoint
        found = {}
        for number, peer in enumerate(endpoint.peers):
            if isinstance(peer, Pods) and peer.namespace == place.namespace:
                key = f"to-{endpoint.service}" + (f"-{number + 1}" if number else "")
                name = f"{place.name}-{key}"
                metadata = object_metadata(place.owner, name, workload=place.name)
                rule = from_peers((place.pods(),), [endpoint.port])
                found[key] = network_policy(metadata, peer.labels, ingress=[rule])
        return found

    def _dynamic(self, place: Place, additions: Additions) -> str:
        return Dynamic(
            ttl=self.ttl,
            loop_wait=self.loop_wait,
            retry_timeout=self.retry_timeout,
            failsafe=self.failsafe,
            synchronous=self.synchronous,
            synchronous_strict=self.synchronous_strict,
            maximum_lag=int(parse(self.maximum_lag_on_failover)),
            primary_start_timeout=self._patience,
            access=access_file(self),
            parameters=self.settings(place, additions),
            slots=additions.slots,
        ).text()
