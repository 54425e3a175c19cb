"""Redis with Sentinel, as it is rendered: what its failures at others' are excluded by."""

# ruff: noqa: N802  (a test bears the id of its row)

import re
from typing import Any

import pytest

from constructs_lib.store.construct import ResilientStatefulStore
from constructs_lib.store.props import StoreProps
from constructs_lib.store.redis.sentinel import RedisSentinel
from tests.store.redis_cases import FULL_THREE, OPERATED, THREE, altered
from tests.store.rendering import (
    container_named,
    kinds,
    new_chart,
    of_kind,
    pod_of,
    rendered,
    variables_of,
)

both = pytest.mark.parametrize("props", [THREE, FULL_THREE], ids=["three", "five"])


def servers(props: StoreProps = THREE) -> Any:
    return pod_of(rendered(props), "StatefulSet")


def text(props: StoreProps, name: str, part: str = "cache") -> str:
    data = of_kind(rendered(props), "ConfigMap", f"{part}-files")["data"]
    (found,) = [value for key, value in data.items() if key.endswith(f"-{name}")]
    return str(found)


def proxy(props: StoreProps = THREE) -> str:
    return text(props, "haproxy.cfg", "cache-proxy")


def setting(props: StoreProps, file: str, name: str) -> str:
    (value,) = re.findall(rf"(?m)^{name} (.*)$", text(props, file))
    return str(value)


def hosts(props: StoreProps) -> list[str]:
    assert isinstance(props.engine, RedisSentinel)
    count = props.engine.replicas
    return [f"cache-{n}.cache-peers.shop.svc.cluster.local" for n in range(count)]


@both
def test_F1_what_a_sentinel_knows_outlives_its_pod(props: StoreProps) -> None:
    stateful = of_kind(rendered(props), "StatefulSet")["spec"]
    pod = stateful["template"]
    data = variables_of(container_named(pod, "redis"))["DATA"]
    (claim,) = stateful["volumeClaimTemplates"]

    for name in ("redis", "sentinel"):
        container = container_named(pod, name)
        assert variables_of(container)["DATA"] == data
        mounts = {item["mountPath"]: item["name"] for item in container["volumeMounts"]}
        assert mounts[data] == claim["metadata"]["name"]
    assert setting(props, "sentinel.conf", "dir") == f"{data}/conf"
    assert not any("emptyDir" in volume for volume in pod["spec"]["volumes"])


@both
def test_F1_pods_start_side_by_side_and_the_first_is_the_master_of_all(props: StoreProps) -> None:
    objects = rendered(props)
    pod = pod_of(objects, "StatefulSet")
    known = {str(variables_of(container_named(pod, n))["MEMBERS"]) for n in ("redis", "sentinel")}

    assert of_kind(objects, "StatefulSet")["spec"]["podManagementPolicy"] == "Parallel"
    assert of_kind(objects, "Service", "cache-peers")["spec"]["publishNotReadyAddresses"] is True
    assert known == {" ".join(hosts(props))}


@both
def test_F2_a_pod_asks_longer_than_it_takes_to_replace_it(props: StoreProps) -> None:
    assert isinstance(props.engine, RedisSentinel)
    patience = int(variables_of(container_named(servers(props), "redis"))["PATIENCE"])
    assert patience >= props.engine.down_after_seconds + 5


@both
def test_F4_a_pod_is_ready_when_it_is_in_step_and_for_a_while(props: StoreProps) -> None:
    stateful = of_kind(rendered(props), "StatefulSet")["spec"]
    probe = container_named(stateful["template"], "redis")["readinessProbe"]

    assert probe["exec"]["command"] == ["sh", "/etc/redis/ready.sh"]
    assert "slave/up/0) exit 0" in text(props, "ready.sh")
    assert stateful["minReadySeconds"] >= 5
    assert "STALE_READS" not in variables_of(container_named(stateful["template"], "redis"))


