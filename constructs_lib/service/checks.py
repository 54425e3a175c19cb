"""What can only be known to be wrong when props meet their environment."""

from __future__ import annotations

from collections.abc import Iterator

from constructs_lib.environment import Environment
from constructs_lib.errors import Problem
from constructs_lib.kube.config import config_map_problems
from constructs_lib.kube.containers import MIGRATION, native_sidecar_problems
from constructs_lib.kube.disruption import disruption_problems
from constructs_lib.kube.variables import references, variable_map_problems
from constructs_lib.kube.workloads import Recreate
from constructs_lib.naming import LABEL_LIMIT, name_problems
from constructs_lib.service.capacity import hard_spread_problems
from constructs_lib.service.pod import TRACING, settings_of
from constructs_lib.service.pod_props import PodProps
from constructs_lib.service.pool_checks import expectation_problems, pool_setting_problems
from constructs_lib.service.props import NovaServiceProps, NovaWorkerProps

_TRAFFIC_DISTRIBUTION = "1.31"
_NAME_LIMIT = LABEL_LIMIT - 10
"""Leaves room for "-external", "-config" and the like."""


def pod_problems(
    name: str, props: PodProps, environment: Environment, *, limit: int = _NAME_LIMIT
) -> Iterator[Problem]:
    """Whatever kind of workload it is."""
    cluster = environment.cluster
    yield from name_problems("id", name, limit=limit)
    yield from _own_name_problems(name, props)
    yield from _variable_problems(props, environment)
    yield from _settings_problems(props, environment)
    yield from pool_setting_problems(props)
    if props.needs_api and cluster.api_server is None:
        field = "rules" if props.rules else "service_account.token"
        why = "needs the API server, whose address the network policy has to know"
        yield Problem(field, props.rules or True, why, "set cluster.api_server")
    if props.traces and environment.tracing is not None and not environment.tracing.peers:
        why = "cannot reach an OTLP receiver without peers"
        yield Problem("traces", props.traces, why, "give environment.tracing peers")


def workload_problems(
    name: str, props: NovaWorkerProps, environment: Environment
) -> Iterator[Problem]:
    """Long-running workloads: numbers of pods, budgets, placement."""
    yield from pod_problems(name, props, environment)
    plain = "set native=False"
    yield from native_sidecar_problems("sidecars", props.sidecars, environment.cluster, fix=plain)
    yield from _start_problems(props)
    yield from expectation_problems(props, environment)
    if environment.single_replica:
        return
    if props.disruption is not None:
        yield from disruption_problems("disruption", props.disruption, props.fewest)
    if (props.spread or environment.service_spread) == "hard":
        yield from hard_spread_problems(props, environment.cluster)


def worker_problems(
    name: str, props: NovaWorkerProps, environment: Environment
) -> Iterator[Problem]:
    """Workers: what nothing would be rendered of."""
    if isinstance(props, NovaServiceProps):
        kind = type(props).__name__
        yield Problem("props", kind, "describes Services, and a worker has none", "use NovaService")
    yield from workload_problems(name, props, environment)


def service_problems(
    name: str, props: NovaServiceProps, environment: Environment
) -> Iterator[Problem]:
    """Services: what their cluster can offer."""
    yield from workload_problems(name, props, environment)
    cluster = environment.cluster
    wanted = props.service.traffic_distribution
    if wanted is not None and not cluster.at_least(_TRAFFIC_DISTRIBUTION):
        why = f"needs Kubernetes {_TRAFFIC_DISTRIBUTION}, the cluster has {cluster.kubernetes}"
        yield Problem("service.traffic_distribution", wanted, why, "leave it out")
    balancer = props.load_balancer
    if balancer is not None and balancer.name == name:
        fix = "leave it out, or choose another"
        yield Problem("load_balancer.name", name, "is the name of the ClusterIP Service", fix)


def _variable_problems(props: PodProps, environment: Environment) -> Iterator[Problem]:
    others = bool(props.variables_from)
    tracing = dict.fromkeys(TRACING, "") if props.traces else {}
    known: dict[str, object] = {**settings_of(props, environment), **tracing, **props.bound}
    yield from variable_map_problems("variables", props.variables, known, others=others)
    if props.migration is not None:
        known = {**known, **props.variables}
        own = props.migration.variables
        yield from variable_map_problems("migration.variables", own, known, others=others)


def _settings_problems(props: PodProps, environment: Environment) -> Iterator[Problem]:
    settings = settings_of(props, environment)
    known = {*settings, *props.variables, *props.bound, *(TRACING if props.traces else ())}
    for name, text in props.settings.items():
        for other in [other for other in references(text) if other in known]:
            why = f"holds $({other}), which is not expanded in settings"
            yield Problem(f"settings[{name!r}]", text, why, "put it into variables")
    yield from config_map_problems("settings", settings, "shorten them, or write files")


def _own_name_problems(name: str, props: PodProps) -> Iterator[Problem]:
    if props.migration is not None and name == MIGRATION:
        fix = "choose another id, or another init container in its place"
        yield Problem("migration", name, "is the name of the workload's own container", fix)
    for field in ("init_containers", "sidecars"):
        for index, item in enumerate(getattr(props, field)):
            if item.name == name:
                why = "is the name of the workload's own container"
                yield Problem(f"{field}[{index}].name", name, why, "choose another name")


def _start_problems(props: NovaWorkerProps) -> Iterator[Problem]:
    probes = props.probes
    if probes is None or probes.startup is None or isinstance(props.rollout.strategy, Recreate):
        return
    start = probes.startup.initial_delay_seconds + probes.startup.budget_seconds
    needed = start + props.rollout.min_ready_seconds
    deadline = props.rollout.progress_deadline_seconds
    if deadline < needed:
        why = f"is over before a pod may be up: startup {start} s + min_ready_seconds = {needed} s"
        fix = f"use {needed} or more"
        yield Problem("rollout.progress_deadline_seconds", deadline, why, fix)
