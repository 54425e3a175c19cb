"""Which programs of this machine stand for which image."""

import os
import shutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum
from pathlib import Path

from tests.live.manifests import ManifestError

SEARCH_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_SCRIPTS = str(Path(sys.executable).parent)
_POSTGRES = max(Path("/usr/lib/postgresql").glob("*/bin"), default=Path("/usr/lib/postgresql/bin"))
_FOLDERS = (str(Path(__file__).with_name("programs")), _SCRIPTS, str(_POSTGRES))


class Base(Enum):
    """What an image is made from."""

    DEBIAN = "all programs of this machine but those in /usr/local"
    ALPINE = "BusyBox, for programs that are not the image's own"
    SCRATCH = "nothing but the image's own programs; no shell"


@dataclass(frozen=True, kw_only=True)
class Image:
    """What there is to know about an image besides its files."""

    base: Base = Base.DEBIAN
    """What it is made from; a tag that says ``alpine`` wins, where ``programs`` are given."""

    programs: Mapping[str, str] = field(default_factory=dict)
    """Its own programs, by place: names of programs of this machine. One that is not here is left
    out, unless ``needs`` names it."""

    needs: Sequence[str] = ()
    """Programs that this machine has to have."""

    entry_point: Sequence[str] = ()
    command: Sequence[str] = ()
    """The image's ENTRYPOINT and CMD, for containers that say nothing else."""

    user: int = 0
    users: Mapping[int, str] = field(default_factory=dict)
    """Names of users; some programs do not start as a user without one."""

    variables: Mapping[str, str] = field(default_factory=dict)
    folder: str = "/"
    folders: Sequence[str] = ()
    """Folders of its own, which anybody may write to."""

    stop_signal: str = "SIGTERM"

    paths: Mapping[str, str] = field(default_factory=dict)
    """Files and folders of this machine, by their place in the container."""

    whole_machine: bool = False
    """Whether it is the tree of this machine, writable and all; for clients of the tests' own."""

    capabilities: Mapping[str, str] = field(default_factory=dict)
    """What the image's file capabilities are, by program, as `setcap` reads it."""


def program(name: str) -> str | None:
    """Where this machine has a program: the tests' own, Python's, PostgreSQL's or any other."""
    path = os.pathsep.join([*_FOLDERS, os.environ.get("PATH", SEARCH_PATH), SEARCH_PATH])
    return shutil.which(name, path=path)


def _local(*names: str) -> dict[str, str]:
    return {f"/usr/local/bin/{name}": name for name in names}


def _python() -> dict[str, str]:
    """The interpreter that runs the tests, with its packages: all in the same places, which for
    the user of a container lie in folders that anybody may enter."""
    base = sys.base_prefix if sys.base_prefix != "/usr" else os.path.realpath(sys.executable)
    return {place: place for place in (base, sys.prefix)}


def _started(name: str, words: str, options: str) -> tuple[str, ...]:
    """An entry point that puts a program and options before arguments that look like ``words``."""
    script = f'case $1 in {words}) set -- {name} "$@" ;; esac\n'
    script += f'[ "$1" != {name} ] || {{ shift; set -- {name} {options} "$@"; }}\nexec "$@"'
    return ("sh", "-c", script, "docker-entrypoint.sh")


_PG = Image(
    needs=("postgres", "initdb"),
    command=("postgres",),
    users={999: "postgres", 70: "postgres"},
    variables={"PATH": f"{_POSTGRES}:{SEARCH_PATH}", "PGDATA": "/var/lib/postgresql/data"},
    folders=("/var/lib/postgresql/data", "/var/run/postgresql"),
    stop_signal="SIGINT",
)

_SCRIPT = Image(base=Base.ALPINE, variables={"PATH": f"{SEARCH_PATH}:{_SCRIPTS}"}, paths=_python())
"""With a program of the tests' own, which Python runs."""

