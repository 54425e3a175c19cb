"""Host names in settings that no Service has."""

import pytest

from tests.rules.shop import API, Break, Change, check, found


def variable(text: str) -> Change:
    return Change("Deployment api", f"{API}.env.1", {"name": "CACHE", "value": text})


BREAKS = (
    Break(
        "references/address",
        variable("http://apis.shop.svc.cluster.local/x"),
        "containers[api].env[CACHE] asks for Service shop/apis; the nearest is api",
    ),
    Break(
        "references/address",
        variable("apu.shop:80"),
        "containers[api].env[CACHE] asks for Service shop/apu; the nearest is api",
    ),
    Break(
        "references/address",
        variable("redis://api.shop.svc:6379/0"),
        "containers[api].env[CACHE] asks for port 6379 of Service shop/api; there is 80, 9090",
    ),
    Break(
        "references/address",
        variable("nats://u:p@borker:9092,nats://broker:9092"),
        "containers[api].env[CACHE] asks for Service shop/borker; the nearest is broker",
    ),
    Break(
        "references/address",
        Change("ConfigMap api-config", "data.LOG_LEVEL", "http://broker:9093"),
        "data[LOG_LEVEL] asks for port 9093 of Service shop/broker; the nearest is 9092",
    ),
    Break(
        "references/address",
        Change("ConfigMap api-config", "data.motd", "ask apu.shop.svc, or apu.shop.svc"),
        "data[motd] asks for Service shop/apu; the nearest is api",
    ),
)


@pytest.mark.parametrize("broken", BREAKS)
def test_an_address_that_nobody_has_is_found(broken: Break) -> None:
    check(broken)


@pytest.mark.parametrize(
    "text",
    [
        "http://api.shop.svc:80/, db-0.db-peers.shop.svc.cluster.local:8008",
        "broker.shop.svc.cluster.local:9092",
        "apu.theirs.svc",
        "https://apu.shop.example.com and mail@apu.shop.svc-mail.com",
        "$(HOST).shop.svc, ${NAME}-peers.shop.svc, @NAME@.shop.svc",
        "apu.shop",
        "http://broker:9092, http://localhost:1, http://10.0.0.1/, http://apu.com, https://$(A)-b:1",
    ],
)
def test_what_is_no_address_of_ours_is_accepted(text: str) -> None:
    assert found(variable(text)) == []


def test_a_file_may_have_names_of_its_own() -> None:
    unread = Change("Deployment api", f"{API}.envFrom", [])
    file = Change("ConfigMap api-config", "data.motd", "proxy_pass http://upstream;")
    assert found(unread, file) == []
