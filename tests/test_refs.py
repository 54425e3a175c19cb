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
