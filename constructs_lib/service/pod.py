"""The pod template of a workload, from props and environment; pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from constructs_lib.environment import Environment
from constructs_lib.kube.body import Body, body
from constructs_lib.kube.config import CHECKSUM, content_hash
from constructs_lib.kube.containers import (
    MIGRATION,
    init_container,
    port_bodies,
    resource_body,
    sidecar,
)
from constructs_lib.kube.images import image_body, image_version
from constructs_lib.kube.monitors import scrape_annotations
from constructs_lib.kube.placement import spread_bodies
from constructs_lib.kube.pods import Hosting, pod_spec
from constructs_lib.kube.probes import Probe, Probes, TcpConnect, probe_bodies
from constructs_lib.kube.rbac import ExistingServiceAccount
from constructs_lib.kube.security import container_security_context
from constructs_lib.kube.shutdown import drain, lifecycle
from constructs_lib.kube.storage import file_volumes, writable_volumes, written_files
from constructs_lib.kube.variables import Variable, variable_bodies, variables_from_bodies
from constructs_lib.naming import VERSION, label_value
from constructs_lib.service.pod_props import PodProps, ServingProps

_OTLP_GRPC = 4317

TRACING = (
    "OTEL_SERVICE_NAME",
    "OTEL_RESOURCE_ATTRIBUTES",
    "OTEL_EXPORTER_OTLP_ENDPOINT",
    "OTEL_EXPORTER_OTLP_PROTOCOL",
)
"""Variables that ``traces`` sets.

https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/
"""


@dataclass(frozen=True)
class PodContext:
    """What a pod template depends on besides its props."""

    name: str
    namespace: str
    app: str
    environment: Environment
    labels: Mapping[str, str]
    selector: Mapping[str, str]
    scrape_by_annotation: bool

    @property
    def settings_name(self) -> str:
        """Name of the ConfigMap of settings."""
        return f"{self.name}-config"

    @property
    def files_name(self) -> str:
        """Name of the ConfigMap of files written in place."""
        return f"{self.name}-files"


def settings_of(props: PodProps, environment: Environment) -> dict[str, str]:
    """The environment's settings, those of what it connects to, and its own, which win."""
    shared = environment.settings if props.environment_settings else {}
    return {**shared, **props.connection_settings, **props.settings}


def account_of(context: PodContext, props: PodProps) -> str:
    """Name of the ServiceAccount that the pods run as."""
    if isinstance(props.service_account, ExistingServiceAccount):
        return props.service_account.name
    return context.name


def pod_template(context: PodContext, props: PodProps) -> Body:
    """``template`` of a Deployment or CronJob."""
    metadata = body(labels=_labels(context, props), annotations=_annotations(context, props))
    return {"metadata": metadata, "spec": _spec(context, props)}


def _labels(context: PodContext, props: PodProps) -> dict[str, str]:
    version = label_value(image_version(props.image, context.environment.images))
    return {**context.labels, **({VERSION: version} if version else {})}


def _annotations(context: PodContext, props: PodProps) -> dict[str, str]:
    annotations = dict(props.pod_annotations)
    settings, files = settings_of(props, context.environment), written_files(props.files)
    if settings or files:
        annotations[CHECKSUM] = content_hash(settings, files)
    if props.metrics is not None and context.scrape_by_annotation:
        annotations.update(scrape_annotations(props.metrics, props.ports[props.metrics.port]))
    return dict(sorted(annotations.items()))


def _spec(context: PodContext, props: PodProps) -> Body:
    volumes, mounts = _volumes(context, props)
    main = _main_container(context, props, mounts)
    images, security = context.environment.images, props.security
    native = [sidecar(s, images, security, mounts) for s in props.sidecars if s.native]
    # Plain ones get SIGTERM when the workload does, so they have to wait as long as it drains.
    drained = drain(props.stop, context.environment.cluster)
    plain = [
        {**sidecar(s, images, security, mounts), **drained} for s in props.sidecars if not s.native
    ]
    before = [init_container(i, images, security, mounts) for i in props.init_containers]
    hosting = Hosting(
        affinity=_spread(context, props),
        node_selector=props.node_selector,
        tolerations=props.tolerations,
        priority_class=props.priority_class,
        runtime_class=props.runtime_class,
        image_pull_secrets=props.image_pull_secrets,
    )
    return pod_spec(
        hosting,
        account=account_of(context, props),
        token=props.needs_api,
        security=security,
        grace_seconds=props.stop.grace_period_seconds,
        containers=[main, *plain],
        init_containers=[*native, *before, *_migration(context, props, main)],
        volumes=volumes,
    )


