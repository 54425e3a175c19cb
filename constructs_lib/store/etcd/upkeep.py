"""What is done to members besides backups: room is given back, a lost member is put back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from constructs_lib.errors import Problem
from constructs_lib.kube.images import Image
from constructs_lib.kube.network import Traffic
from constructs_lib.kube.security import Security
from constructs_lib.kube.storage import ConfigFiles, FileMount
from constructs_lib.kube.variables import Variable
from constructs_lib.kube.workloads import Schedule
from constructs_lib.resources import Resources
from constructs_lib.store.engine import Place
from constructs_lib.store.etcd.server import CLIENT, Member
from constructs_lib.store.etcd.settings import (
    CLIENT_PORT,
    PEER_PORT,
    client_certificate,
    member_urls,
)
from constructs_lib.store.files import text_of
from constructs_lib.store.part import Container, Scheduled
from constructs_lib.store.tls import tls_files
from constructs_lib.values import Value

_FOLDER = "/opt/etcd"
_SHARED = "members.sh"
_NEVER = "0 0 1 1 *"
_WHOLE = 100


class EtcdTools(Value):
    """What scripts run with that speak to members: etcd's own image has no shell."""

    image: Image = Image("docker.io/curlimages/curl", tag="8.16.0")
    """Image with ``sh`` and ``curl``. Default curl's official one."""

    resources: Resources = Resources(cpu="10m", memory="32Mi", cpu_limit="100m")
    """Requests and limits. Default 10m to 100m, 32Mi."""


class Defragment(Value):
    """Room that compaction has freed is given back, one member after the other, the leader last.

    Compaction leaves holes in the database; its file, which the quota counts, only shrinks by
    being written anew. A member answers nobody meanwhile.
    """

    schedule: Schedule = Schedule(cron="30 4 * * *", active_deadline_seconds=1800)
    """When. Default every night at 4:30."""

    worthwhile_percent: int = 20
    """A member of whose database less is unused is left alone. Default 20 %."""

    def problems(self) -> Iterator[Problem]:
        """A percentage that can be reached."""
        percent = self.worthwhile_percent
        if not 0 <= percent < _WHOLE:
            why = "is a part of the database that is never unused"
            yield Problem("worthwhile_percent", percent, why, "use 0 to 99")


def defragment_part(
    place: Place, member: Member, tools: EtcdTools, defragment: Defragment
) -> Scheduled:
    """The CronJob ``<store>-defragment``."""
    variables = {"WORTHWHILE_PERCENT": str(defragment.worthwhile_percent)}
    return _part(place, member, tools, "defragment", defragment.schedule, variables)


def rejoin_part(place: Place, member: Member, tools: EtcdTools) -> Scheduled:
    """The suspended CronJob ``<store>-rejoin``; its variable ``LOST`` names the member."""
    scheme, host = member.settings.scheme, place.pod_host("$(LOST)")
    variables = {
        "LOST": "",
        "LOST_URL": f"{scheme}://{host}:{CLIENT_PORT}",
        "LOST_PEER_URL": f"{scheme}://{host}:{PEER_PORT}",
    }
    schedule = Schedule(cron=_NEVER, suspend=True, retries=0, active_deadline_seconds=600)
    return _part(place, member, tools, "rejoin", schedule, variables)


def _part(
    place: Place,
    member: Member,
    tools: EtcdTools,
    task: str,
    schedule: Schedule,
    variables: Mapping[str, Variable],
) -> Scheduled:
    """A CronJob that runs the script of a task."""
    settings, script = member.settings, f"{task}.sh"
    container = Container(
        name=task,
        image=tools.image,
        resources=tools.resources,
        command=("/bin/sh", f"{_FOLDER}/{script}"),
        variables={
            "MEMBERS": " ".join(member_urls(place, settings, CLIENT_PORT)),
            **variables,
            **client_certificate(settings, "ETCD"),
        },
    )
    texts = ConfigFiles({name: text_of(f"etcd/{name}") for name in (_SHARED, script)})
    return Scheduled(
        name=f"{place.name}-{task}",
        schedule=schedule,
        containers=(container,),
        security=Security(user=member.user, group=member.group),
        grace_seconds=30,
        files=(FileMount(_FOLDER, source=texts), *tls_files(member.tls)),
        reaches=(Traffic((place.pods(),), ports=(CLIENT.number,)),),
    )
