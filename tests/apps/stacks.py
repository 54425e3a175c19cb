"""Rendered stacks: what they scrape, record, alarm of and draw, as their programs read it."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import yaml

from apps import charts
from apps.environments import DEV, LOCAL, PROD
from constructs_lib.environment import Environment
from constructs_lib.kube.signals import Signals
from tests.apps.rendered import Document, Rendered, main_container, pod_spec, selects, template_of
from tests.apps.ways import connects

NAMESPACES = {"observability": "observability", "catga": "catga-cluster"}
"""Namespace of each app that has a stack."""

_ENVIRONMENTS: Mapping[str, Environment] = {item.name: item for item in (DEV, LOCAL, PROD)}
_META = "__meta_kubernetes_pod_container_port_"


@cache
def told(environment: str) -> dict[str, tuple[Signals, ...]]:
    """Everything that the stack of each namespace watches, itself among it."""
    return {
        chart.app_namespace: chart.stack.signals
        for chart in charts(_ENVIRONMENTS[environment])
        if hasattr(chart, "stack")
    }


@dataclass(frozen=True)
class Stack:
    """The stack in one namespace of an environment."""

    rendered: Rendered
    namespace: str

    def files(self, kind: str, name: str) -> dict[str, str]:
        """What pods of a workload find from ConfigMaps, by its path."""
        workload = self.rendered(kind, name, namespace=self.namespace)
        volumes = {item["name"]: item.get("configMap") for item in pod_spec(workload)["volumes"]}
        found: dict[str, str] = {}
        for mount in main_container(workload)["volumeMounts"]:
            if source := volumes.get(mount["name"]):
                data = self.rendered("ConfigMap", source["name"], namespace=self.namespace)["data"]
                items = source.get("items") or [{"key": key, "path": key} for key in data]
                for item in items:
                    found[f"{mount['mountPath']}/{item['path']}"] = data[item["key"]]
        return found

    @property
    def watched(self) -> tuple[Signals, ...]:
        """What its apps declare."""
        return told(self.rendered.environment.name)[self.namespace]

    @cached_property
    def prometheus(self) -> Document:
        """Its StatefulSet."""
        return self.rendered("StatefulSet", "prometheus", namespace=self.namespace)

    @cached_property
    def configuration(self) -> dict[str, Any]:
        """Of Prometheus."""
        text = self.files("StatefulSet", "prometheus")["/etc/prometheus/config/prometheus.yml"]
        read: dict[str, Any] = yaml.load(text, yaml.CSafeLoader)
        return read

    @cached_property
    def jobs(self) -> dict[str, dict[str, Any]]:
        """Scrape jobs by name."""
        return {job["job_name"]: job for job in self.configuration["scrape_configs"]}

    @cached_property
    def rules(self) -> list[dict[str, Any]]:
        """All of them."""
        files = self.files("StatefulSet", "prometheus")
        texts = [text for path, text in files.items() if path.startswith("/etc/prometheus/rules/")]
        groups = [group for text in texts for group in yaml.load(text, yaml.CSafeLoader)["groups"]]
        return [rule for group in groups for rule in group["rules"]]

    @property
    def alerts(self) -> list[dict[str, Any]]:
        """Rules that alarm."""
        return [rule for rule in self.rules if "alert" in rule]

    @property
    def recordings(self) -> list[dict[str, Any]]:
        """Rules that record."""
        return [rule for rule in self.rules if "record" in rule]

    @cached_property
    def dashboards(self) -> dict[str, dict[str, Any]]:
        """By the name of their file."""
        files = self.files("Deployment", "grafana")
        return {
            Path(path).name: json.loads(text)
            for path, text in files.items()
            if path.endswith(".json")
        }

    @property
    def drawn(self) -> Iterator[str]:
        """Every expression of a dashboard."""
        for dashboard in self.dashboards.values():
            for panel in dashboard["panels"]:
                yield from (target["expr"] for target in panel.get("targets", ()))

    @property
    def routing(self) -> dict[str, Any] | None:
        """Configuration of Alertmanager; None where nobody is told."""
        found = self.rendered.every("StatefulSet", namespace=self.namespace)
        if "alertmanager" not in {item["metadata"]["name"] for item in found}:
            return None
        path = "/etc/alertmanager/configuration/alertmanager.yml"
        text = self.files("StatefulSet", "alertmanager")[path]
        read: dict[str, Any] = yaml.load(text, yaml.CSafeLoader)
        return read

    def scraped(self, job: Mapping[str, Any]) -> list[Document]:
        """Workloads whose pods a job asks."""
        (discovery,) = job["kubernetes_sd_configs"]
        (namespace,) = discovery["namespaces"]["names"]
        (selector,) = discovery["selectors"]
        labels = dict(part.split("=") for part in selector["label"].split(","))
        return [
            item
            for item in self.rendered.workloads(namespace=namespace)
            if selects(labels, template_of(item)["metadata"]["labels"])
        ]

    def unscraped(self) -> list[str]:
        """What keeps Prometheus from a target: nobody there, no such port, no way, no right."""
        return [text for name, job in self.jobs.items() for text in self._against(name, job)]

    def _against(self, name: str, job: Mapping[str, Any]) -> Iterator[str]:
        # Those are the cluster's own, and not rendered.
        if name.startswith(("nodes/", "cert-manager/")):
            return
        (namespace,) = job["kubernetes_sd_configs"][0]["namespaces"]["names"]
        if not self._may_list_pods(namespace):
            yield f"{name}: may not list pods in {namespace}"
        port = wanted_port(job)
        workloads = self.scraped(job)
        if not workloads:
            yield f"{name}: nobody is there"
        for item in workloads:
            offers = {
                (each["name"], each["containerPort"], each["protocol"])
                for container in pod_spec(item)["containers"]
                for each in container.get("ports", ())
            }
            if port not in offers:
                yield f"{name}: {item['metadata']['name']} has no port {port}"
            elif not connects(self.rendered, self.prometheus, item, port[1]):
                yield f"{name}: no way to {item['metadata']['name']} at {port[1]}"

    def _may_list_pods(self, namespace: str) -> bool:
        granted = self.rights("prometheus", namespace)
        return {("pods", verb) for verb in ("get", "list", "watch")} <= granted

    def rights(self, account: str, namespace: str) -> set[tuple[str, str]]:
        """What a ServiceAccount of the stack may do in a namespace: resource and verb."""
        subject = {"kind": "ServiceAccount", "name": account, "namespace": self.namespace}
        names = {
            item["roleRef"]["name"]
            for item in self.rendered.every("RoleBinding", namespace=namespace)
            if subject in item["subjects"]
        }
        return {
            (resource, verb)
            for role in self.rendered.every("Role", namespace=namespace)
            if role["metadata"]["name"] in names
            for rule in role["rules"]
            for resource in rule["resources"]
            for verb in rule["verbs"]
        }


def wanted_port(job: Mapping[str, Any]) -> tuple[str, int, str]:
    """Name, number and protocol of the port that a job keeps."""
    kept = [item for item in job["relabel_configs"] if f"{_META}name" in item["source_labels"]]
    name, number, protocol = kept[0]["regex"].split(";")
    return name, int(number), protocol


def receivers(routing: Mapping[str, Any], labels: Mapping[str, str]) -> list[str]:
    """Who is told of an alert; routes compare labels with ``=`` alone."""
    return list(_told(routing["route"], labels, routing["route"]["receiver"]))


def _told(route: Mapping[str, Any], labels: Mapping[str, str], before: str) -> Iterator[str]:
    receiver = route.get("receiver", before)
    entered = False
    for child in route.get("routes", ()):
        if all(_matches(matcher, labels) for matcher in child["matchers"]):
            entered = True
            yield from _told(child, labels, receiver)
            if not child.get("continue"):
                break
    if not entered:
        yield receiver


def _matches(matcher: str, labels: Mapping[str, str]) -> bool:
    name, _, value = matcher.partition("=")
    assert value[0] == value[-1] == '"', matcher
    return labels.get(name, "") == value[1:-1]
