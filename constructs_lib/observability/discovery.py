"""What follows from who is watched: namespaces, Roles in them, who sends traces; pure.

A Role in each watched namespace, and nothing for the whole cluster.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from constructs_lib.kube import rbac
from constructs_lib.kube.body import Body
from constructs_lib.kube.metadata import Owner, object_metadata
from constructs_lib.kube.rbac import Rule
from constructs_lib.kube.signals import Signals
from constructs_lib.naming import selector
from constructs_lib.observability.scrape import pod_targets
from constructs_lib.refs import Pods

PODS = (Rule(verbs=("get", "list", "watch"), resources=("pods",)),)
"""What it takes to find pods."""


def watched_namespaces(signals: Sequence[Signals]) -> tuple[str, ...]:
    """Every namespace that somebody tells of, and of pods that are scraped; sorted.

    Nodes belong to none, and nobody watches what else runs beside cert-manager.
    """
    found = {item.namespace for item in signals}
    told = [item for item in signals if item.kind != "cert-manager"]
    found |= {target.pods.namespace for target in pod_targets(told)}
    return tuple(sorted(found))


def searched_namespaces(signals: Sequence[Signals]) -> tuple[str, ...]:
    """Every namespace in which Prometheus has to find pods; sorted."""
    scraped = {target.pods.namespace for target in pod_targets(signals)}
    return tuple(sorted({*watched_namespaces(signals), *scraped}))


def trace_senders(signals: Sequence[Signals]) -> tuple[Pods, ...]:
    """The pods of every workload that sends traces, and no others of its namespace."""
    return tuple(
        Pods(item.namespace, labels=selector(item.name, item.app))
        for item in signals
        if item.traces
    )


def reading_roles(
    owner: Owner, account: str, namespaces: Iterable[str], rules: tuple[Rule, ...]
) -> Iterator[tuple[str, Body]]:
    """A Role and its binding in each namespace for ServiceAccount ``account`` of ``owner``'s own.

    By their ids. Two stacks may watch a namespace, so the names there say whose they are.
    """
    home = owner.app_namespace
    for namespace in namespaces:
        name = account if namespace == home else f"{home}-{account}"
        metadata = object_metadata(owner, name, workload=account)
        metadata["namespace"] = namespace
        yield f"role-{namespace}", rbac.role(metadata, rules)
        yield (
            f"role-binding-{namespace}",
            rbac.role_binding(metadata, role_name=name, account=account, account_namespace=home),
        )


def cluster_roles(
    owner: Owner, account: str, rules: tuple[Rule, ...]
) -> Iterator[tuple[str, Body]]:
    """A ClusterRole and its binding for ServiceAccount ``account`` of ``owner``'s namespace."""
    home = owner.app_namespace
    name = f"{home}-{account}-nodes"
    metadata = object_metadata(owner, name, workload=account)
    del metadata["namespace"]
    yield "cluster-role", rbac.cluster_role(metadata, rules)
    yield (
        "cluster-role-binding",
        rbac.cluster_role_binding(
            metadata, role_name=name, account=account, account_namespace=home
        ),
    )
