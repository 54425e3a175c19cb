"""What does not fit among the fields of Prometheus."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from constructs_lib.errors import Problem
from constructs_lib.kube.promql import label_name_problems
from constructs_lib.observability.prometheus_file import REPLICA
from constructs_lib.observability.remote_write import RemoteWrite
from constructs_lib.quantity import memory, parse

_SHARE_OF_VOLUME = Decimal("0.8")
_MEBI = 2**20
_DURATION = re.compile(r"[1-9][0-9]*(h|d|w|y)")


def server_problems(
    replicas: int | None, user: int, retention: str, startup_seconds: int
) -> Iterator[Problem]:
    """How many there may be, as whom they run, how long they keep samples and may take to start."""
    if replicas not in (None, 1, 2):
        why = "do the same work over and over"
        fix = "use 1 or 2; share what is watched among several stacks where it is too much"
        yield Problem("replicas", replicas, why, fix)
    if user < 1:
        yield Problem("user", user, "is root", "use the image's numeric id, 1 or more")
    if not _DURATION.fullmatch(retention):
        yield Problem("retention", retention, "is no time to keep", "write one like '15d'")
    if startup_seconds < 1:
        yield Problem("startup_seconds", startup_seconds, "must be positive", "use 1 or more")


def kept_mebibytes(given: str | None, volume: str) -> int:
    """Most that is kept on a volume: what was ``given``, or a share of it."""
    size = parse(volume) * _SHARE_OF_VOLUME if given is None else parse(given)
    return int(size // _MEBI)


def size_problems(given: str | None, volume: str) -> Iterator[Problem]:
    """Whether what is kept is anything, and leaves room on its volume."""
    disk = parse(volume)
    if kept_mebibytes(given, volume) < 1:
        field, size = ("volume.size", volume) if given is None else ("engine.retention_size", given)
        why = "keeps less than 1Mi, and Prometheus takes 0 MB for no bound at all"
        yield Problem(field, size, why, "use some Gi")
        return
    most = disk * _SHARE_OF_VOLUME // 1
    if given is not None and parse(given) > most:
        why = (
            f"is {parse(given) / disk:.0%} of the volume of {volume}: blocks are removed only "
            "after the next is written, the write-ahead log comes on top, and a full disk stops "
            "everything"
        )
        fix = f"use at most {_SHARE_OF_VOLUME:.0%}, {memory(most)}, or a larger volume"
        yield Problem("engine.retention_size", given, why, fix)


def label_problems(labels: Mapping[str, str]) -> Iterator[Problem]:
    """Whether external labels are labels, and leave servers apart."""
    for name in labels:
        yield from label_name_problems("external_labels", name)
        if name == REPLICA:
            why = "is what tells two servers apart"
            yield Problem("external_labels", name, why, "leave it out, or name it otherwise")


def remote_problems(stores: Sequence[RemoteWrite]) -> Iterator[Problem]:
    """Whether stores that samples are written to have names of their own."""
    names = [item.name for item in stores]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield Problem("remote_write", name, "is the name of two", "rename one of them")
