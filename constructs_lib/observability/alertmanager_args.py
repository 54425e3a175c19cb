"""Arguments of Alertmanager.

https://github.com/prometheus/alertmanager/blob/main/cmd/alertmanager/main.go
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

GOSSIP = 9094
"""Where replicas tell each other what they have sent."""

OWN_ARGS = frozenset(
    {
        "--config.file",
        "--storage.path",
        "--data.retention",
        "--web.listen-address",
        "--web.external-url",
        "--web.route-prefix",
        "--cluster.listen-address",
        "--cluster.advertise-address",
        "--cluster.peer-timeout",
        "--cluster.peer",
    }
)
"""What fields say, and what probes, clients and the other replicas count on."""


def arguments(
    *, configuration: str, data_path: str, retention: str, port: int, url: str
) -> Iterator[str]:
    """What every replica is started with."""
    yield f"--config.file={configuration}"
    # A folder below the volume's own, which may belong to root and hold lost+found.
    yield f"--storage.path={data_path}/data"
    yield f"--data.retention={retention}"
    yield f"--web.listen-address=:{port}"
    yield f"--web.external-url={url}"
    # Else it would be the path of that URL, and probes, scrapes and Prometheus ask at the root.
    yield "--web.route-prefix=/"


def cluster_arguments(hosts: Sequence[str], peer_timeout_seconds: int) -> Iterator[str]:
    """By what the replicas at ``hosts`` find each other; a single one waits for nobody."""
    if len(hosts) == 1:
        # Listening for others is what makes it wait for them at every start.
        yield "--cluster.listen-address="
        return
    yield f"--cluster.listen-address=0.0.0.0:{GOSSIP}"
    yield f"--cluster.advertise-address=$(POD_IP):{GOSSIP}"
    yield f"--cluster.peer-timeout={peer_timeout_seconds}s"
    yield from (f"--cluster.peer={host}:{GOSSIP}" for host in hosts)
