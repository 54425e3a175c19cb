"""Rules as files that Prometheus reads: one for each workload, several to a ConfigMap.

https://prometheus.io/docs/prometheus/latest/configuration/recording_rules/
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence

from constructs_lib.errors import Problem
from constructs_lib.kube.rule_groups import rule_groups
from constructs_lib.kube.signals import Signals
from constructs_lib.yaml_text import to_yaml

_ANNOTATION_BYTES = 256 * 1024
"""``kubectl apply`` writes an object a second time, as JSON, into an annotation. All annotations of
an object hold this much.
https://github.com/kubernetes/kubernetes/blob/v1.34.0/staging/src/k8s.io/apimachinery/pkg/api/validation/objectmeta.go"""

_MOST_BYTES = _ANNOTATION_BYTES - 4 * 1024
"""Most that rules take of it. The rest is for metadata and other annotations."""


def rule_files(signals: Sequence[Signals], *, runbooks: str | None) -> dict[str, str]:
    """Text by file name, ``<namespace>.<workload>.yaml``; of those with rules only."""
    found = {
        f"{item.namespace}.{item.name}.yaml": rule_groups(item, runbooks=runbooks)
        for item in signals
    }
    return {name: to_yaml([{"groups": found[name]}]) for name in sorted(found) if found[name]}


def packed(files: Mapping[str, str]) -> list[dict[str, str]]:
    """``files`` as they are shared among ConfigMaps."""
    shares: list[dict[str, str]] = []
    size = 0
    for name, text in files.items():
        more = _applied_bytes(name, text)
        if not shares or size + more > _MOST_BYTES:
            shares.append({})
            size = 0
        shares[-1][name] = text
        size += more
    return shares


def rule_problems(
    field: str, signals: Sequence[Signals], *, runbooks: str | None
) -> Iterator[Problem]:
    """Whether every group has a name of its own, and each file a ConfigMap that can be applied."""
    yield from _twins(field, signals)
    for name, text in rule_files(signals, runbooks=runbooks).items():
        size = _applied_bytes(name, text)
        if size > _MOST_BYTES:
            why = (
                f"is {size} bytes as JSON, and kubectl apply writes it into an annotation: "
                f"{_ANNOTATION_BYTES} bytes, less 4096 for metadata, leave {_MOST_BYTES}"
            )
            yield Problem(field, name, why, "declare fewer rules of one workload")


def _applied_bytes(name: str, text: str) -> int:
    """What a file takes in that annotation: Go writes <, > and & as six characters each."""
    written = json.dumps({name: text}, ensure_ascii=False)
    return len(written.encode()) + 5 * sum(written.count(sign) for sign in "<>&")


def _twins(field: str, signals: Sequence[Signals]) -> Iterator[Problem]:
    """Two of one name: Prometheus refuses groups, and jobs, that are called alike."""
    names = [f"{item.app}/{item.name}" for item in signals]
    jobs = [target.name for item in signals for target in item.targets]
    for what, found in (("workloads", names), ("targets", jobs)):
        for name in sorted({name for name in found if found.count(name) > 1}):
            fix = "pass what each chart tells once"
            yield Problem(field, name, f"is the name of two {what}", fix)
