"""What etcd is told, all of it by environment variables: its image has no shell.

No configuration file either: with one, releases before 3.5 do not serve the HTTP gateway that
Patroni speaks to. Flags are called differently from release to release.

https://etcd.io/docs/v3.6/op-guide/configuration/
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from constructs_lib.errors import Problem
from constructs_lib.kube.probes import HttpGet, Probe, Probes
from constructs_lib.kube.variables import PodField, Variable
from constructs_lib.refs import ConfigMapKey
from constructs_lib.store.engine import Place
from constructs_lib.store.tls import FOLDER

CLIENT_PORT = 2379
PEER_PORT = 2380
METRICS_PORT = 2381

Version = tuple[int, int, int]

_OVER_QUOTA = 64 * 2**20
"""What the database may have grown by when its quota is noticed: requests that were under way.
Some 300 KiB were measured, with a quota of 16 MiB."""

_FORM = re.compile(r"(\d+)\.(\d+)\.(\d+)")
_OLDEST, _NEWEST = (3, 4), (3, 7)
_INCONSISTENT = ((3, 5, 0), (3, 5, 2))


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What the variables say, derived and ready to be written."""

    version: Version
    replicas: int
    data_path: str
    quota: int
    compaction: str
    heartbeat_milliseconds: int
    election_milliseconds: int
    memory_target: int
    tls: bool
    client_certificates: bool

    @property
    def data(self) -> str:
        """Folder below the volume, whose own belongs to root and holds ``lost+found``."""
        return f"{self.data_path.rstrip('/')}/data"

    @property
    def scheme(self) -> str:
        """How clients and peers connect."""
        return "https" if self.tls else "http"


def largest_snapshot(quota: Decimal) -> Decimal:
    """Bytes that a snapshot may have."""
    return quota + _OVER_QUOTA


def parsed(version: str) -> Version:
    """``3.6.15`` as numbers; zeros where it is none, which :func:`version_problems` refuses."""
    match = _FORM.fullmatch(version)
    return (int(match[1]), int(match[2]), int(match[3])) if match else (0, 0, 0)


def version_problems(field: str, version: str) -> Iterator[Problem]:
    """Whether this release can be told what it has to be told, and be trusted with data."""
    numbers = parsed(version)
    if not _OLDEST <= numbers[:2] <= _NEWEST:
        fix = "use 3.4 to 3.7, written out as in '3.6.15'"
        yield Problem(field, version, "is no release whose settings are known here", fix)
    elif _INCONSISTENT[0] <= numbers <= _INCONSISTENT[1]:
        why = "loses committed writes on some members when one is killed under load"
        yield Problem(field, version, why, "use 3.5.3 or newer, best the newest 3.5")


def member_urls(place: Place, settings: Settings, port: int) -> list[str]:
    """URLs of all members, by their lasting names."""
    hosts = [place.pod_host(number) for number in range(settings.replicas)]
    return [f"{settings.scheme}://{host}:{port}" for host in hosts]


def initial_cluster(place: Place, settings: Settings) -> str:
    """Who founds the cluster."""
    urls = member_urls(place, settings, PEER_PORT)
    return ",".join(f"{place.name}-{number}={url}" for number, url in enumerate(urls))


def token(place: Place) -> str:
    """Keeps members of two clusters apart, should they ever meet."""
    return f"{place.namespace}-{place.name}"


def variables(place: Place, settings: Settings) -> dict[str, Variable]:
    """The environment of a member."""
    host, scheme = place.pod_host("$(POD_NAME)"), settings.scheme
    return {
        "POD_NAME": PodField("metadata.name"),
        "GOMEMLIMIT": str(settings.memory_target),
        "ETCD_NAME": "$(POD_NAME)",
        "ETCD_DATA_DIR": settings.data,
        "ETCD_LISTEN_CLIENT_URLS": f"{scheme}://0.0.0.0:{CLIENT_PORT}",
        "ETCD_LISTEN_PEER_URLS": f"{scheme}://0.0.0.0:{PEER_PORT}",
        # Never encrypted: the kubelet has no certificate to show.
        "ETCD_LISTEN_METRICS_URLS": f"http://0.0.0.0:{METRICS_PORT}",
        # Clients learn these and connect to them: each leads to one member, and to no other.
        "ETCD_ADVERTISE_CLIENT_URLS": f"{scheme}://{host}:{CLIENT_PORT}",
        "ETCD_INITIAL_ADVERTISE_PEER_URLS": f"{scheme}://{host}:{PEER_PORT}",
        "ETCD_INITIAL_CLUSTER": initial_cluster(place, settings),
        "ETCD_INITIAL_CLUSTER_TOKEN": token(place),
        **_state(place, settings),
        "ETCD_HEARTBEAT_INTERVAL": str(settings.heartbeat_milliseconds),
        "ETCD_ELECTION_TIMEOUT": str(settings.election_milliseconds),
        "ETCD_QUOTA_BACKEND_BYTES": str(settings.quota),
        "ETCD_AUTO_COMPACTION_MODE": "periodic",
        "ETCD_AUTO_COMPACTION_RETENTION": settings.compaction,
        **_by_release(settings),
        **(_certificates(settings) if settings.tls else {}),
    }


