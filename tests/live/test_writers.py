"""Writers of every engine: what is acknowledged, how long nothing was, and what is left."""

import time
from collections.abc import Sequence
from typing import Any

import pytest

from tests.live.faults import crash, freeze, thaw
from tests.live.one_pod import deployment, running
from tests.live.verdicts import about_data
from tests.live.writers.options import Options
from tests.live.writers.outages import Attempt, longest_outage, writers_at_once
from tests.live.writers.writer import Writer

POSTGRES = (
    "mkdir -p /w/d; [ -s /w/d/PG_VERSION ] || { echo pw >/tmp/pw && "
    "initdb -D /w/d -U admin --pwfile=/tmp/pw --auth-host=scram-sha-256 --no-sync && "
    "echo 'host all all all scram-sha-256' >>/w/d/pg_hba.conf; }; "
    "exec postgres -D /w/d -c listen_addresses=* -c unix_socket_directories=/tmp"
)
ETCD = [
    *("etcd", "--data-dir", "/w/etcd", "--listen-client-urls", "http://0.0.0.0:2379"),
    *("--advertise-client-urls", "http://$(IP):2379"),
]
# Image, command, port and options; each keeps what it has acknowledged.
SERVERS: dict[str, tuple[str, Sequence[str], int, dict[str, Any]]] = {
    "redis": (
        "redis:7.4-alpine",
        [
            *("redis-server", "--dir", "/w", "--requirepass", "pw"),
            *("--appendonly", "yes", "--appendfsync", "always"),
        ],
        6379,
        {"password": "pw"},
    ),
    "postgres": (
        "postgres:15",
        ["sh", "-c", POSTGRES],
        5432,
        {"user": "admin", "password": "pw", "database": "postgres"},
    ),
    "nats": (
        "nats:2.12",
        ["nats-server", "-js", "-sd", "/w", "--user", "u", "--pass", "p"],
        4222,
        {"user": "u", "password": "p"},
    ),
    "etcd": ("quay.io/coreos/etcd:v3.6.5", ETCD, 2379, {}),
}


@pytest.mark.parametrize("engine", SERVERS)
@pytest.mark.images("redis", "postgres", "nats", "etcd")
def test_a_writer_notes_what_is_acknowledged_through_a_crash(engine: str) -> None:
    image, command, port, login = SERVERS[engine]
    server = {
        "image": image,
        "command": command,
        "env": [{"name": "IP", "valueFrom": {"fieldRef": {"fieldPath": "status.podIP"}}}],
        "readinessProbe": {"tcpSocket": {"port": port}, "periodSeconds": 1},
        "volumeMounts": [{"name": "w", "mountPath": "/w"}],
    }
    made = deployment(
        server,
        volumes=[{"name": "w", "emptyDir": {}}],
        securityContext={"runAsUser": 999, "runAsGroup": 999, "fsGroup": 999},
    )
    with running(made) as (cluster, pod):
        cluster.wait_ready(timeout=30)
        options = Options(engine=engine, host=pod.address, port=port, **login)
        with Writer(cluster, cluster.client("tests"), options) as writer:
            writer.wait_accepted(timeout=30)
            killed = time.monotonic()
            crash(pod)
            back = writer.wait_accepted(timeout=30)
        lost = writer.lost()
        with about_data():
            assert lost == set(), lost
        assert writer.acknowledged
        # A second until the kubelet starts it again, and what the server needs. The writer may
        # have noted late what was acknowledged before.
        assert back - killed >= 1
        assert 0.5 <= writer.outage(killed).seconds <= back - killed + 1
        assert any(item.ended > killed for item in writer.attempts if not item.acknowledged)


@pytest.mark.images("redis")
def test_a_write_to_a_frozen_server_is_given_up_in_time() -> None:
    made = deployment({"image": "redis:7", "command": ["redis-server", "--save", ""]})
    with running(made) as (cluster, pod):
        cluster.wait_ready(timeout=30)
        options = Options(engine="redis", host=pod.address, port=6379, timeout=0.3)
        with Writer(cluster, cluster.client("tests"), options) as writer:
            # The server answers nobody but this machine without a password or this.
            let_in = ("redis-cli", "config", "set", "protected-mode", "no")
            cluster.wait(lambda: pod.run(*let_in).stdout.strip() == "OK", 30, "redis answers")
            writer.wait_accepted(timeout=30)
            freeze(pod)
            frozen = time.monotonic()
            cluster.wait(
                lambda: sum(item.began > frozen for item in writer.attempts) >= 3, 30, "attempts"
            )
            thaw(pod)
            writer.wait_accepted(timeout=30)
            late = [item for item in writer.attempts if item.began > frozen][:3]
            took = [item.ended - item.began for item in late]
            # One of them in time; the others too, but for what a busy machine adds.
            assert min(took) < 0.6
            assert max(took) < 3
            assert len({item.text for item in writer.attempts if item.acknowledged}) == 1


def attempt(number: int, at: float, who: str = "", *, acknowledged: bool = True) -> Attempt:
    return Attempt(number=number, began=at - 0.1, ended=at, acknowledged=acknowledged, text=who)


def test_the_longest_outage_is_between_acknowledged_writes() -> None:
    before = [attempt(n, n / 10) for n in range(20)]  # to 1.9
    after = [attempt(30, 7.0), attempt(31, 7.1), attempt(32, 9.0)]
    failed = attempt(20, 4.0, acknowledged=False)

    outage = longest_outage([*after, failed, *before], since=1.95)

    assert (outage.began, outage.ended) == (1.9, 7.0)
    assert longest_outage([*before, *after], since=7.05).ended == 9.0
    with pytest.raises(LookupError):
        longest_outage(before, since=1.95)


def test_writers_at_once_are_those_whose_terms_overlap() -> None:
    one = [attempt(n, n / 10, "a") for n in range(20)]
    then = [attempt(n, 2 + n / 10, "b") for n in range(20)]
    again = [attempt(n, 5 + n / 10, "a") for n in range(20)]
    beside = [attempt(n, 5.05 + n / 10, "b") for n in range(5)]

    assert writers_at_once([]) == 0
    assert writers_at_once([*one, *then]) == 1
    assert writers_at_once([*one, *then, *again]) == 1
    assert writers_at_once([*again, *beside]) == 2
