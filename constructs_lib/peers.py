"""Peers: who may be on the other side of a connection."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping
from dataclasses import field
from typing import Any

from constructs_lib.errors import Problem
from constructs_lib.naming import label_map_problems, name_problems
from constructs_lib.values import Value


class Pods(Value):
    """Pods as the other side of a connection."""

    namespace: str = field(kw_only=False)
    """Where they run."""

    labels: Mapping[str, str] = field(default_factory=dict)
    """Labels that select them; none selects every pod of the namespace."""

    def problems(self) -> Iterator[Problem]:
        """The namespace's name, and labels that pods can have."""
        yield from name_problems("namespace", self.namespace)
        yield from label_map_problems("labels", self.labels)


class Cidrs(Value):
    """Address ranges as the other side of a connection, for what is no pod of the cluster."""

    blocks: tuple[str, ...] = field(kw_only=False)
    """Ranges such as ``10.20.0.0/16``; one address is a ``/32`` or ``/128``."""

    excluding: tuple[str, ...] = ()
    """Ranges inside ``blocks`` that are not meant."""

    def problems(self) -> Iterator[Problem]:
        """Each range parses, and each exclusion is a part of a block, never all of it."""
        blocks = list(_networks(self.blocks))
        for name in ("blocks", "excluding"):
            for text, network in _networks(getattr(self, name)):
                if network is None:
                    fix = "write address/prefix with the host bits zero, such as 10.20.0.0/16"
                    yield Problem(name, text, "is not an address range", fix)
        if not self.blocks:
            yield Problem("blocks", self.blocks, "names nobody", "list at least one range")
        for text, network in _networks(self.excluding):
            if network is None:
                continue
            fix = "exclude only parts of the blocks"
            if not any(_covers(block, network) for _, block in blocks):
                yield Problem("excluding", text, "is in none of the blocks", fix)
            for whole in (name for name, block in blocks if block and _covers(network, block)):
                yield Problem("excluding", text, f"leaves nothing of {whole}", fix)


def _networks(texts: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
    for text in texts:
        try:
            yield text, ipaddress.ip_network(text) if "/" in text else None
        except ValueError:
            yield text, None


def _covers(block: Any, part: Any) -> bool:
    return block is not None and block.version == part.version and bool(part.subnet_of(block))


Peer = Pods | Cidrs

ANYWHERE = Cidrs(("0.0.0.0/0", "::/0"))
"""Every address, inside the cluster and outside."""