def _state(place: Place, settings: Settings) -> dict[str, Variable]:
    """A member that has data does not look at it, so it is the same for good.

    But for a member that was entered anew, for which somebody makes the ConfigMap by hand: a
    changed StatefulSet would roll the healthy ones too.
    """
    if settings.replicas == 1:
        return {"ETCD_INITIAL_CLUSTER_STATE": "new"}
    by_hand = ConfigMapKey(f"{place.name}-rejoin", "state", optional=True)
    # Unset, it is "new".
    return {"ETCD_INITIAL_CLUSTER_STATE": by_hand}


def client_certificate(settings: Settings, prefix: str) -> dict[str, str]:
    """Variables by which a client with flags ``--cacert``, ``--cert`` and ``--key`` finds them."""
    if not settings.tls:
        return {}
    found = {f"{prefix}_CACERT": f"{FOLDER}/ca.crt"}
    if settings.client_certificates:
        found |= {f"{prefix}_CERT": f"{FOLDER}/tls.crt", f"{prefix}_KEY": f"{FOLDER}/tls.key"}
    return found


def probes(version: Version) -> Probes:
    """Whether the process does its work, never whether it has a leader, but for readiness.

    A member that lost its peers is to wait for them, not to be restarted.
    """
    alive, able = _health(version)
    return Probes(
        startup=Probe(HttpGet(alive, port="metrics"), period_seconds=2, failure_threshold=150),
        readiness=Probe(HttpGet(able, port="metrics"), period_seconds=5, timeout_seconds=5),
        liveness=Probe(HttpGet(alive, port="metrics"), timeout_seconds=5),
    )


def _health(version: Version) -> tuple[str, str]:
    """Paths that tell that a member lives, and that it can serve.

    A database that is full is no reason to be taken out of the Service: it is read still, and made
    to work again through it.
    """
    # https://etcd.io/docs/v3.6/op-guide/monitoring/#health-check
    if version >= (3, 5, 12) or (3, 4, 29) <= version < (3, 5, 0):
        return "/livez", "/readyz"
    if version >= (3, 5, 3):
        return "/health?serializable=true&exclude=NOSPACE", "/health?exclude=NOSPACE"
    # Older ones know no health without a leader. That they answer at all has to do.
    return "/metrics", "/health?exclude=NOSPACE"


def _by_release(settings: Settings) -> Mapping[str, str]:
    """Damaged data is found before it spreads: at the start, and after each compaction."""
    version = settings.version
    if version >= (3, 6, 0):
        return {"ETCD_FEATURE_GATES": "InitialCorruptCheck=true,CompactHashCheck=true"}
    older = {
        "ETCD_EXPERIMENTAL_INITIAL_CORRUPT_CHECK": "true",
        # As 3.6 does by itself: ten times as many entries in memory are of no use here.
        "ETCD_SNAPSHOT_COUNT": "10000",
    }
    if version >= (3, 5, 5):
        older["ETCD_EXPERIMENTAL_COMPACT_HASH_CHECK_ENABLED"] = "true"
    if version < (3, 5, 0):
        # As newer ones do by themselves: a member that was cut off disturbs nobody when it is back.
        older |= {"ETCD_PRE_VOTE": "true", "ETCD_LOGGER": "zap"}
    return older


def _certificates(settings: Settings) -> Mapping[str, str]:
    own = {"CERT_FILE": "tls.crt", "KEY_FILE": "tls.key"}
    both = {**own, "TRUSTED_CA_FILE": "ca.crt"}
    # With an authority a member asks for certificates, whatever else it is told.
    shown = both if settings.client_certificates else own
    found = {f"ETCD_{name}": f"{FOLDER}/{file}" for name, file in shown.items()}
    found |= {f"ETCD_PEER_{name}": f"{FOLDER}/{file}" for name, file in both.items()}
    found["ETCD_PEER_CLIENT_CERT_AUTH"] = "true"
    if settings.client_certificates:
        found["ETCD_CLIENT_CERT_AUTH"] = "true"
    # Otherwise a member looks up the names in another's certificate and compares addresses: after
    # a restart it would refuse it until caches of DNS have forgotten the old one.
    experimental = "EXPERIMENTAL_" if settings.version < (3, 6, 0) else ""
    found[f"ETCD_{experimental}PEER_SKIP_CLIENT_SAN_VERIFICATION"] = "true"
    return found
