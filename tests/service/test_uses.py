"""Using an endpoint opens both sides of the connection."""

from dataclasses import replace

from constructs_lib.refs import Pods, Ports
from constructs_lib.service import NovaService
from tests.environments import BARE
from tests.service.cases import DATABASE, SERVICE
from tests.service.rendering import egress_of, kinds, new_chart, of_kind, rendered


def test_a_workload_of_the_same_namespace_lets_its_user_in() -> None:
    chart = new_chart(BARE)
    ports = Ports(http=8080, grpc=9080, admin=7070)
    orders = NovaService(chart, "orders", replace(SERVICE, ports=ports))
    uses = (orders.endpoint("http"), orders.endpoint("grpc"))
    web = NovaService(chart, "web", replace(SERVICE, uses=uses))
    spec = of_kind(list(chart.to_json()), "NetworkPolicy", "web-to-orders")["spec"]
    assert spec["podSelector"]["matchLabels"] == orders.pods.labels
    (rule,) = spec["ingress"]
    (peer,) = rule["from"]
    assert peer["podSelector"]["matchLabels"] == web.pods.labels
    assert [port["port"] for port in rule["ports"]] == [8080, 9080]
    assert spec["policyTypes"] == ["Ingress"]


def test_the_other_side_of_another_namespace_is_its_owner_s() -> None:
    objects = rendered(replace(SERVICE, uses=(DATABASE,)), BARE)
    assert len(egress_of(objects)) == 2
    assert kinds(objects).count("NetworkPolicy") == 1


def test_a_namesake_elsewhere_does_not_hide_the_one_here() -> None:
    chart = new_chart(BARE)
    redis = NovaService(chart, "redis", replace(SERVICE, ports=Ports(redis=6379)))
    elsewhere = replace(DATABASE, service="redis")
    NovaService(chart, "web", replace(SERVICE, uses=(elsewhere, redis.endpoint("redis"))))
    spec = of_kind(list(chart.to_json()), "NetworkPolicy", "web-to-redis")["spec"]
    assert spec["podSelector"]["matchLabels"] == redis.pods.labels
    assert [port["port"] for port in spec["ingress"][0]["ports"]] == [6379]


def test_every_selector_behind_an_endpoint_lets_its_user_in() -> None:
    chart = new_chart(BARE)
    roles = [Pods(chart.app_namespace, labels={"role": role}) for role in ("primary", "replica")]
    behind = replace(DATABASE, namespace=chart.app_namespace, peers=tuple(roles))
    NovaService(chart, "web", replace(SERVICE, uses=(behind,)))
    objects = list(chart.to_json())
    selected = [
        of_kind(objects, "NetworkPolicy", name)["spec"]["podSelector"]["matchLabels"]
        for name in ("web-to-postgres", "web-to-postgres-2")
    ]
    assert selected == [{"role": "primary"}, {"role": "replica"}]
