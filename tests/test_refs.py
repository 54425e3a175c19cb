import re
from dataclasses import replace

import cdk8s
import cdk8s_plus_27 as kplus
import pytest

from constructs_lib.errors import NovaError
from constructs_lib.refs import (
    ConfigMapKey,
    Endpoint,
    Pods,
    Port,
    Ports,
    SecretKey,
    plus_name,
)

ENDPOINT = Endpoint("api", "shop", Port("http", 8080, service_port=80))


def test_addresses_use_the_port_of_the_service() -> None:
    assert ENDPOINT.address == f"{ENDPOINT.host}:80"
    assert ENDPOINT.local_address == "api:80"
    assert ENDPOINT.url(path="/health") == f"http://{ENDPOINT.host}:80/health"
    assert ENDPOINT.url("grpc").startswith("grpc://api.shop.")


def test_a_port_without_service_port_is_offered_as_it_is() -> None:
    endpoint = replace(ENDPOINT, port=Port("http", 8080))
    assert endpoint.local_address == "api:8080"


def test_references_are_equal_by_content() -> None:
    assert Pods("shop", labels={"app": "api"}) == Pods("shop", labels={"app": "api"})
    assert replace(ENDPOINT) == ENDPOINT


def test_an_unknown_port_is_answered_with_the_nearest() -> None:
    with pytest.raises(NovaError, match=re.escape("no port is called 'htp': did you mean 'http'?")):
        Ports(http=80, grpc=90)["htp"]


def test_ports_print_as_they_are_written() -> None:
    ports = Ports(Port("http", 80))
    assert eval(repr(ports)) == ports  # noqa: S307  (our own text)


def test_a_keyword_and_the_name_of_its_port_are_one() -> None:
    ports = Ports(http=Port("http", 8080, service_port=80))
    assert ports["http"].offered == 80
    told = "http = Port(name='web', number=8080, service_port=None, protocol='TCP', app_protocol"
    with pytest.raises(NovaError, match=re.escape(told)) as raised:
        Ports(http=Port("web", 8080))
    assert "is a port called 'web'; write web=..., or call the port 'http'" in str(raised.value)


@pytest.mark.parametrize("spoken", ["http", "amqps", "kubernetes.io/wss", "example.com/redis"])
def test_any_protocol_of_a_registry_may_be_spoken(spoken: str) -> None:
    assert list(Port("a", 80, app_protocol=spoken).problems()) == []


@pytest.mark.parametrize("spoken", ["", "HTTP", "http/1.1/x", "/redis", "example.com/", "a b"])
def test_what_names_no_protocol_is_refused(spoken: str) -> None:
    (problem,) = Port("a", 80, app_protocol=spoken).problems()
    assert str(problem) == (
        f"app_protocol = {spoken!r}: is not an application protocol; write an IANA service name "
        "such as 'http' in lower case, or 'example.com/redis'"
    )


def test_ports_are_replaced_whole() -> None:
    ports = Ports(Port("relay-1", 49160, protocol="UDP"), http=8080)
    assert replace(ports) == ports
    assert replace(ports, each=(Port("http", 80),)) == Ports(http=80)
    assert [port.name for port in Ports(each=80)] == ["each"]


def test_names_come_from_plus_objects() -> None:
    chart = cdk8s.Chart(cdk8s.App(), "c", disable_resource_name_hashes=True)
    assert SecretKey.of(kplus.Secret(chart, "database"), "user") == SecretKey("c-database", "user")
    config_map = kplus.ConfigMap(chart, "settings", metadata={"name": "my.settings"})
    assert ConfigMapKey.of(config_map, "a") == ConfigMapKey("my.settings", "a")


def test_a_name_is_taken_as_it_is() -> None:
    assert plus_name("database") == "database"


@pytest.mark.parametrize("thing", [42, None, object()], ids=["number", "none", "object"])
def test_what_has_no_name_is_refused(thing: object) -> None:
    with pytest.raises(NovaError, match="has no name; pass a cdk8s-plus resource or its name"):
        plus_name(thing)
