"""Every ConfigMap, Secret, account and claim that an object refers to will be there."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from constructs_lib.rules.findings import Finding, Manifest, described, nearest
from constructs_lib.rules.fleet import Fleet
from constructs_lib.rules.mentions import Mention, mentions
from constructs_lib.rules.pods import entries, mapping, name_of, namespace_of, value_at
from constructs_lib.rules.promises import Keys

CONFIG_MAP = "references/config-map"
SECRET = "references/secret"  # noqa: S105  (a rule's name)
SERVICE_ACCOUNT = "references/service-account"
CLAIM = "references/claim"
VOLUME = "references/volume"
ROLE = "references/role"
NAMES = (CONFIG_MAP, SECRET, SERVICE_ACCOUNT, CLAIM, VOLUME, ROLE)

_ROOT = "kube-root-ca.crt"
"""ConfigMap that every namespace has."""

_RBAC = "rbac.authorization.k8s.io"


class _Kind(NamedTuple):
    """Objects with keys that pods read."""

    rule: str
    kind: str
    found: Callable[[Fleet], Mapping[tuple[str, str], Keys]]
    fix: str


def config_maps(manifests: Sequence[Manifest]) -> list[Finding]:
    """A finding for each ConfigMap, or key of one, that is needed and not rendered."""
    fix = "render it, or list it in Known.objects if somebody else makes it"
    kind = _Kind(CONFIG_MAP, "ConfigMap", lambda fleet: fleet.config_maps, fix)
    return list(_missing(Fleet.of(manifests), kind))


def secrets(manifests: Sequence[Manifest]) -> list[Finding]:
    """A finding for each Secret, or key of one, that is needed and that nothing will make."""
    fix = "make it an AppSecret (source=ExistingSecret() if somebody else makes it) with that key"
    kind = _Kind(SECRET, "Secret", lambda fleet: fleet.secrets, fix)
    return list(_missing(Fleet.of(manifests), kind))


def _missing(fleet: Fleet, kind: _Kind) -> Iterator[Finding]:
    found = kind.found(fleet)
    for mention in mentions(fleet, kind.kind):
        owner = mention.owner
        if mention.optional or (kind.kind == "ConfigMap" and mention.name == _ROOT):
            continue
        namespace = namespace_of(owner)
        if (namespace, mention.name) not in found:
            near = nearest(mention.name, (name for place, name in found if place == namespace))
            message = f"{mention.at} needs {kind.kind} {namespace}/{mention.name}; {near}"
            yield Finding(kind.rule, described(owner), message, kind.fix)
            continue
        for message in _without_keys(mention, kind.kind, found[namespace, mention.name]):
            yield Finding(kind.rule, described(owner), message, kind.fix)


def _without_keys(mention: Mention, kind: str, keys: Keys) -> Iterator[str]:
    missing = [key for key in mention.keys if keys is not None and key not in keys]
    if missing:
        which = f"{mention.at} needs key {', '.join(missing)} of {kind} {mention.name}"
        yield f"{which}; {nearest(missing[0], keys or ())}"


def service_accounts(manifests: Sequence[Manifest]) -> list[Finding]:
    """A finding for each ServiceAccount that pods run as, or that gets a role, and is not there."""
    fleet = Fleet.of(manifests)
    findings: list[Finding] = []
    for owner, at, namespace, name in _accounts(fleet):
        accounts = fleet.names("", "ServiceAccount", namespace) | {"default"}
        # Nothing is known of accounts in namespaces that are somebody else's.
        ours = namespace == namespace_of(owner) or namespace in fleet.namespaces
        if ours and name not in accounts:
            message = f"{at} is {namespace}/{name}; {nearest(name, accounts)}"
            fix = "render the ServiceAccount, or list it in Known.objects"
            findings.append(Finding(SERVICE_ACCOUNT, described(owner), message, fix))
    return findings


def _accounts(fleet: Fleet) -> Iterator[tuple[Manifest, str, str, str]]:
    """Object, field, namespace and name of each ServiceAccount that something refers to."""
    for pod in fleet.pods:
        name = pod.spec.get("serviceAccountName")
        if name:
            yield pod.owner, f"{pod.path}.serviceAccountName", pod.namespace, str(name)
    for kind in ("RoleBinding", "ClusterRoleBinding"):
        for binding in fleet.of_kind(_RBAC, kind):
            for index, subject in enumerate(entries(binding, "subjects")):
                if subject.get("kind") == "ServiceAccount":
                    namespace = str(subject.get("namespace") or namespace_of(binding))
                    yield binding, f"subjects[{index}]", namespace, str(subject.get("name"))


def claims(manifests: Sequence[Manifest]) -> list[Finding]:
    """A finding for each claim that pods mount and nothing makes.

    A StatefulSet makes one of each of its templates for each pod, such as ``data-redis-0``.
    """
    fleet = Fleet.of(manifests)
    findings: list[Finding] = []
    for pod in fleet.pods:
        for volume in entries(pod.spec, "volumes"):
            name = value_at(volume, "persistentVolumeClaim.claimName")
            if name is None:
                continue
            known = fleet.names("", "PersistentVolumeClaim", pod.namespace)
            known |= fleet.made_claims.get(pod.namespace, frozenset())
            if str(name) not in known:
                at = f"{pod.path}.volumes[{volume.get('name')}].persistentVolumeClaim"
                message = f"{at} needs claim {pod.namespace}/{name}; {nearest(str(name), known)}"
                fix = "render the claim, or list it in Known.objects"
                findings.append(Finding(CLAIM, described(pod.owner), message, fix))
    return findings


def volumes(manifests: Sequence[Manifest]) -> list[Finding]:
    """A finding for each mount of a volume that its pod does not have."""
    fleet = Fleet.of(manifests)
    findings: list[Finding] = []
    for pod in fleet.pods:
        templates = entries(pod.owner, "spec.volumeClaimTemplates")
        known = {str(volume.get("name")) for volume in entries(pod.spec, "volumes")}
        known.update(map(name_of, templates))
        for container in fleet.containers(pod):
            for field in ("volumeMounts", "volumeDevices"):
                for mount in entries(container.body, field):
                    name = str(mount.get("name"))
                    if name not in known:
                        at = f"{container.path}.{field}[{name}]"
                        message = f"{at} is no volume of the pod; {nearest(name, known)}"
                        fix = "add it to the pod's volumes, or mount one that is there"
                        findings.append(Finding(VOLUME, described(pod.owner), message, fix))
    return findings


def roles(manifests: Sequence[Manifest]) -> list[Finding]:
    """A finding for each binding to a Role that is not rendered.

    ClusterRoles come with the cluster and with operators, so only Roles are looked for.
    """
    fleet = Fleet.of(manifests)
    findings: list[Finding] = []
    for binding in fleet.of_kind(_RBAC, "RoleBinding"):
        reference = mapping(binding.get("roleRef"))
        namespace, name = namespace_of(binding), str(reference.get("name"))
        known = fleet.names(_RBAC, "Role", namespace)
        if reference.get("kind") == "Role" and name not in known:
            message = f"roleRef needs Role {namespace}/{name}; {nearest(name, known)}"
            fix = "render the Role, or list it in Known.objects"
            findings.append(Finding(ROLE, described(binding), message, fix))
    return findings
