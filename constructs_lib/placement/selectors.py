"""Selectors of labels, nodes and taints, as the API reads them.

https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/
https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from constructs_lib.placement.nodes import Node, Taint
from constructs_lib.rules.findings import Manifest
from constructs_lib.rules.pods import mapping

Labels = Mapping[str, str]

_KEEPING_OFF = ("NoSchedule", "NoExecute")
"""Effects that keep a pod off a node; ``PreferNoSchedule`` only makes it less welcome."""


def selects(selector: Any, labels: Labels) -> bool:
    """Whether a label selector means an object; an empty one means all, a missing one none."""
    if not isinstance(selector, Mapping):
        return False
    wanted = mapping(selector.get("matchLabels"))
    return all(labels.get(key) == value for key, value in wanted.items()) and all(
        _holds(expression, labels) for expression in selector.get("matchExpressions") or ()
    )


def _holds(expression: Manifest, labels: Labels) -> bool:
    key = expression.get("key", "")
    value, values = labels.get(key), list(expression.get("values") or ())
    match expression.get("operator"):
        case "In":
            return value in values
        case "NotIn":
            return value not in values
        case "Exists":
            return value is not None
        case "DoesNotExist":
            return value is None
        case "Gt":
            return _is_number(value) and int(str(value)) > int(values[0])
        case "Lt":
            return _is_number(value) and int(str(value)) < int(values[0])
    return False


def _is_number(value: str | None) -> bool:
    return value is not None and value.removeprefix("-").isdigit()


def wants_node(spec: Manifest, node: Node) -> bool:
    """Whether a pod's node name, node selector and required node affinity admit ``node``."""
    name = spec.get("nodeName")
    if name and name != node.name:
        return False
    if any(node.labels.get(k) != v for k, v in mapping(spec.get("nodeSelector")).items()):
        return False
    terms = node_terms(spec)
    return terms is None or any(_term_holds(term, node) for term in terms)


def node_terms(spec: Manifest) -> Iterable[Manifest] | None:
    """The terms of the required node affinity, of which one has to hold; None without any."""
    affinity = mapping(mapping(spec.get("affinity")).get("nodeAffinity"))
    required = affinity.get("requiredDuringSchedulingIgnoredDuringExecution")
    return None if required is None else mapping(required).get("nodeSelectorTerms") or ()


def wanted_labels(spec: Manifest) -> list[str]:
    """What a pod asks of its node, as somebody would write it down."""
    found = [f"{key}={value}" for key, value in mapping(spec.get("nodeSelector")).items()]
    if spec.get("nodeName"):
        found.append(f"metadata.name={spec['nodeName']}")
    for term in node_terms(spec) or ():
        for item in (*(term.get("matchExpressions") or ()), *(term.get("matchFields") or ())):
            values = "|".join(map(str, item.get("values") or ()))
            found.append(" ".join(filter(None, (item.get("key"), item.get("operator"), values))))
    return found


def _term_holds(term: Manifest, node: Node) -> bool:
    expressions, fields = term.get("matchExpressions") or (), term.get("matchFields") or ()
    # A term that says nothing means no node.
    return (
        bool(expressions or fields)
        and all(_holds(item, node.labels) for item in expressions)
        and all(_holds(item, {"metadata.name": node.name}) for item in fields)
    )


def untolerated(spec: Manifest, node: Node) -> Taint | None:
    """The first taint of ``node`` that keeps the pod off it; None if it may stay."""
    tolerations = spec.get("tolerations") or ()
    for taint in node.taints:
        if taint.effect in _KEEPING_OFF and not any(_tolerates(t, taint) for t in tolerations):
            return taint
    return None


def _tolerates(toleration: Manifest, taint: Taint) -> bool:
    if toleration.get("effect") not in (None, "", taint.effect):
        return False
    exists = toleration.get("operator") == "Exists"
    if not toleration.get("key"):
        return exists
    same_value = (toleration.get("value") or "") == taint.value
    return toleration["key"] == taint.key and (exists or same_value)
