"""What every store has, whatever its engine."""

# ruff: noqa: N802  (a test bears the id of its row)

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from constructs_lib.environment import Environment
from constructs_lib.errors import NovaError, PropsError
from constructs_lib.kube.alerts import PROMETHEUS_RULES
from constructs_lib.kube.claims import Volume
from constructs_lib.kube.placement import Toleration
from constructs_lib.refs import Pods
from constructs_lib.resources import Resources
from constructs_lib.service.overrides import Override
from constructs_lib.store.construct import ResilientStatefulStore
from constructs_lib.store.props import StoreProps
from constructs_lib.testing import assert_applies_over
from tests.environments import BARE, MODERN, OLDEST
from tests.store.plain_engine import PlainEngine
from tests.store.rendering import (
    kinds,
    new_chart,
    of_kind,
    pod_findings,
    pod_of,
    rendered,
    schema_problems,
)

STORE = StoreProps(engine=PlainEngine())
CLIENT = Pods("shop-front", labels={"app.kubernetes.io/name": "web"})
FULL = StoreProps(
    engine=PlainEngine(),
    volume=Volume(size="5Gi", storage_class="slow", when_deleted="Delete", when_scaled="Delete"),
    clients=(CLIENT,),
    write_service="plain-service",
    read_service="plain-reads",
    spread="hard",
    node_selector={"disk": "fast"},
    tolerations=(Toleration(key="stores", effect="NoSchedule"),),
    priority_class="stores",
    image_pull_secrets=("registry",),
    labels={"tier": "data"},
    rotation="2",
    overrides=(Override("StatefulSet", {"spec": {"revisionHistoryLimit": 2}}),),
)
OPERATED = replace(
    MODERN, cluster=replace(MODERN.cluster, crds=MODERN.cluster.crds | {PROMETHEUS_RULES})
)

cases = pytest.mark.parametrize(
    ("props", "environment"),
    [
        pytest.param(STORE, BARE, id="smallest"),
        pytest.param(FULL, OPERATED, id="full"),
        pytest.param(FULL, OLDEST, id="full-1-27"),
    ],
)


@cases
def test_renders(
    props: StoreProps, environment: Environment, yaml_snapshot: SnapshotAssertion
) -> None:
    assert rendered(props, environment) == yaml_snapshot


@cases
def test_every_object_fits_its_cluster_and_newer_ones(
    props: StoreProps, environment: Environment
) -> None:
    assert schema_problems(rendered(props, environment), environment) == []


@cases
def test_every_pod_is_restricted(props: StoreProps, environment: Environment) -> None:
    assert pod_findings(rendered(props, environment)) == []


def test_members_find_each_other_before_any_is_ready() -> None:
    peers = of_kind(rendered(STORE), "Service", "cache-peers")["spec"]
    stateful = of_kind(rendered(STORE), "StatefulSet")["spec"]

    assert peers["clusterIP"] == "None"
    assert peers["publishNotReadyAddresses"] is True
    assert stateful["serviceName"] == "cache-peers"
    assert stateful["podManagementPolicy"] == "Parallel"


def test_claims_are_kept_unless_somebody_says_otherwise() -> None:
    policy = "persistentVolumeClaimRetentionPolicy"
    kept = of_kind(rendered(STORE), "StatefulSet")["spec"][policy]
    given = of_kind(rendered(FULL), "StatefulSet")["spec"][policy]
    assert kept == {"whenDeleted": "Retain", "whenScaled": "Retain"}
    assert given == {"whenDeleted": "Delete", "whenScaled": "Delete"}


def test_no_pod_gets_the_variables_of_services_or_a_token() -> None:
    for kind in ("StatefulSet", "Job", "CronJob"):
        pod = pod_of(rendered(STORE), kind)["spec"]
        assert pod["enableServiceLinks"] is False
        assert pod["automountServiceAccountToken"] is False


def test_a_single_instance_can_always_be_drained() -> None:
    single = StoreProps(engine=PlainEngine(replicas=1))
    assert "PodDisruptionBudget" not in kinds(rendered(single))
    assert "affinity" not in pod_of(rendered(single), "StatefulSet")["spec"]


@pytest.mark.parametrize(
    ("first", "second", "changes"),
    [
        (PlainEngine(), PlainEngine(), False),
        (PlainEngine(), PlainEngine(text="other"), True),
    ],
)
def test_another_job_runs_only_for_other_content(
    first: PlainEngine, second: PlainEngine, *, changes: bool
) -> None:
    before, after = (
        of_kind(rendered(StoreProps(engine=engine)), "Job")["metadata"]["name"]
        for engine in (first, second)
    )
    assert (before != after) is changes


@pytest.mark.parametrize(
    "later",
    [
        pytest.param(StoreProps(engine=PlainEngine(text="other")), id="files"),
        pytest.param(replace(STORE, rotation="2"), id="rotation"),
        pytest.param(replace(STORE, spread="hard"), id="spread"),
        pytest.param(replace(STORE, clients=(CLIENT,)), id="clients"),
        pytest.param(replace(STORE, labels={"tier": "data"}), id="labels"),
        pytest.param(replace(STORE, volume=Volume(when_deleted="Delete")), id="retention"),
    ],
)
def test_F20_an_installed_store_takes_a_later_revision(later: StoreProps) -> None:
    # Labels that got into claim templates would be refused, and with them all of it.
    assert_applies_over(rendered(STORE), rendered(later))


