"""What a Prometheus would learn of pods from an API server, written down.

https://prometheus.io/docs/prometheus/latest/configuration/configuration/#pod
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tests.live.identity import Identity
from tests.live.manifests import selects

_META = "__meta_kubernetes"
_NO_NAME = re.compile(r"[^a-zA-Z0-9_]")


def without_discovery(configuration: Mapping[str, Any], pods: Sequence[Identity]) -> dict[str, Any]:
    """``configuration`` with ``static_configs`` in place of every ``kubernetes_sd_configs``: one
    for each port of each container of the pods that the latter would find, with the same labels.
    """
    jobs = [_job(job, pods) for job in configuration["scrape_configs"]]
    return {**configuration, "scrape_configs": jobs}


def _job(job: Mapping[str, Any], pods: Sequence[Identity]) -> dict[str, Any]:
    static = [
        offer
        for wanted in job["kubernetes_sd_configs"]
        for pod in pods
        if _finds(wanted, pod)
        for offer in _offers(pod)
    ]
    kept = {name: value for name, value in job.items() if name != "kubernetes_sd_configs"}
    return {**kept, "static_configs": static}


def _finds(wanted: Mapping[str, Any], pod: Identity) -> bool:
    """Whether discovery lists the pod: its role, namespaces and label selectors."""
    assert wanted.keys() <= {"role", "namespaces", "selectors"}, wanted
    assert wanted["role"] == "pod"
    selectors = [dict(_labels(item["label"])) for item in wanted.get("selectors", ())]
    return pod.namespace in wanted["namespaces"]["names"] and all(
        selects({"matchLabels": labels}, pod.labels) for labels in selectors
    )


def _labels(text: str) -> Iterator[tuple[str, str]]:
    for part in text.split(","):
        name, _, value = part.partition("=")
        yield name, value


def _offers(pod: Identity) -> Iterator[dict[str, Any]]:
    """A target for each port, and one for a container without any."""
    spec = pod.spec
    for init, kind in ((True, "initContainers"), (False, "containers")):
        for container in spec.get(kind, ()):
            known = {
                **_of_pod(pod),
                f"{_META}_pod_container_name": container["name"],
                f"{_META}_pod_container_image": container["image"],
                f"{_META}_pod_container_init": str(init).lower(),
            }
            for port in container.get("ports", ()):
                number = port["containerPort"]
                labels = {
                    **known,
                    f"{_META}_pod_container_port_name": port.get("name", ""),
                    f"{_META}_pod_container_port_number": str(number),
                    f"{_META}_pod_container_port_protocol": port.get("protocol", "TCP"),
                }
                yield {"targets": [f"{pod.address}:{number}"], "labels": labels}
            if not container.get("ports"):
                yield {"targets": [pod.address], "labels": known}


def _of_pod(pod: Identity) -> dict[str, str]:
    return {
        f"{_META}_namespace": pod.namespace,
        f"{_META}_pod_name": pod.name,
        f"{_META}_pod_ip": pod.address,
        f"{_META}_pod_uid": pod.uid,
        f"{_META}_pod_node_name": "node",
        f"{_META}_pod_phase": "Running",
        **{
            f"{_META}_pod_label_{_NO_NAME.sub('_', name)}": value
            for name, value in pod.labels.items()
        },
        **{
            f"{_META}_pod_annotation_{_NO_NAME.sub('_', name)}": value
            for name, value in pod.annotations.items()
        },
    }
