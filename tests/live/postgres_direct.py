"""Clients that reach PostgreSQL's members past the proxies, and see what each takes by itself."""

import re
from collections.abc import Sequence
from dataclasses import replace

from tests.live.manifests import Document
from tests.live.pod import Pod
from tests.live.postgres_servers import PostgresServers, own
from tests.live.writers.outages import Attempt
from tests.live.writers.writer import Writer

_NAMESPACE = "insiders"

LET_IN: Document = {
    "apiVersion": "networking.k8s.io/v1",
    "kind": "NetworkPolicy",
    "metadata": {"name": "insiders", "namespace": "shop"},
    "spec": {
        "podSelector": {},
        "policyTypes": ["Ingress"],
        "ingress": [
            {
                "from": [
                    {
                        "namespaceSelector": {
                            "matchLabels": {"kubernetes.io/metadata.name": _NAMESPACE}
                        }
                    }
                ],
                "ports": [{"protocol": "TCP", "port": 5432}],
            }
        ],
    },
}
"""Lets them in beside the store's own policies, by which clients reach the proxies alone."""

REFUSAL = "cannot execute INSERT in a read-only transaction"

# Of a former primary that stops, or has stopped, before it follows anybody.
_STOPPED = "the database system is shutting down|connection to server on socket .* failed: No such"


def direct(store: PostgresServers, member: Pod) -> Writer:
    """Writes to a member itself, to a table of its own, from a pod that only `LET_IN` lets in."""
    client = store.cluster.client(_NAMESPACE)
    options = store.writer().options
    return Writer(store.cluster, client, replace(options, host=member.address))


def taken(writer: Writer, since: float) -> Sequence[Attempt]:
    """What has been acknowledged that began after ``since``."""
    return [item for item in writer.attempts if item.acknowledged and item.began > since]


def refused(writer: Writer, since: float) -> bool:
    """Whether a write that began after ``since`` was told that a replica takes none."""
    return any(REFUSAL in item.text for item in writer.attempts if item.began > since)


def takes_none(member: Pod, table: str) -> None:
    """Checks over a member's own socket, which no cut closes, that it knows it is no primary."""
    # A writer begins with 1.
    written = own(member, f"INSERT INTO {table} VALUES (0)")  # noqa: S608 (the test's own words)
    assert written.returncode != 0
    assert re.search(f"{REFUSAL}|{_STOPPED}", written.stdout), written.stdout
