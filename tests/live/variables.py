"""The environment of a container, as the kubelet makes it."""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from constructs_lib.quantity import parse
from tests.live.identity import Identity
from tests.live.manifests import Contents, Document, ManifestError, Manifests
from tests.live.network import API_SERVER

_REFERENCE = re.compile(r"\$(?:\$|\(([^)]*)\))")
_UNLIMITED = {"limits.cpu": Fraction(2), "limits.memory": Fraction(8 * 2**30)}


def expand(text: str, values: Mapping[str, str]) -> str:
    """``text`` with ``$(NAME)`` replaced; ``$$`` is a dollar, and unknown names stay."""
    return _REFERENCE.sub(
        lambda found: "$" if found[0] == "$$" else values.get(found[1], found[0]), text
    )


def environment(
    container: Document, identity: Identity, manifests: Manifests, services: Mapping[str, str]
) -> dict[str, str]:
    """The variables of a container that its manifest asks for.

    ``services`` are those that come from other objects, and give way to the manifest's.
    """
    values: dict[str, str] = {}
    for source in container.get("envFrom", ()):
        values |= _all_of(source, identity, manifests)
    for item in container.get("env", ()):
        if "valueFrom" in item:
            found = _value_from(item["valueFrom"], container, identity, manifests)
        else:
            found = expand(item.get("value", ""), {**services, **values})
        if found is not None:
            values[item["name"]] = found
    return {**services, **values}


def service_variables(
    services: Sequence[tuple[Document, str]], identity: Identity
) -> dict[str, str]:
    """Addresses of Services as variables: of the API server always, of others unless declined."""
    values = dict(_links("kubernetes", API_SERVER, [{"name": "https", "port": 443}]))
    if identity.spec.get("enableServiceLinks", True):
        for service, address in services:
            values |= _links(service["metadata"]["name"], address, service["spec"]["ports"])
    return values


def _links(name: str, address: str, ports: Sequence[Document]) -> Iterator[tuple[str, str]]:
    prefix = name.upper().replace("-", "_")
    yield f"{prefix}_SERVICE_HOST", address
    yield f"{prefix}_SERVICE_PORT", str(ports[0]["port"])
    for port in ports:
        if port.get("name"):
            suffix = port["name"].upper().replace("-", "_")
            yield f"{prefix}_SERVICE_PORT_{suffix}", str(port["port"])
    yield f"{prefix}_PORT", _url(ports[0], address)
    for port in ports:
        protocol = port.get("protocol", "TCP")
        start = f"{prefix}_PORT_{port['port']}_{protocol}"
        yield start, _url(port, address)
        yield f"{start}_PROTO", protocol.lower()
        yield f"{start}_PORT", str(port["port"])
        yield f"{start}_ADDR", address


def _url(port: Document, address: str) -> str:
    return f"{port.get('protocol', 'TCP').lower()}://{address}:{port['port']}"


def _all_of(source: Document, identity: Identity, manifests: Manifests) -> dict[str, str]:
    contents = _contents(source, "Ref", identity, manifests)
    prefix = source.get("prefix", "")
    return {prefix + key: value.decode() for key, value in (contents or {}).items()}


def _value_from(
    source: Document, container: Document, identity: Identity, manifests: Manifests
) -> str | None:
    if "fieldRef" in source:
        return identity.field_value(source["fieldRef"]["fieldPath"])
    if "resourceFieldRef" in source:
        return _resource(source["resourceFieldRef"], container)
    contents = _contents(source, "KeyRef", identity, manifests)
    reference = source.get("secretKeyRef") or source["configMapKeyRef"]
    if contents is not None and reference["key"] in contents:
        return contents[reference["key"]].decode()
    if reference.get("optional"):
        return None
    msg = f"{identity.namespace}/{identity.name}: {reference['name']} has no {reference['key']!r}"
    raise ManifestError(msg)


def _contents(
    source: Document, suffix: str, identity: Identity, manifests: Manifests
) -> Contents | None:
    """What is in the ConfigMap or Secret that ``source`` names."""
    lookups = {"secret": manifests.secret, "configMap": manifests.config_map}
    for kind, lookup in lookups.items():
        reference = source.get(f"{kind}{suffix}")
        if reference is None:
            continue
        found = lookup(identity.namespace, reference["name"])
        if found is None and not reference.get("optional"):
            msg = f"{identity.namespace}/{identity.name}: no {kind} {reference['name']!r}"
            raise ManifestError(msg)
        return found
    msg = f"{identity.namespace}/{identity.name}: nothing known in {dict(source)}"
    raise ManifestError(msg)


def _resource(reference: Document, container: Document) -> str:
    section, name = reference["resource"].split(".")
    text = container.get("resources", {}).get(section, {}).get(name)
    amount = parse(text) if text is not None else _UNLIMITED[f"limits.{name}"]
    return str(math.ceil(Fraction(amount) / Fraction(parse(reference.get("divisor", "1")))))