def _spread(context: PodContext, props: PodProps) -> Body:
    environment, serves = context.environment, isinstance(props, ServingProps)
    # Runs of a CronJob come and go one at a time; only what was asked for is rendered.
    spread = props.spread or (environment.service_spread if serves else "off")
    if environment.single_replica and spread == "hard":
        # A single pod has nobody to keep apart from but its own successor, which on the only node
        # could then never start.
        spread = "soft"
    return spread_bodies(
        spread,
        props.topology_spread,
        context.selector,
        environment.cluster,
        revisions=serves,
    )


def _volumes(context: PodContext, props: PodProps) -> tuple[list[Body], list[Body]]:
    scratch, scratch_mounts = writable_volumes(props.writable)
    files, file_mounts = file_volumes(props.files, context.files_name)
    return [*scratch, *files], [*scratch_mounts, *file_mounts]


def _main_container(context: PodContext, props: PodProps, mounts: list[Body]) -> Body:
    environment = context.environment
    resources = environment.size_of(context.app, context.name) or props.resources
    return body(
        name=context.name,
        **image_body(props.image, environment.images),
        command=list(props.command),
        args=list(props.args),
        ports=port_bodies(props.ports),
        envFrom=_variables_from(context, props),
        env=variable_bodies(_variables(context, props)),
        resources=resource_body(resources),
        **probe_bodies(_probes(props), props.ports),
        **lifecycle(props.stop, environment.cluster),
        volumeMounts=mounts,
        securityContext=container_security_context(props.security),
    )


def _probes(props: PodProps) -> Probes:
    if not isinstance(props, ServingProps):
        return Probes()
    if props.probes is not None:
        return props.probes
    first = next((port.name for port in props.ports if port.protocol == "TCP"), None)
    if first is None:
        return Probes()
    check = TcpConnect(first)
    return Probes(
        startup=Probe(check, period_seconds=5, failure_threshold=30),
        readiness=Probe(check, period_seconds=5),
    )


def _variables_from(context: PodContext, props: PodProps) -> list[Body]:
    own = {"configMapRef": {"name": context.settings_name}}
    settings = [own] if settings_of(props, context.environment) else []
    return [*variables_from_bodies(props.variables_from), *settings]


def _migration(context: PodContext, props: PodProps, main: Body) -> list[Body]:
    """The migration runs as the workload would: same image, variables and mounts."""
    migration = props.migration
    if migration is None:
        return []
    variables = {**_variables(context, props), **migration.variables}
    size = main["resources"] if migration.resources is None else resource_body(migration.resources)
    return [
        body(
            name=MIGRATION,
            image=main["image"],
            imagePullPolicy=main["imagePullPolicy"],
            command=list(migration.command),
            args=list(migration.args),
            envFrom=main.get("envFrom"),
            env=variable_bodies(variables),
            resources=size,
            volumeMounts=main.get("volumeMounts"),
            securityContext=main["securityContext"],
        )
    ]


def _variables(context: PodContext, props: PodProps) -> dict[str, Variable]:
    """What is expanded by the kubelet in this order: a reference finds only what stands before."""
    return {**_tracing(context, props), **props.bound, **props.variables}


def _tracing(context: PodContext, props: PodProps) -> dict[str, Variable]:
    """Settings that every OpenTelemetry SDK reads."""
    receiver = context.environment.tracing
    if not props.traces:
        return {}
    if receiver is None:
        return {"OTEL_SDK_DISABLED": "true"}
    grpc = receiver.port.offered == _OTLP_GRPC
    values = (
        context.name,
        ",".join(f"{name}={value}" for name, value in _resource(context, props).items()),
        receiver.url("http"),
        "grpc" if grpc else "http/protobuf",
    )
    return dict(zip(TRACING, values, strict=True))


def _resource(context: PodContext, props: PodProps) -> dict[str, str]:
    """Attributes of every span. A service's name is its own within ``service.namespace`` only.

    https://opentelemetry.io/docs/specs/semconv/resource/k8s/
    """
    found = {
        "deployment.environment.name": context.environment.name,
        "service.namespace": context.namespace,
    }
    if isinstance(props, ServingProps):
        # Jaeger takes service.name out of the attributes, and links to metrics need the name.
        found["k8s.deployment.name"] = context.name
    return found
