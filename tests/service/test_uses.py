"""Using an endpoint opens both sides of the connection."""

from dataclasses import replace

from constructs_lib.refs import Ports
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
