"""Parts as objects; pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from constructs_lib.kube import claims, jobs, network, rbac, services, stateful_sets, workloads
from constructs_lib.kube.body import Body, body
from constructs_lib.kube.config import CHECKSUM, config_map, content_hash
from constructs_lib.kube.containers import port_bodies, resource_body
from constructs_lib.kube.disruption import ONE_AT_A_TIME, pod_disruption_budget
from constructs_lib.kube.images import image_body
from constructs_lib.kube.metadata import object_metadata
from constructs_lib.kube.monitors import monitor, scrape_annotations
from constructs_lib.kube.pods import pod_spec
from constructs_lib.kube.probes import probe_bodies
from constructs_lib.kube.security import container_security_context
from constructs_lib.kube.services import ClusterService
from constructs_lib.kube.shutdown import lifecycle
from constructs_lib.kube.storage import file_volumes, writable_volumes, written_files
from constructs_lib.kube.variables import variable_bodies
from constructs_lib.kube.workloads import RollingUpdate, Rollout
from constructs_lib.naming import VERSION, label_value
from constructs_lib.store.engine import Front, Place
from constructs_lib.store.part import Container, Once, Part, Proxies, Scheduled, Servers
from constructs_lib.store.placement import hosting
from constructs_lib.store.props import StoreProps

POD_MONITORS = "podmonitors.monitoring.coreos.com"
"""Name of the CRD by which pods are scraped by object instead of by annotation."""

DATA = "data"
"""Name of the volume, and so the first word of its claims: ``data-redis-0``."""

ROTATION = "checksum/rotation"
"""Annotation of the pod template that holds ``StoreProps.rotation``."""


class Rendering:
    """All objects of a store's parts, from what its plan and its props say."""

    def __init__(self, place: Place, props: StoreProps) -> None:
        """Render for ``place``."""
        self._place = place
        self._props = props
        self._environment = place.environment
        self._cluster = place.environment.cluster

    def part(self, part: Part) -> Iterator[tuple[str, Body]]:
        """Every object of a part, by its kind."""
        yield "service-account", rbac.service_account(self._metadata(part), token=part.token)
        files = written_files(part.files)
        if files:
            yield "files", config_map(self._metadata(part, self._files_name(part)), files)
        yield from self._workload(part)
        yield "network-policy", self._policy(part)
        yield from self._monitors(part)

    def front(self, front: Front) -> Body:
        """A Service in front of a part."""
        metadata = object_metadata(
            self._place.owner, front.name, workload=front.part, labels=self._props.labels
        )
        settings = ClusterService(
            headless=front.headless, publish_not_ready=front.publish_not_ready
        )
        selector = self._place.pods(front.part).labels
        return services.service(
            metadata, front.ports, selector, settings=settings, affinity=front.affinity
        )

    def _metadata(self, part: Part, name: str | None = None) -> Body:
        return object_metadata(
            self._place.owner, name or part.name, workload=part.name, labels=self._props.labels
        )

    def _files_name(self, part: Part) -> str:
        return f"{part.name}-files"

    def _workload(self, part: Part) -> Iterator[tuple[str, Body]]:
        match part:
            case Servers():
                yield from self._servers(part)
            case Proxies():
                yield from self._proxies(part)
            case Scheduled():
                template = self._template(part)
                yield "cron-job", workloads.cron_job(self._metadata(part), template, part.schedule)
            case Once():
                yield "job", self._once(part)

    def _servers(self, part: Servers) -> Iterator[tuple[str, Body]]:
        storage_class = part.volume.storage_class or self._cluster.storage_class
        peers = Front(
            name=part.headless,
            part=part.name,
            ports=part.ports,
            headless=True,
            # Members find each other before any is ready, and heal what made them unready.
            publish_not_ready=True,
        )
        yield "peers", self.front(peers)
        yield (
            "stateful-set",
            stateful_sets.stateful_set(
                self._metadata(part),
                self._template(part),
                self._place.pods(part.name).labels,
                replicas=part.replicas,
                headless=part.headless,
                claims=[claims.claim_template(DATA, part.volume.size, storage_class)],
                volume=part.volume,
                min_ready_seconds=part.min_ready_seconds,
            ),
        )
        yield from self._budget(part, part.replicas)

    def _proxies(self, part: Proxies) -> Iterator[tuple[str, Body]]:
        rollout = Rollout(strategy=RollingUpdate(max_surge=1, max_unavailable=0))
        selector = self._place.pods(part.name).labels
        yield (
            "deployment",
            workloads.deployment(
                self._metadata(part),
                self._template(part),
                selector,
                rollout,
                replicas=part.replicas,
            ),
        )
        yield from self._budget(part, part.replicas)

    def _budget(self, part: Part, replicas: int) -> Iterator[tuple[str, Body]]:
        """One pod at a time may be drained; a single one always, so it gets no budget."""
        if replicas > 1:
            selector = self._place.pods(part.name).labels
            budget = pod_disruption_budget(self._metadata(part), ONE_AT_A_TIME, selector)
            yield "disruption-budget", budget

    def _once(self, part: Once) -> Body:
        template = self._template(part)
        digest = content_hash({"template": str(template)})[:8]
        metadata = self._metadata(part, f"{part.name}-{digest}")
        return jobs.job(
            metadata, template, retries=part.retries, deadline_seconds=part.deadline_seconds
        )

    def _template(self, part: Part) -> Body:
        labels = self._metadata(part)["labels"]
        version = label_value(part.containers[0].image.tag or "")
        versioned = {**labels, **({VERSION: version} if version else {})}
        metadata = body(labels=versioned, annotations=self._annotations(part))
        return {"metadata": metadata, "spec": self._pod(part)}

    def _annotations(self, part: Part) -> Body:
        annotations = {}
        files = written_files(part.files)
        if files:
            annotations[CHECKSUM] = content_hash(files)
        if self._props.rotation is not None:
            annotations[ROTATION] = self._props.rotation
        if part.metrics and POD_MONITORS not in self._cluster.crds:
            first = part.metrics[0]
            annotations.update(scrape_annotations(first, part.ports[first.port]))
        return dict(sorted(annotations.items()))

    def _pod(self, part: Part) -> Body:
        scratch, scratch_mounts = writable_volumes(part.writable)
        files, file_mounts = file_volumes(part.files, self._files_name(part))
        lasting, data_mounts = _data_volumes(part)
        shared = [*scratch_mounts, *file_mounts]

        def rendered(item: Container) -> Body:
            return self._container(item, part, [*(data_mounts if item.data else []), *shared])

        return pod_spec(
            hosting(part, self._place, self._props),
            account=part.name,
            token=part.token,
            security=part.security,
            grace_seconds=part.grace_seconds,
            containers=[rendered(item) for item in part.containers],
            init_containers=[
                {**rendered(item), **body(restartPolicy="Always" if item.native else None)}
                for item in part.init
            ],
            volumes=[*scratch, *files, *lasting],
        )

    def _container(self, item: Container, part: Part, mounts: list[Body]) -> Body:
        return body(
            name=item.name,
            **image_body(item.image, self._environment.images),
            command=list(item.command),
            args=list(item.args),
            ports=port_bodies(item.ports),
            env=variable_bodies(item.variables),
            resources=resource_body(item.resources),
            **probe_bodies(item.probes, item.ports),
            **lifecycle(item.stop, self._cluster),
            volumeMounts=mounts,
            securityContext=container_security_context(part.security, user=item.user),
        )

    def _policy(self, part: Part) -> Body:
        rules = [
            network.from_peers(access.peers, [part.ports[name] for name in access.ports])
            for access in part.accepts
        ]
        clients = self._place.clients
        if clients and part.client_ports:
            ports = [part.ports[name] for name in part.client_ports]
            rules.append(network.from_peers(clients, ports))
        if part.metrics and self._cluster.scrapers:
            scraped = [part.ports[item.port] for item in part.metrics]
            rules.append(network.from_peers(self._cluster.scrapers, scraped))
        egress = [
            *network.to_dns(self._cluster.dns),
            *(network.to_traffic(traffic) for traffic in part.reaches),
            *self._to_api_server(part),
        ]
        selector = self._place.pods(part.name).labels
        return network.network_policy(self._metadata(part), selector, ingress=rules, egress=egress)

    def _to_api_server(self, part: Part) -> Iterator[Body]:
        if part.token and self._cluster.api_server is not None:
            yield network.to_api_server(self._cluster.api_server)

    def _monitors(self, part: Part) -> Iterator[tuple[str, Body]]:
        if POD_MONITORS not in self._cluster.crds:
            return
        selector = self._place.pods(part.name).labels
        for number, metrics in enumerate(part.metrics):
            name = part.name if number == 0 else f"{part.name}-{metrics.port}"
            metadata = self._metadata(part, name)
            yield f"monitor-{number}", monitor(metadata, metrics, selector, kind="PodMonitor")


def _data_volumes(part: Part) -> tuple[list[Body], list[Body]]:
    """Volumes and mounts of what outlives the pod; a StatefulSet's own claim is no volume here."""
    volumes: list[Body] = []
    mounts: list[Any] = []
    if isinstance(part, Servers):
        mounts.append({"name": DATA, "mountPath": part.data_path})
    for path, claim in part.claims.items():
        volumes.append({"name": claim, "persistentVolumeClaim": {"claimName": claim}})
        mounts.append({"name": claim, "mountPath": path})
    return volumes, mounts
