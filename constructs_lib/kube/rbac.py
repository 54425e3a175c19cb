"""ServiceAccounts and what they may do.

https://kubernetes.io/docs/reference/access-authn-authz/rbac/
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field

from constructs_lib.errors import Problem
from constructs_lib.kube.body import Body, body
from constructs_lib.naming import OBJECT_LIMIT, annotation_problems, name_problems
from constructs_lib.refs import plus_name
from constructs_lib.values import Value

_GROUP = "rbac.authorization.k8s.io"
_UNNAMED_VERBS = frozenset({"create", "list", "watch", "deletecollection"})


class ExistingServiceAccount(Value):
    """A ServiceAccount that somebody else makes."""

    name: str = field(kw_only=False)
    """Its name."""

    token: bool = False
    """Whether pods get its token, and a way to the API server, also without ``rules``: for accounts
    whose roles are bound elsewhere. Default False."""

    @classmethod
    def of(cls, account: object, *, token: bool = False) -> ExistingServiceAccount:
        """A ``cdk8s_plus_27.ServiceAccount``."""
        return cls(plus_name(account), token=token)

    def problems(self) -> Iterator[Problem]:
        """The name."""
        yield from name_problems("name", self.name, limit=OBJECT_LIMIT)


class OwnServiceAccount(Value):
    """A ServiceAccount of the workload's own, named after it."""

    annotations: Mapping[str, str] = field(default_factory=dict)
    """Annotations, for example the cloud role that pods act as."""

    token: bool = False
    """Whether pods get its token, and a way to the API server, also without ``rules``: where roles
    are bound to it elsewhere. Default False."""

    def problems(self) -> Iterator[Problem]:
        """Keys of annotations."""
        yield from annotation_problems("annotations", self.annotations)


class Rule(Value):
    """Verbs on resources of the namespace."""

    verbs: tuple[str, ...]
    """For example ``get``, ``list``, ``watch``; no ``*``."""

    resources: tuple[str, ...]
    """Plural names, for example ``pods`` or ``pods/log``; no ``*``."""

    api_groups: tuple[str, ...] = ("",)
    """API groups; the empty one is core. Default core."""

    names: tuple[str, ...] = ()
    """Names of single objects; none is all of them."""

    def problems(self) -> Iterator[Problem]:
        """No wildcards, and names only for verbs that know a name."""
        for name in ("verbs", "resources", "api_groups"):
            items = getattr(self, name)
            if not items:
                yield Problem(name, items, "allows nothing", "list at least one")
            if "*" in items:
                yield Problem(name, items, "allows everything", "list what the service needs")
        unnamed = sorted(_UNNAMED_VERBS.intersection(self.verbs))
        if self.names and unnamed:
            why = f"limits {', '.join(unnamed)}, whose requests carry no name, to nothing"
            yield Problem("names", self.names, why, "put those verbs into a Rule without names")


def service_account(metadata: Body, *, token: bool) -> Body:
    """A ServiceAccount; ``token`` tells whether its pods get credentials of the API."""
    return {
        "apiVersion": "v1",
        "kind": "ServiceAccount",
        "metadata": metadata,
        "automountServiceAccountToken": token,
    }


def role(metadata: Body, rules: tuple[Rule, ...]) -> Body:
    """A Role with ``rules``."""
    return {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "Role",
        "metadata": metadata,
        "rules": [
            body(
                apiGroups=list(rule.api_groups),
                resources=list(rule.resources),
                resourceNames=list(rule.names),
                verbs=list(rule.verbs),
            )
            for rule in rules
        ],
    }


def role_binding(
    metadata: Body, *, role_name: str, account: str, account_namespace: str | None = None
) -> Body:
    """Role ``role_name`` for ServiceAccount ``account``, by default of the same namespace."""
    namespace = account_namespace or metadata["namespace"]
    return _binding("RoleBinding", metadata, "Role", role_name, account, namespace)


def cluster_role(metadata: Body, rules: tuple[Rule, ...]) -> Body:
    """A ClusterRole with ``rules``, for objects that belong to no namespace."""
    return {**role(metadata, rules), "kind": "ClusterRole"}


def cluster_role_binding(
    metadata: Body, *, role_name: str, account: str, account_namespace: str
) -> Body:
    """ClusterRole ``role_name`` for ServiceAccount ``account``."""
    return _binding(
        "ClusterRoleBinding", metadata, "ClusterRole", role_name, account, account_namespace
    )


def _binding(
    kind: str, metadata: Body, role_kind: str, role_name: str, account: str, namespace: str
) -> Body:
    subject: Mapping[str, str] = {
        "kind": "ServiceAccount",
        "name": account,
        "namespace": namespace,
    }
    reference = {"apiGroup": _GROUP, "kind": role_kind, "name": role_name}
    return {
        "apiVersion": f"{_GROUP}/v1",
        "kind": kind,
        "metadata": metadata,
        "roleRef": reference,
        "subjects": [subject],
    }