@both
def test_F4_a_sentinel_outlasts_a_hand_over_and_all_is_over_in_time(props: StoreProps) -> None:
    assert isinstance(props.engine, RedisSentinel)
    pod = servers(props)
    server, sentinel = (container_named(pod, name) for name in ("redis", "sentinel"))
    hand_over = int(variables_of(server)["HAND_OVER_SECONDS"])
    ends = hand_over + props.engine.shutdown.stop_seconds
    outlast = int(variables_of(sentinel)["OUTLAST_SECONDS"])
    linger = int(variables_of(sentinel)["LINGER_SECONDS"])

    assert server["lifecycle"]["preStop"]["exec"]["command"] == ["sh", "/etc/redis/hand-over.sh"]
    assert sentinel["lifecycle"]["preStop"]["exec"]["command"] == ["sh", "/etc/redis/outlast.sh"]
    assert ends <= outlast
    assert outlast + linger < pod["spec"]["terminationGracePeriodSeconds"]


@both
def test_F6_everybody_is_known_by_an_absolute_name_that_is_asked_for_quickly(
    props: StoreProps,
) -> None:
    pod = servers(props)
    options = {item["name"]: item.get("value") for item in pod["spec"]["dnsConfig"]["options"]}
    host = variables_of(container_named(pod, "redis"))["HOST"]

    assert setting(props, "sentinel.conf", "sentinel resolve-hostnames") == "yes"
    assert setting(props, "sentinel.conf", "sentinel announce-hostnames") == "yes"
    assert host == "$(POD_NAME).cache-peers.shop.svc.cluster.local"
    for script, directive in (("configure.sh", "replica-announce-ip"), ("start-sentinel.sh", "ip")):
        assert re.search(rf'echo "[a-z -]*{directive} \$HOST"', text(props, script))
    # A look that lasts 2 s makes a Sentinel distrust its own clock.
    assert options["ndots"] == "1"
    assert int(str(options["timeout"])) * int(str(options["attempts"])) <= 2


@both
def test_F6_no_address_stands_beside_a_name(props: StoreProps) -> None:
    found = re.findall(r"\d+\.\d+\.\d+\.\d+", text(props, "sentinel.conf") + proxy(props))
    # The proxy asks itself.
    assert set(found) == {"127.0.0.1"}


def test_F22_no_pod_label_decides_who_the_master_is() -> None:
    objects = rendered(FULL_THREE)
    pod = pod_of(objects, "StatefulSet")
    identity = {"app.kubernetes.io/name": "cache", "app.kubernetes.io/instance": "shop"}
    selectors = [
        item["spec"]["selector"] for item in objects if item["kind"] in ("Service", "PodMonitor")
    ]

    # Nothing selects by more than who made a pod, nobody may change a label, and nobody could.
    assert all(
        set(selector.get("matchLabels", selector)) == identity.keys() for selector in selectors
    )
    assert identity.items() <= pod["metadata"]["labels"].items()
    assert not {"Role", "RoleBinding", "ClusterRole"} & set(kinds(objects))
    assert pod["spec"]["automountServiceAccountToken"] is False


@both
def test_F22_proxies_ask_every_server_and_every_sentinel_themselves(props: StoreProps) -> None:
    assert isinstance(props.engine, RedisSentinel)
    backends = dict(
        re.findall(r"(?ms)^backend (\S+)\n(.*?)(?=^(?:backend|frontend|#)|\Z)", proxy(props))
    )
    named = {f"cache-{n}": host for n, host in enumerate(hosts(props))}

    for name, host in named.items():
        assert f"server {name} {host}:6379 check" in backends[f"master-{name}"]
        for other, address in named.items():
            assert f"server {other} {address}:26379 check" in backends[f"named-{name}"]
        decides = (
            f"use_backend master-{name} if {{ nbsrv(named-{name}) ge {props.engine.majority} }}"
        )
        assert proxy(props).count(decides) == 2
    assert "on-marked-down shutdown-sessions" in proxy(props)
    assert "init-addr none" in proxy(props)