IMAGES: Mapping[str, Image] = {
    "nginx": Image(
        needs=("nginx",),
        command=("nginx", "-g", "daemon off;"),
        users={101: "nginx"},
        stop_signal="SIGQUIT",
    ),
    "coturn/coturn": Image(
        needs=("turnserver", "setcap"),
        entry_point=("turnserver",),
        user=65534,
        capabilities={"turnserver": "cap_net_bind_service=+ep"},
    ),
    "redis": Image(
        programs=_local("redis-server", "redis-sentinel", "redis-cli", "redis-benchmark")
        | _local("redis-check-aof", "redis-check-rdb"),
        needs=("redis-server", "redis-sentinel", "redis-cli"),
        entry_point=_started("redis-server", "-*|*.conf", ""),
        command=("redis-server",),
        users={999: "redis"},
        folder="/data",
        folders=("/data",),
    ),
    "etcd": Image(
        base=Base.SCRATCH,
        programs=_local("etcd", "etcdctl", "etcdutl"),
        needs=("etcd", "etcdctl"),
        command=("/usr/local/bin/etcd",),
        folders=("/var/etcd", "/var/lib/etcd"),
    ),
    "haproxy": Image(
        programs=_local("haproxy"),
        needs=("haproxy",),
        entry_point=_started("haproxy", "-*", "-W -db"),
        command=("haproxy", "-f", "/usr/local/etc/haproxy/haproxy.cfg"),
        user=99,
        users={99: "haproxy"},
        folder="/var/lib/haproxy",
        folders=("/var/lib/haproxy",),
        stop_signal="SIGUSR1",
    ),
    # All of /usr/lib/postgresql is there on Alpine too.
    "postgres": replace(_PG, programs=_local("postgres")),
    # No image is published under this name; it stands for any with Patroni and PostgreSQL.
    "patroni": replace(
        _PG,
        needs=(*_PG.needs, "patroni", "patronictl"),
        command=("patroni",),
        variables={**_PG.variables, "PATH": f"{_POSTGRES}:{SEARCH_PATH}:{_SCRIPTS}"},
        paths=_python(),
        stop_signal="SIGTERM",
    ),
    "nats": Image(
        base=Base.SCRATCH,
        programs={"/nats-server": "nats-server", **_local("nats-server")},
        needs=("nats-server",),
        entry_point=("nats-server",),
        command=("--config", "/etc/nats/nats-server.conf"),
        variables={"PATH": f"{SEARCH_PATH}:/"},
    ),
    "natsio/nats-box": Image(
        base=Base.ALPINE,
        programs=_local("nats"),
        needs=("nats",),
        command=("sh", "-l"),
        variables={"PATH": f"{SEARCH_PATH}:{_SCRIPTS}"},
        paths=_python(),
    ),
    "rclone/rclone": Image(
        base=Base.ALPINE,
        programs=_local("rclone"),
        needs=("rclone",),
        entry_point=("rclone",),
        variables={"XDG_CONFIG_HOME": "/config"},
        folder="/data",
        folders=("/config", "/data"),
    ),
    # The real one is in no registry that this project installs from.
    "natsio/prometheus-nats-exporter": replace(
        _SCRIPT,
        programs=_local("prometheus-nats-exporter"),
        needs=("prometheus-nats-exporter",),
        entry_point=("prometheus-nats-exporter",),
    ),
    # An application of the tests' own.
    "orders": replace(_SCRIPT, programs=_local("orders"), needs=("orders",), command=("orders",)),
    "curlimages/curl": Image(
        base=Base.ALPINE,
        programs={"/usr/bin/curl": "curl"},
        needs=("curl",),
        entry_point=("curl",),
        user=100,
        users={100: "curl_user"},
    ),
    "oliver006/redis_exporter": Image(
        base=Base.SCRATCH,
        programs={"/redis_exporter": "prometheus-redis-exporter"},
        needs=("prometheus-redis-exporter",),
        entry_point=("/redis_exporter",),
        user=59000,
    ),
    "prometheuscommunity/postgres-exporter": Image(
        base=Base.ALPINE,
        programs={"/bin/postgres_exporter": "prometheus-postgres-exporter"},
        needs=("prometheus-postgres-exporter",),
        entry_point=("/bin/postgres_exporter",),
        user=65534,
    ),
    "prom/prometheus": Image(
        base=Base.ALPINE,
        programs={"/bin/prometheus": "prometheus", "/bin/promtool": "promtool"},
        needs=("prometheus",),
        entry_point=("/bin/prometheus",),
        command=("--config.file=/etc/prometheus/prometheus.yml", "--storage.tsdb.path=/prometheus"),
        user=65534,
        folder="/prometheus",
        folders=("/prometheus",),
    ),
    "prom/alertmanager": Image(
        base=Base.ALPINE,
        programs={"/bin/alertmanager": "prometheus-alertmanager", "/bin/amtool": "amtool"},
        needs=("prometheus-alertmanager",),
        entry_point=("/bin/alertmanager",),
        command=(
            "--config.file=/etc/alertmanager/alertmanager.yml",
            "--storage.path=/alertmanager",
        ),
        user=65534,
        folder="/alertmanager",
        folders=("/alertmanager",),
    ),
    "busybox": Image(base=Base.ALPINE, command=("sh",)),
    "this-machine": Image(whole_machine=True),
}
"""By the repository's last words, without registry and tag."""


def image_for(reference: str, images: Mapping[str, Image]) -> Image:
    """The entry for an image."""
    repository, tag = reference.split("@", maxsplit=1)[0], ""
    if ":" in repository.rpartition("/")[2]:
        repository, _, tag = repository.rpartition(":")
    while repository:
        if found := images.get(repository):
            is_alpine = "alpine" in tag and found.programs
            return replace(found, base=Base.ALPINE) if is_alpine else found
        repository = repository.partition("/")[2]
    msg = f"nothing stands for image {reference!r}; known are {', '.join(sorted(images))}"
    raise ManifestError(msg)
