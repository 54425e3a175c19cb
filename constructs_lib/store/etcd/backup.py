"""Backups of etcd, and their restore: each member by itself, from the same snapshot."""

from __future__ import annotations

from decimal import Decimal

from constructs_lib.kube.network import Traffic
from constructs_lib.quantity import memory
from constructs_lib.resources import Resources
from constructs_lib.store.backup_jobs import (
    SCRIPTS,
    Steps,
    backup_job,
    restore_job,
    tools_container,
)
from constructs_lib.store.backups import Backup
from constructs_lib.store.engine import Place
from constructs_lib.store.etcd.server import CLIENT, Member
from constructs_lib.store.etcd.settings import (
    CLIENT_PORT,
    PEER_PORT,
    client_certificate,
    initial_cluster,
    largest_snapshot,
    member_urls,
    token,
)
from constructs_lib.store.etcd.upkeep import EtcdTools
from constructs_lib.store.files import text_of
from constructs_lib.store.part import Container, Scheduled
from constructs_lib.store.render import DATA as CLAIM
from constructs_lib.store.tls import tls_files

_TOOLS = Resources(cpu="50m", memory="128Mi", cpu_limit="500m")
_SET_ASIDE = "set-aside.sh"
_MEMBERS, _HOLDS = "members.sh", "holds.sh"


def backup_parts(place: Place, backup: Backup, member: Member, tools: EtcdTools) -> list[Scheduled]:
    """The CronJob that makes backups, and for each member a suspended one that restores it."""
    numbers = range(member.settings.replicas)
    restores = (
        restore_job(
            place, backup, _restore(place, backup, member, n), name=f"{place.name}-restore-{n}"
        )
        for n in numbers
    )
    return [backup_job(place, backup, _snapshot(place, member, tools)), *restores]


def _snapshot(place: Place, member: Member, tools: EtcdTools) -> Steps:
    settings = member.settings
    url = f"{settings.scheme}://{place.service_host(place.write_service)}:{CLIENT_PORT}"
    container = Container(
        name="snapshot",
        image=member.image,
        resources=_TOOLS,
        command=("etcdctl", "snapshot", "save", "$(STAGE)/snapshot.db"),
        variables={
            "ETCDCTL_ENDPOINTS": url,
            "ETCDCTL_COMMAND_TIMEOUT": "600s",
            **client_certificate(settings, "ETCDCTL"),
        },
    )
    holds = Container(
        name="holds",
        image=tools.image,
        resources=tools.resources,
        command=("/bin/sh", f"{SCRIPTS}/{_HOLDS}"),
        variables={"ENDPOINT": url, **client_certificate(settings, "ETCD")},
    )
    return Steps(
        containers=(container, holds),
        security=member.security,
        scratch=_scratch(member),
        scripts={name: text_of(f"etcd/{name}") for name in (_MEMBERS, _HOLDS)},
        files=tls_files(member.tls),
        reaches=(Traffic((place.pods(),), ports=(CLIENT.number,)),),
    )


def _restore(place: Place, backup: Backup, member: Member, number: int) -> Steps:
    settings = member.settings
    # https://etcd.io/docs/v3.6/op-guide/recovery/
    program = "etcdctl" if settings.version < (3, 5, 0) else "etcdutl"
    container = Container(
        name="restore",
        image=member.image,
        resources=_TOOLS,
        command=(
            *(program, "snapshot", "restore", "$(FETCHED)/snapshot.db"),
            f"--name={place.name}-{number}",
            f"--data-dir={settings.data}",
            f"--initial-cluster={initial_cluster(place, settings)}",
            f"--initial-cluster-token={token(place)}",
            f"--initial-advertise-peer-urls={member_urls(place, settings, PEER_PORT)[number]}",
        ),
    )
    set_aside = tools_container(
        place, backup, "set-aside", ("/bin/sh", f"{SCRIPTS}/{_SET_ASIDE}", settings.data)
    )
    return Steps(
        containers=(set_aside, container),
        security=member.security,
        scratch=_scratch(member),
        scripts={_SET_ASIDE: text_of(f"etcd/{_SET_ASIDE}")},
        claims={settings.data_path: f"{CLAIM}-{place.name}-{number}"},
    )


def _scratch(member: Member) -> str:
    return memory(largest_snapshot(Decimal(member.settings.quota)))
