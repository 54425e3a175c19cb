"""What a service renders, and why."""

from dataclasses import replace
from typing import Any

import pytest

from constructs_lib.environment import Environment
from constructs_lib.kube.autoscaling import Autoscaling
from constructs_lib.kube.disruption import Disruption
from constructs_lib.kube.probes import Probes
from constructs_lib.kube.shutdown import Shutdown
from constructs_lib.kube.storage import ConfigFiles, FileMount
from constructs_lib.kube.workloads import Recreate, Rollout
from constructs_lib.refs import Port, Ports
from constructs_lib.service import NovaService
from constructs_lib.values import Value
from tests.environments import (
    BARE,
    MODERN,
    OLDEST,
    SINGLE_REPLICA,
    STAND_IN,
    WITHOUT_LOAD_BALANCERS,
)
from tests.service.cases import SERVICE, WORKER
from tests.service.full import FULL_SERVICE_AT_1_27
from tests.service.full_service import FULL_SERVICE
from tests.service.rendering import (
    container_of,
    ingress_of,
    kinds,
    new_chart,
    of_kind,
    pod_of,
    rendered,
)

CHECKSUM = "checksum/config"
SCALED = replace(SERVICE, autoscaling=Autoscaling(minimum=2, maximum=4, cpu=70))


def checksum(environment: Environment = BARE, **changes: Any) -> str:
    template = pod_of(rendered(replace(SERVICE, **changes), environment))
    return str(template["metadata"].get("annotations", {}).get(CHECKSUM))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"settings": {"A": "1"}}, {"settings": {"A": "2"}}),
        ({"settings": {"A": "1"}}, {"settings": {"B": "1"}}),
        (
            {"files": (FileMount("/a", ConfigFiles({"f": "1"})),)},
            {"files": (FileMount("/a", ConfigFiles({"f": "2"})),)},
        ),
    ],
    ids=["value", "name", "file"],
)
def test_changed_configuration_rolls_the_pods(
    before: dict[str, Any], after: dict[str, Any]
) -> None:
    assert checksum(**before) != checksum(**after)


def test_a_changed_setting_of_the_environment_rolls_the_pods() -> None:
    changed = replace(MODERN, settings={"LOG_FORMAT": "text"})
    assert checksum(environment=MODERN) != checksum(environment=changed)


def test_the_order_of_settings_rolls_nothing() -> None:
    assert checksum(settings={"A": "1", "B": "2"}) == checksum(settings={"B": "2", "A": "1"})


def test_without_configuration_there_is_no_checksum() -> None:
    assert "annotations" not in pod_of(rendered(SERVICE, BARE))["metadata"]


def test_own_settings_win_over_those_of_the_environment() -> None:
    objects = rendered(replace(SERVICE, settings={"LOG_FORMAT": "text"}))
    assert of_kind(objects, "ConfigMap")["data"] == {"LOG_FORMAT": "text"}


def test_settings_of_the_environment_can_be_left_out() -> None:
    assert "ConfigMap" not in kinds(rendered(replace(SERVICE, environment_settings=False)))


def test_replicas_are_left_to_the_autoscaler() -> None:
    objects = rendered(replace(SCALED, replicas=3))
    assert "replicas" not in of_kind(objects, "Deployment")["spec"]
    assert of_kind(objects, "HorizontalPodAutoscaler")["spec"]["minReplicas"] == 2


def test_replicas_may_be_none_at_all() -> None:
    objects = rendered(replace(SERVICE, replicas=0))
    assert of_kind(objects, "Deployment")["spec"]["replicas"] == 0


@pytest.mark.parametrize(
    ("props", "environment", "expected"),
    [
        (SERVICE, BARE, True),
        (replace(SERVICE, replicas=1), BARE, False),
        (replace(SERVICE, replicas=0), BARE, False),
        (SCALED, BARE, True),
        (
            replace(SCALED, autoscaling=Autoscaling(minimum=1, maximum=4, cpu=70)),
            BARE,
            True,
        ),
        (
            replace(SCALED, autoscaling=Autoscaling(minimum=1, maximum=1, cpu=70)),
            BARE,
            False,
        ),
        (replace(SERVICE, replicas=1, disruption=Disruption(max_unavailable=1)), BARE, True),
        (SERVICE, SINGLE_REPLICA, False),
    ],
    ids=[
        *("two", "one", "none", "scaled", "scaled-from-one", "scaled-to-one"),
        *("asked-for", "single-replica"),
    ],
)
def test_a_budget_is_rendered_where_more_than_one_pod_may_run(
    props: Value,
    environment: Environment,
    expected: bool,  # noqa: FBT001
) -> None:
    assert ("PodDisruptionBudget" in kinds(rendered(props, environment))) is expected


