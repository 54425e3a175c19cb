"""Which pods the rendered policies cut off from an address outside the cluster's network."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from constructs_lib.rules.findings import Manifest, described
from constructs_lib.rules.labels import fixed, matches, selector_of
from constructs_lib.rules.pods import (
    PodTemplate,
    entries,
    listed,
    mapping,
    namespace_of,
    pod_templates,
    value_at,
)


class Address(NamedTuple):
    """An address and a TCP port."""

    host: str
    port: int

    def __str__(self) -> str:
        """As messages have it."""
        return f"{self.host} port {self.port}"

    @property
    def block(self) -> str:
        """The address alone, as a CIDR."""
        return str(ipaddress.ip_network(self.host))


@dataclass(frozen=True)
class CutOff:
    """A workload whose pods need the API server and do not reach it."""

    name: str
    """Kind, namespace and name."""

    allowed: tuple[str, ...]
    """The addresses and ports that its policies allow."""


def cut_off(manifests: Sequence[Manifest], servers: Sequence[Address]) -> list[CutOff]:
    """The workloads whose pods get a token for the API server and reach none of ``servers``."""
    policies = [body for body in manifests if body.get("kind") == "NetworkPolicy"]
    found = []
    for pod in pod_templates(manifests) if servers else ():
        own = [policy for policy in policies if _restricts(policy, pod)]
        if pod.spec.get("automountServiceAccountToken") is not True or not own:
            continue
        rules = [rule for policy in own for rule in entries(policy, "spec.egress")]
        if not any(_allows(rule, server) for rule in rules for server in servers):
            allowed = tuple(text for rule in rules for text in _blocks(rule))
            found.append(CutOff(described(pod.owner), allowed))
    return found


def _restricts(policy: Manifest, pod: PodTemplate) -> bool:
    return (
        namespace_of(policy) == pod.namespace
        and "Egress" in listed(policy, "spec.policyTypes")
        and matches(selector_of(value_at(policy, "spec.podSelector")), fixed(pod.labels))
    )


def _allows(rule: Manifest, server: Address) -> bool:
    to, ports = entries(rule, "to"), entries(rule, "ports")
    return (not to or any(_holds(mapping(peer.get("ipBlock")), server.host) for peer in to)) and (
        not ports or any(_opens(port, server.port) for port in ports)
    )


def _holds(block: Mapping[str, Any], host: str) -> bool:
    address = ipaddress.ip_address(host)
    return bool(block) and (
        address in _network(block["cidr"])
        and not any(address in _network(cidr) for cidr in block.get("except") or ())
    )


def _network(cidr: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    """A CIDR as the API reads it: of an address inside the block, the block."""
    return ipaddress.ip_network(cidr, strict=False)


def _opens(port: Mapping[str, Any], number: int) -> bool:
    first = port.get("port", number)
    if port.get("protocol", "TCP") != "TCP" or not isinstance(first, int):
        return False
    return first <= number <= int(port.get("endPort", first))


def _blocks(rule: Manifest) -> Iterator[str]:
    """The addresses of a rule with their ports."""
    numbers = [str(port["port"]) for port in entries(rule, "ports") if "port" in port]
    for peer in entries(rule, "to"):
        if cidr := mapping(peer.get("ipBlock")).get("cidr"):
            yield f"{cidr} port {', '.join(numbers)}" if numbers else str(cidr)
