"""Our constructs and those of cdk8s-plus in one chart."""

from dataclasses import replace
from typing import Any

import cdk8s_plus_27 as kplus
import pytest

from constructs_lib.kube.autoscaling import Autoscaling
from constructs_lib.kube.rbac import ExistingServiceAccount
from constructs_lib.kube.storage import ConfigMapFiles, FileMount, SecretFiles
from constructs_lib.kube.variables import VariablesFrom
from constructs_lib.refs import ConfigMapKey, SecretKey
from constructs_lib.service import NovaService, NovaServiceProps, NovaWorker
from tests.service.cases import SERVICE, WORKER
from tests.service.rendering import container_of, new_chart, of_kind, pod_of, variables_of

SCALED = replace(SERVICE, autoscaling=Autoscaling(minimum=2, maximum=4, cpu=70))


def with_references(**changes: Any) -> NovaServiceProps:
    return replace(SERVICE, **changes)


def test_a_plus_policy_selects_our_pods() -> None:
    chart = new_chart()
    service = NovaService(chart, "api", SERVICE)
    kplus.NetworkPolicy(chart, "extra", selector=service)
    objects = list(chart.to_json())
    policy = of_kind(objects, "NetworkPolicy", "shop-extra")
    assert policy["metadata"]["namespace"] == "shop"
    selected = policy["spec"]["podSelector"]["matchLabels"]
    assert selected == of_kind(objects, "Deployment")["spec"]["selector"]["matchLabels"]


def test_a_plus_policy_takes_our_pods_as_a_peer() -> None:
    chart = new_chart()
    service = NovaService(chart, "api", SERVICE)
    policy = kplus.NetworkPolicy(chart, "extra", selector=kplus.Pods.all(chart, "all"))
    policy.add_egress_rule(service, [kplus.NetworkPolicyPort.tcp(8080)])
    objects = list(chart.to_json())
    (rule,) = of_kind(objects, "NetworkPolicy", "shop-extra")["spec"]["egress"]
    (peer,) = rule["to"]
    selector = of_kind(objects, "Deployment")["spec"]["selector"]
    assert peer["podSelector"] == selector
    assert peer["namespaceSelector"]["matchLabels"] == {"kubernetes.io/metadata.name": "shop"}


def test_a_plus_deployment_may_reach_ours() -> None:
    chart = new_chart()
    service = NovaService(chart, "api", SERVICE)
    other = kplus.Deployment(
        chart, "other", containers=[kplus.ContainerProps(image="a:1", port_number=80)]
    )
    other.connections.allow_to(service)
    policies = [o for o in chart.to_json() if o["kind"] == "NetworkPolicy"]
    ours = of_kind(list(chart.to_json()), "Deployment", "api")["spec"]["selector"]["matchLabels"]
    assert [p for p in policies if p["spec"]["podSelector"].get("matchLabels") == ours]


@pytest.mark.parametrize("kind", [NovaService, NovaWorker])
def test_a_plus_autoscaler_takes_the_replicas(kind: Any) -> None:
    chart = new_chart()
    workload = kind(chart, "api", SERVICE if kind is NovaService else WORKER)
    kplus.HorizontalPodAutoscaler(chart, "scaler", target=workload, max_replicas=5)
    objects = list(chart.to_json())
    assert "replicas" not in of_kind(objects, "Deployment")["spec"]
    reference = of_kind(objects, "HorizontalPodAutoscaler")["spec"]["scaleTargetRef"]
    assert reference == {"apiVersion": "apps/v1", "kind": "Deployment", "name": "api"}


def test_a_second_autoscaler_is_refused() -> None:
    chart = new_chart()
    service = NovaService(chart, "api", SCALED)
    with pytest.raises(RuntimeError, match="'api' has an autoscaler; leave out"):
        kplus.HorizontalPodAutoscaler(chart, "scaler", target=service, max_replicas=5)


def test_plus_secrets_come_as_references() -> None:
    chart = new_chart()
    secret = kplus.Secret(chart, "database", string_data={"user": "a"})
    NovaService(
        chart,
        "api",
        with_references(
            variables={"USER": SecretKey.of(secret, "user")},
            variables_from=(VariablesFrom.secret_of(secret, prefix="DB_"),),
            files=(FileMount("/etc/db", SecretFiles.of(secret, "user")),),
        ),
    )
    objects = list(chart.to_json())
    name = of_kind(objects, "Secret")["metadata"]["name"]
    container = container_of(objects)
    assert variables_of(container)["USER"]["secretKeyRef"] == {"name": name, "key": "user"}
    assert container["envFrom"][0] == {"prefix": "DB_", "secretRef": {"name": name}}
    assert pod_of(objects)["spec"]["volumes"][-1]["secret"]["secretName"] == name


def test_plus_config_maps_come_as_references() -> None:
    chart = new_chart()
    config_map = kplus.ConfigMap(chart, "flags", data={"a": "b"})
    NovaService(
        chart,
        "api",
        with_references(
            environment_settings=False,
            variables={"A": ConfigMapKey.of(config_map, "a")},
            variables_from=(VariablesFrom.config_map_of(config_map),),
            files=(FileMount("/etc/flags", ConfigMapFiles.of(config_map, "a")),),
        ),
    )
    objects = list(chart.to_json())
    name = of_kind(objects, "ConfigMap")["metadata"]["name"]
    container = container_of(objects)
    assert variables_of(container)["A"]["configMapKeyRef"] == {"name": name, "key": "a"}
    assert container["envFrom"] == [{"configMapRef": {"name": name}}]
    assert pod_of(objects)["spec"]["volumes"][-1]["configMap"]["name"] == name


def test_a_plus_account_comes_as_a_reference() -> None:
    chart = new_chart()
    account = kplus.ServiceAccount(chart, "robot")
    props = with_references(service_account=ExistingServiceAccount.of(account))
    service = NovaService(chart, "api", props)
    objects = list(chart.to_json())
    name = of_kind(objects, "ServiceAccount")["metadata"]["name"]
    assert pod_of(objects)["spec"]["serviceAccountName"] == name == service.service_account_name


def test_plus_objects_take_namespace_and_labels_of_the_chart() -> None:
    chart = new_chart()
    kplus.ConfigMap(chart, "flags")
    (config_map,) = chart.to_json()
    assert config_map["metadata"]["namespace"] == "shop"
    assert config_map["metadata"]["labels"]["team"] == "checkout"
