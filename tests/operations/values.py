"""Values of ``apps/`` that stand for those of a real cluster, found by what they are used for."""

import re
from collections.abc import Iterator, Sequence
from itertools import takewhile
from typing import Final

from tests.operations.deployed import PROJECT, WITH_PODS, Deployed, containers_of, peers_of

_PUBLIC: Final = ("docker.io/", "gcr.io/", "ghcr.io/", "quay.io/", "registry.k8s.io/")
_SOURCES: Final = sorted((PROJECT / "apps").rglob("*.py"))


def values(deployed: Deployed) -> list[Sequence[str]]:
    """What each is for, what it is, and the file it is set in."""
    rows: list[Sequence[str]] = [("value", "is now", "set in")]
    for purpose, found in _found(deployed):
        listed = sorted(set(found))
        files = sorted({file for text in listed for file in _files(text)})
        shown = ", ".join(f"`{text}`" for text in listed)
        rows.append((purpose, shown, ", ".join(f"`{file}`" for file in files)))
    return rows


def _found(deployed: Deployed) -> Iterator[tuple[str, list[str]]]:
    yield "domain of all hosts", [_shared_end(_hosts(deployed))]
    yield "registry of own images", [image.rpartition("/")[0] for image in _own_images(deployed)]
    yield "reserved address of the TURN server", _addresses(deployed)
    for name in ("kafka", "clickhouse"):
        yield f"addresses of {name}", _endpoints(deployed, name)
    yield "addresses of the cluster's DNS", _blocks(deployed, dns=True)
    yield "addresses of the API server", _blocks(deployed, dns=False)
    yield "networks of the nodes", _kubelets(deployed)
    yield "where the pages of runbooks are read", _runbooks(deployed)
    yield "bucket of backups", _variables(deployed, "BACKUP_ROOT", bucket=True)
    yield "object storage of backups", _variables(deployed, "RCLONE_CONFIG_S3_ENDPOINT")
    media = deployed.find("ConfigMap", "nova", "media-service-config")
    assert media is not None
    yield (
        "bucket and region of media-service",
        [media["data"][name] for name in ("S3_BUCKET", "AWS_REGION")],
    )


def _hosts(deployed: Deployed) -> list[str]:
    return [rule["host"] for item in deployed.every("Ingress") for rule in item["spec"]["rules"]]


def _shared_end(hosts: list[str]) -> str:
    """The domain that all hosts are below."""
    # The last label first; not strict, since names are of several lengths.
    labels = zip(*(reversed(host.split(".")) for host in hosts), strict=False)
    shared = takewhile(lambda each: len(set(each)) == 1, labels)
    return ".".join(reversed([each[0] for each in shared]))


def _kubelets(deployed: Deployed) -> list[str]:
    return [
        peer["ipBlock"]["cidr"]
        for policy in deployed.every("NetworkPolicy")
        for rule in policy["spec"].get("egress", ())
        for peer in rule.get("to", ())
        if "ipBlock" in peer and 10250 in [port.get("port") for port in rule.get("ports", ())]
    ]


def _runbooks(deployed: Deployed) -> list[str]:
    return [
        link.rpartition("/")[0]
        for item in deployed.every("ConfigMap")
        for text in item["data"].values()
        for link in re.findall(r"runbook_url: (\S+)\.md#", text)
    ]


def _own_images(deployed: Deployed) -> list[str]:
    images = {c["image"] for item in deployed.every(*WITH_PODS) for c in containers_of(item)}
    return [image for image in images if not image.startswith(_PUBLIC)]


def _addresses(deployed: Deployed) -> list[str]:
    services = (item["spec"] for item in deployed.every("Service"))
    return [spec["loadBalancerIP"] for spec in services if "loadBalancerIP" in spec]


def _endpoints(deployed: Deployed, name: str) -> list[str]:
    return [
        address
        for item in deployed.every("EndpointSlice")
        if item["metadata"]["name"] == name
        for end in item["endpoints"]
        for address in end["addresses"]
    ]


def _blocks(deployed: Deployed, *, dns: bool) -> list[str]:
    """Single addresses that policies name: those of DNS, or those of nothing listed above."""
    elsewhere = {
        address for name in ("kafka", "clickhouse") for address in _endpoints(deployed, name)
    }
    found = set()
    for policy in deployed.every("NetworkPolicy"):
        for rule in policy["spec"].get("egress", ()):
            ports = {port.get("port") for port in rule.get("ports", ())}
            for peer in peers_of({"spec": {"egress": [rule]}}):
                address, _, length = peer.get("ipBlock", {}).get("cidr", "").partition("/")
                if length == "32" and address not in elsewhere and (53 in ports) == dns:
                    found.add(address)
    return sorted(found)


def _variables(deployed: Deployed, name: str, *, bucket: bool = False) -> list[str]:
    found = [
        entry["value"]
        for item in deployed.every(*WITH_PODS)
        for container in containers_of(item)
        for entry in container.get("env", ())
        if entry["name"] == name
    ]
    return [value.removeprefix("s3:").partition("/")[0] for value in found] if bucket else found


def _files(value: str) -> Iterator[str]:
    for file in _SOURCES:
        if f'"{value}' in file.read_text(encoding="utf-8"):
            yield file.relative_to(PROJECT).as_posix()
