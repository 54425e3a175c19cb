"""Pod specs: what pods of every kind share.

https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from constructs_lib.kube.body import Body, body
from constructs_lib.kube.placement import Toleration, toleration_bodies
from constructs_lib.kube.security import Security, pod_security_context


@dataclass(frozen=True, kw_only=True)
class Hosting:
    """Where pods run, and what the node is told about them."""

    affinity: Body = field(default_factory=dict)
    """Affinity and spread constraints, as fields of the pod."""

    node_selector: Mapping[str, str] = field(default_factory=dict)
    tolerations: tuple[Toleration, ...] = ()
    priority_class: str | None = None
    runtime_class: str | None = None
    image_pull_secrets: tuple[str, ...] = ()

    dns_options: Mapping[str, str] = field(default_factory=dict)
    """Options of the resolver; an empty text is an option without a value."""


def pod_spec(
    hosting: Hosting,
    *,
    account: str,
    token: bool,
    security: Security,
    grace_seconds: int,
    containers: Sequence[Body],
    init_containers: Sequence[Body],
    volumes: Sequence[Body],
) -> Body:
    """``spec`` of a pod."""
    options = [body(name=name, value=text or None) for name, text in hosting.dns_options.items()]
    return body(
        serviceAccountName=account,
        automountServiceAccountToken=token,
        # Without it every Service of the namespace adds variables to every container.
        enableServiceLinks=False,
        priorityClassName=hosting.priority_class,
        runtimeClassName=hosting.runtime_class,
        imagePullSecrets=[{"name": name} for name in hosting.image_pull_secrets],
        securityContext=pod_security_context(security),
        terminationGracePeriodSeconds=grace_seconds,
        nodeSelector=dict(hosting.node_selector),
        tolerations=toleration_bodies(hosting.tolerations),
        dnsConfig=body(options=options),
        **hosting.affinity,
        initContainers=list(init_containers),
        containers=list(containers),
        volumes=list(volumes),
    )