def test_F20_what_an_installed_store_cannot_take_is_found_before_it_is_applied() -> None:
    larger = replace(STORE, volume=Volume(size="20Gi"))
    with pytest.raises(AssertionError, match=r"volumeClaimTemplates differs.*--cascade=orphan"):
        assert_applies_over(rendered(STORE), rendered(larger))


def test_a_changed_file_or_rotation_rolls_the_pods() -> None:
    templates = [
        pod_of(rendered(props), "StatefulSet")["metadata"].get("annotations")
        for props in (
            STORE,
            StoreProps(engine=PlainEngine(text="other")),
            replace(STORE, rotation="1"),
            replace(STORE, rotation="2"),
        )
    ]
    assert all(templates.count(item) == 1 for item in templates)


def test_a_backup_runs_on_the_node_of_the_volume_it_shares() -> None:
    objects = rendered(STORE)
    affinity = pod_of(objects, "CronJob", "cache-backup")["spec"]["affinity"]["podAffinity"]
    (term,) = affinity["requiredDuringSchedulingIgnoredDuringExecution"]
    servers = of_kind(objects, "StatefulSet")["spec"]["selector"]
    assert term == {"labelSelector": servers, "topologyKey": "kubernetes.io/hostname"}


def test_clients_reach_the_client_port_and_peers_theirs() -> None:
    policy = of_kind(rendered(FULL), "NetworkPolicy", "cache")["spec"]
    ports = [[port["port"] for port in rule["ports"]] for rule in policy["ingress"]]
    named = [
        rule["from"][0]["podSelector"]["matchLabels"]["app.kubernetes.io/name"]
        for rule in policy["ingress"]
    ]
    assert dict(zip(named, ports, strict=True)) == {
        "cache": [7001],
        "web": [7000],
        "prometheus": [9000],
    }


def test_the_environment_sizes_stores_by_name() -> None:
    sized = replace(
        MODERN,
        sizes={"shop/cache": Resources(cpu="20m", memory="64Mi")},
        volumes={"shop/cache": "2Gi"},
        service_size=Resources(cpu="1m", memory="1Mi"),
    )
    stateful = of_kind(rendered(STORE, sized), "StatefulSet")["spec"]
    main, beside = stateful["template"]["spec"]["containers"]
    (claim,) = stateful["volumeClaimTemplates"]
    assert main["resources"]["requests"] == {"cpu": "20m", "memory": "64Mi"}
    assert beside["resources"]["requests"] == {"cpu": "100m", "memory": "128Mi"}
    assert claim["spec"]["resources"]["requests"]["storage"] == "2Gi"


def test_a_store_answers_for_its_endpoints_and_logins() -> None:
    store = ResilientStatefulStore(new_chart(), "cache", FULL)
    assert store.endpoint.address == "plain-service.shop.svc:7000"
    assert store.client() == store.login("default")
    assert [alert.name for alert in store.alerts] == ["PlainDown"]


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda store: store.login("defalt"), "no login 'defalt': did you mean 'default'?"),
        (lambda store: store.endpoint_of("wrte"), "no endpoint 'wrte': did you mean 'write'?"),
        (lambda store: store.read_endpoint, "no endpoint 'read': known: write"),
    ],
)
def test_what_a_store_has_not_is_answered_by_the_nearest(
    ask: Callable[[ResilientStatefulStore], Any], message: str
) -> None:
    store = ResilientStatefulStore(new_chart(), "cache", STORE)
    with pytest.raises(NovaError, match=message.replace("?", r"\?")):
        ask(store)


@pytest.mark.parametrize(
    ("props", "message"),
    [
        (
            StoreProps(engine=PlainEngine(replicas=13), spread="hard"),
            (
                "spread = 'hard': never puts two pods on a node: 13 of cache need as many nodes in "
                "even zones, and the cluster has 12; use 'soft', or fewer replicas"
            ),
        ),
        (
            StoreProps(engine=PlainEngine(grace_seconds=24)),
            (
                "engine.cache.grace_period_seconds = 24: is shorter than plain needs: 5 s before "
                "SIGTERM + 20 s after it = 25 s; use 25 or more, or shorten what it does"
            ),
        ),
        (
            StoreProps(engine=PlainEngine(resources=Resources(cpu="8", memory="1Gi"))),
            (
                "engine = 'cache': fits no node: all its containers request 8100m cores and "
                "1152Mi, and the largest node has 8 and 32Gi"
            ),
        ),
        (
            replace(STORE, write_service="same", read_service="same"),
            "read_service = 'same': is the write service too; give reads a Service of their own",
        ),
        (
            replace(STORE, volume=Volume(size="10")),
            "volume.size = '10': is 10 bytes; add a unit, as in '10Gi'",
        ),
        (
            replace(STORE, overrides=(Override("StatefulSet", {"spec": {}}, name="other"),)),
            "overrides[0] = 'StatefulSet other': meets no object; rendered are:",
        ),
        (replace(STORE, rotation=2), "rotation = 2: is an int"),  # type: ignore[arg-type]
    ],
)
def test_is_refused(props: StoreProps, message: str) -> None:
    with pytest.raises(PropsError) as refused:
        rendered(props)
    assert message in str(refused.value)
