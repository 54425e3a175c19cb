"""Where rendered objects mention ConfigMaps and Secrets, and which keys they need."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from constructs_lib.rules.findings import Manifest
from constructs_lib.rules.fleet import Fleet
from constructs_lib.rules.pods import PodTemplate, entries, listed, mapping, value_at

_FIELDS = {"ConfigMap": "configMap", "Secret": "secret"}
_RESOURCES = {"ConfigMap": "configmaps", "Secret": "secrets"}
_READING = frozenset({"get", "list", "watch"})
_TLS = ("tls.crt", "tls.key")


class Mention(NamedTuple):
    """One reference to a ConfigMap or Secret, in the namespace of the object that makes it."""

    owner: Manifest
    at: str
    """Where it stands in the owner."""

    name: str
    keys: tuple[str, ...] = ()
    """The keys that are needed; none where the object as a whole is."""

    optional: bool = False


def mentions(fleet: Fleet, kind: str) -> Iterator[Mention]:
    """Every reference to an object of ``kind``, ``ConfigMap`` or ``Secret``."""
    for pod in fleet.pods:
        yield from _variables(fleet, pod, kind)
        yield from _volumes(pod, kind)
    yield from _roles(fleet, kind)
    if kind == "Secret":
        yield from _pulls(fleet)
        yield from _certificates(fleet)


def _variables(fleet: Fleet, pod: PodTemplate, kind: str) -> Iterator[Mention]:
    one, all_keys = f"{_FIELDS[kind]}KeyRef", f"{_FIELDS[kind]}Ref"
    for container in fleet.containers(pod):
        for variable in entries(container.body, "env"):
            source = mapping(value_at(variable, f"valueFrom.{one}"))
            if source:
                at = f"{container.path}.env[{variable.get('name')}]"
                yield _mention(pod.owner, at, source, "name", (str(source.get("key")),))
        for index, entry in enumerate(entries(container.body, "envFrom")):
            source = mapping(entry.get(all_keys))
            if source:
                at = f"{container.path}.envFrom[{index}]"
                yield _mention(pod.owner, at, source, "name", ())


def _volumes(pod: PodTemplate, kind: str) -> Iterator[Mention]:
    field = _FIELDS[kind]
    for volume in entries(pod.spec, "volumes"):
        at = f"{pod.path}.volumes[{volume.get('name')}]"
        own = mapping(volume.get(field))
        if own:
            name = "secretName" if kind == "Secret" else "name"
            yield _mention(pod.owner, at, own, name, _items(own))
        for index, entry in enumerate(entries(volume, "projected.sources")):
            source = mapping(entry.get(field))
            if source:
                where = f"{at}.projected.sources[{index}]"
                yield _mention(pod.owner, where, source, "name", _items(source))


def _mention(
    owner: Manifest, at: str, source: Manifest, name: str, keys: tuple[str, ...]
) -> Mention:
    return Mention(owner, at, str(source.get(name)), keys, optional=source.get("optional") is True)


def _items(source: Manifest) -> tuple[str, ...]:
    return tuple(str(item.get("key")) for item in entries(source, "items"))


def _roles(fleet: Fleet, kind: str) -> Iterator[Mention]:
    """Objects that a Role lets its holder read by name.

    Whoever may write them may be the one who makes them.
    """
    for role in fleet.of_kind("rbac.authorization.k8s.io", "Role"):
        for index, rule in enumerate(entries(role, "rules")):
            named = _RESOURCES[kind] in listed(rule, "resources")
            if named and _READING.issuperset(listed(rule, "verbs")):
                for name in listed(rule, "resourceNames"):
                    yield Mention(role, f"rules[{index}].resourceNames", str(name))


def _pulls(fleet: Fleet) -> Iterator[Mention]:
    """Credentials for pulling images, of pods and of ServiceAccounts."""
    for pod in fleet.pods:
        for entry in entries(pod.spec, "imagePullSecrets"):
            yield Mention(pod.owner, f"{pod.path}.imagePullSecrets", str(entry.get("name")))
    for account in fleet.of_kind("", "ServiceAccount"):
        for entry in entries(account, "imagePullSecrets"):
            yield Mention(account, "imagePullSecrets", str(entry.get("name")))


def _certificates(fleet: Fleet) -> Iterator[Mention]:
    """Key pairs of Ingresses and Gateways; an Ingress without a name takes the controller's own."""
    for ingress in fleet.of_kind("networking.k8s.io", "Ingress"):
        for index, entry in enumerate(entries(ingress, "spec.tls")):
            if entry.get("secretName"):
                yield Mention(ingress, f"spec.tls[{index}]", str(entry["secretName"]), _TLS)
    for gateway in fleet.of_kind("gateway.networking.k8s.io", "Gateway"):
        for listener in entries(gateway, "spec.listeners"):
            for entry in entries(listener, "tls.certificateRefs"):
                if entry.get("kind", "Secret") == "Secret" and not entry.get("namespace"):
                    at = f"spec.listeners[{listener.get('name')}].tls"
                    yield Mention(gateway, at, str(entry.get("name")), _TLS)