def test_single_replica_environments_have_one_pod_and_nothing_to_scale() -> None:
    objects = rendered(FULL_SERVICE, SINGLE_REPLICA)
    assert of_kind(objects, "Deployment")["spec"]["replicas"] == 1
    assert "HorizontalPodAutoscaler" not in kinds(objects)


def test_no_replicas_stay_none_in_single_replica_environments() -> None:
    objects = rendered(replace(SERVICE, replicas=0), SINGLE_REPLICA)
    assert of_kind(objects, "Deployment")["spec"]["replicas"] == 0


@pytest.mark.parametrize(
    ("environment", "action"), [(MODERN, "sleep"), (OLDEST, "exec")], ids=["1-33", "1-27"]
)
def test_the_drain_sleeps_as_the_cluster_can(environment: Environment, action: str) -> None:
    stop = container_of(rendered(SERVICE, environment))["lifecycle"]["preStop"]
    assert list(stop) == [action]


def test_no_drain_renders_no_hook() -> None:
    container = container_of(rendered(replace(SERVICE, shutdown=Shutdown(drain_seconds=0))))
    assert "lifecycle" not in container


def test_without_probes_the_first_tcp_port_is_opened() -> None:
    ports = Ports(Port("relay", 3478, protocol="UDP"), admin=9000, http=8080)
    container = container_of(rendered(replace(SERVICE, ports=ports)))
    asked = {container[p]["tcpSocket"]["port"] for p in ("startupProbe", "readinessProbe")}
    assert asked == {"admin"}
    assert "livenessProbe" not in container


def test_empty_probes_render_none() -> None:
    container = container_of(rendered(replace(SERVICE, probes=Probes())))
    assert not [key for key in container if key.endswith("Probe")]


def test_without_load_balancers_nothing_stays_pending() -> None:
    objects = rendered(FULL_SERVICE, WITHOUT_LOAD_BALANCERS)
    outside = of_kind(objects, "Service", "orders-public")["spec"]
    inside = of_kind(rendered(FULL_SERVICE), "Service", "orders-public")["spec"]
    assert outside["type"] == "ClusterIP"
    assert outside["ports"] == inside["ports"]
    assert "0.0.0.0/0" not in str(ingress_of(objects))


def test_recreate_renders_no_rolling_update() -> None:
    objects = rendered(replace(WORKER, rollout=Rollout(strategy=Recreate())))
    assert of_kind(objects, "Deployment")["spec"]["strategy"] == {"type": "Recreate"}


def test_an_application_image_comes_from_the_registry_of_the_environment() -> None:
    images = replace(MODERN.images, tag="2.0.0", pull_policy="Always")
    pod = pod_of(rendered(SERVICE, replace(MODERN, images=images)))
    container = pod["spec"]["containers"][0]
    assert container["image"] == f"{images.registry}/api:2.0.0"
    assert container["imagePullPolicy"] == "Always"
    assert pod["metadata"]["labels"]["app.kubernetes.io/version"] == "2.0.0"


def test_the_selector_holds_identity_only() -> None:
    changed = replace(FULL_SERVICE_AT_1_27, image=replace(SERVICE.image, tag="9"))
    selectors = [
        of_kind(rendered(props, environment), "Deployment")["spec"]["selector"]
        for props, environment in ((SERVICE, MODERN), (changed, OLDEST), (SERVICE, STAND_IN))
    ]
    assert selectors[0] == selectors[1] == selectors[2]


def test_the_longest_name_fits_every_object() -> None:
    longest = "o" * 53
    objects = rendered(replace(FULL_SERVICE, overrides=()), name=longest)
    # A policy's name stands in no label and no host name.
    named = [o["metadata"]["name"] for o in objects if o["kind"] != "NetworkPolicy"]
    assert max(map(len, named)) <= 63
    assert of_kind(objects, "Deployment")["metadata"]["name"] == longest


def test_two_services_share_a_chart() -> None:
    chart = new_chart()
    api = NovaService(chart, "api", replace(SERVICE, settings={"A": "1"}))
    NovaService(chart, "web", replace(SERVICE, settings={"A": "1"}, uses=(api.endpoint("http"),)))
    objects = chart.to_json()
    identities = [(o["kind"], o["metadata"]["name"]) for o in objects]
    assert len(set(identities)) == len(identities)
    (rule,) = of_kind(objects, "NetworkPolicy", "web")["spec"]["egress"][1:]
    (peer,) = rule["to"]
    selected = of_kind(objects, "Deployment", "api")["spec"]["selector"]
    assert peer["podSelector"] == selected
