"""The pods of etcd's members."""

from __future__ import annotations

from dataclasses import dataclass

from constructs_lib.kube.images import Image
from constructs_lib.kube.monitors import Metrics
from constructs_lib.kube.network import Traffic
from constructs_lib.kube.security import Security
from constructs_lib.kube.shutdown import Shutdown
from constructs_lib.refs import Pods, Port, Ports
from constructs_lib.resources import Resources
from constructs_lib.store.engine import Place
from constructs_lib.store.etcd.metrics import MEMBER
from constructs_lib.store.etcd.settings import (
    CLIENT_PORT,
    METRICS_PORT,
    PEER_PORT,
    Settings,
    probes,
    variables,
)
from constructs_lib.store.part import Access, Container, Servers
from constructs_lib.store.tls import Tls, tls_files

CLIENT = Port("client", CLIENT_PORT)
_PEER = Port("peer", PEER_PORT)
_METRICS = Port("metrics", METRICS_PORT)


@dataclass(frozen=True, kw_only=True)
class Member:
    """A member, with everything decided."""

    image: Image
    user: int
    group: int | None
    resources: Resources
    shutdown: Shutdown
    tls: Tls | None
    settings: Settings

    operators: tuple[Pods, ...]
    """Who connects for the store itself: jobs."""

    @property
    def security(self) -> Security:
        """As whom its pods run."""
        return Security(user=self.user, group=self.group)


def member_part(place: Place, member: Member) -> Servers:
    """The StatefulSet of the members."""
    peers = (place.pods(),)
    operators = member.operators
    return Servers(
        name=place.name,
        replicas=member.settings.replicas,
        headless=place.headless,
        volume=place.volume,
        data_path=member.settings.data_path,
        containers=(_container(place, member),),
        security=member.security,
        grace_seconds=member.shutdown.grace_period_seconds,
        files=tls_files(member.tls),
        client_ports=(CLIENT.name,),
        accepts=(
            # A member that starts asks others, as their client, whether their data are alike.
            Access(peers=peers, ports=(CLIENT.name, _PEER.name)),
            *((Access(peers=operators, ports=(CLIENT.name,)),) if operators else ()),
        ),
        reaches=(Traffic(peers, ports=(CLIENT.number, _PEER.number)),),
        metrics=(Metrics(port=_METRICS.name, exposes=MEMBER),),
    )


def _container(place: Place, member: Member) -> Container:
    return Container(
        name="etcd",
        image=member.image,
        resources=member.resources,
        command=("etcd",),
        variables=variables(place, member.settings),
        ports=Ports(CLIENT, _PEER, _METRICS),
        probes=probes(member.settings.version),
        # On SIGTERM a leader gives its office away before it goes. It is never removed from the
        # members: it comes back with its data, and a removed one never may.
        stop=member.shutdown,
        data=True,
    )