@pytest.mark.parametrize(
    ("silence", "matches", "others"),
    [
        (3, ["3000", "9999", "10000"], ["2999", "0", "450"]),
        (9, ["9000", "123456"], ["8999", "3000"]),
        (11, ["10000"], ["9999"]),
    ],
)
def test_a_sentinel_that_has_heard_nothing_for_a_while_does_not_count(
    silence: int, matches: list[str], others: list[str]
) -> None:
    props = altered(THREE, max_lag_seconds=silence, down_after_seconds=silence + 2)
    patterns = set(
        re.findall(r"last-ok-ping-reply\\r\\n\\\$\[0-9\]\\r\\n\((.*?)\)\\r", proxy(props))
    )
    (pattern,) = patterns
    assert all(re.fullmatch(pattern, item) for item in matches)
    assert not any(re.fullmatch(pattern, item) for item in others)


def test_a_master_cut_off_stops_before_another_one_starts() -> None:
    lag = int(setting(THREE, "redis.conf", "min-replicas-max-lag"))
    down = int(setting(THREE, "sentinel.conf", "sentinel down-after-milliseconds cache"))
    assert setting(THREE, "redis.conf", "min-replicas-to-write") == "1"
    assert (lag + 1) * 1000 < down


def test_F21_strangers_stay_out_with_metrics_on() -> None:
    objects = rendered(FULL_THREE, OPERATED)
    allowed = {
        part: {
            (peer["podSelector"]["matchLabels"]["app.kubernetes.io/name"], port["port"])
            for rule in of_kind(objects, "NetworkPolicy", part)["spec"]["ingress"]
            for peer in rule["from"]
            for port in rule["ports"]
        }
        for part in ("cache", "cache-proxy")
    }
    members = {("cache", n) for n in (6379, 26379)} | {("cache-proxy", n) for n in (6379, 26379)}
    jobs = ("cache-backup", "cache-restore")

    assert allowed["cache"] == members | {
        *((client, port) for client in ("web", *jobs) for port in (6379, 26379)),
        ("prometheus", 9121),
    }
    # One range of two ports.
    assert allowed["cache-proxy"] == {
        *((client, 6379) for client in ("web", *jobs)),
        ("prometheus", 8404),
    }


def test_F21_members_reach_each_other_and_proxies_reach_members() -> None:
    objects = rendered(THREE)
    for part in ("cache", "cache-proxy"):
        policy = of_kind(objects, "NetworkPolicy", part)["spec"]
        reached = {
            (peer["podSelector"]["matchLabels"].get("app.kubernetes.io/name"), port["port"])
            for rule in policy["egress"]
            for peer in rule["to"]
            if "podSelector" in peer
            for port in rule["ports"]
        }
        assert {("cache", 6379), ("cache", 26379)} <= reached


def test_a_client_that_knows_sentinel_finds_it_while_no_server_answers() -> None:
    store = ResilientStatefulStore(new_chart(), "cache", THREE)
    service = of_kind(rendered(THREE), "Service", "cache-sentinel")["spec"]

    assert store.endpoint_of("sentinel").address == "cache-sentinel.shop.svc:26379"
    assert service["publishNotReadyAddresses"] is True
    assert store.endpoint_of("members").service == "cache-peers"


@both
def test_the_proxies_check_the_name_in_each_certificate_and_outlive_dns(props: StoreProps) -> None:
    configuration = proxy(props)
    held = dict(re.findall(r"^    hold (\w+) (\w+)$", configuration, re.MULTILINE))
    assert held == {"valid": "2s", "nx": "5s", "timeout": "1h", "refused": "1h", "other": "1h"}
    assert isinstance(props.engine, RedisSentinel)
    lines = re.findall(r"^    server \S+ (\S+):\d+ (.*)$", configuration, re.MULTILINE)
    assert {host for host, _ in lines} == set(hosts(props))
    for host, options in lines:
        assert (f"verifyhost {host}" in options) is (props.engine.tls is not None)
