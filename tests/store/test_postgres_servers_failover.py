"""What PostgreSQL members and their proxies are told about failover."""

# ruff: noqa: N802  (a test bears the id of its row)

import json
import re
from typing import Any

import cdk8s
import pytest
import yaml

from constructs_lib.chart import AppChart
from constructs_lib.kube.claims import Volume
from constructs_lib.store.construct import ResilientStatefulStore
from constructs_lib.store.etcd.engine import Etcd
from constructs_lib.store.postgres.ha import PostgresHA
from constructs_lib.store.props import StoreProps
from tests.environments import BARE
from tests.store.postgres_servers_cases import (
    OPERATED,
    THREE,
    altered,
    dynamic_of,
    file_of,
    named,
    objects_of,
    replicated,
    server_of,
)
from tests.store.rendering import container_named, new_chart, of_kind, pod_of, variables_of


def jobs_of(props: StoreProps) -> list[str]:
    return [name for name in named(objects_of(props), "Job") if "configuration" in name]


@replicated
def test_F8_clients_are_led_by_what_each_member_says_of_itself(props: StoreProps) -> None:
    objects = objects_of(props)
    for service in {props.write_service or "postgres", props.read_service or "postgres-replicas"}:
        selector = of_kind(objects, "Service", service)["spec"]["selector"]
        assert selector["app.kubernetes.io/name"] == "postgres-proxy"
    text = file_of(props, "haproxy.cfg", "postgres-proxy")
    primary, reading = text.split("\nbackend primary")[1].split("\nbackend replicas")
    assert "uri /primary" in primary
    assert 'uri "/replica?lag=' in reading
    # Names that are asked for again and again, and none that has to be there at the start.
    assert "parse-resolv-conf" in text
    assert "init-addr none" in text
    # Where nobody answers, no connection ends: an address that is not known any more is down.
    held = dict(re.findall(r"^    hold (\w+) (\w+)$", text, re.MULTILINE))
    assert held == {"valid": "2s", "nx": "5s", "timeout": "1h", "refused": "1h", "other": "1h"}
    engine = props.engine
    assert isinstance(engine, PostgresHA)
    for backend in (primary, reading):
        servers = [line.split() for line in backend.splitlines() if line.startswith("    server ")]
        assert [name for _, name, *_ in servers] == [
            f"postgres-{n}" for n in range(engine.replicas)
        ]
        for _, name, address, *options in servers:
            host, port = address.split(":")
            assert host.startswith(f"{name}.postgres-peers.shop.svc")
            assert port == "5432"
            assert options == ([] if engine.tls is None else ["verifyhost", host])


@replicated
def test_F8_a_former_primary_loses_its_clients_before_another_can_lead(props: StoreProps) -> None:
    text = file_of(props, "haproxy.cfg", "postgres-proxy")
    assert "on-marked-down shutdown-sessions" in text
    seconds = [int(found) for found in re.findall(r"inter (\d)s .* fall (\d)", text)[0]]
    # Two questions without an answer, and the time that each may take.
    assert seconds[0] + seconds[1] * 2 < dynamic_of(props)["ttl"]


@replicated
def test_C5_a_leader_that_is_well_keeps_its_key_while_etcd_is_slow(props: StoreProps) -> None:
    told = dynamic_of(props)
    assert told["loop_wait"] + 2 * told["retry_timeout"] <= told["ttl"]


@pytest.mark.parametrize(
    ("synchronous", "patience"), [("quorum", 0), ("on", 0), ("off", 30)], ids=str
)
def test_C5_a_crashed_primary_is_replaced_at_once_where_that_costs_nothing(
    synchronous: str, patience: int
) -> None:
    told = dynamic_of(altered(THREE, synchronous=synchronous))
    assert told["synchronous_mode"] == synchronous
    assert told["primary_start_timeout"] == patience


@replicated
def test_F11_a_member_that_cannot_be_rewound_is_made_anew(props: StoreProps) -> None:
    patroni = yaml.safe_load(file_of(props, "patroni.yml"))
    assert patroni["postgresql"]["remove_data_directory_on_rewind_failure"] is True
    assert patroni["postgresql"]["remove_data_directory_on_diverged_timelines"] is True
    assert "data-checksums" in patroni["bootstrap"]["initdb"]
    dynamic = dynamic_of(props)["postgresql"]
    assert dynamic["use_pg_rewind"] is True
    assert dynamic["parameters"]["wal_log_hints"] == "on"
    # A rewind connects as the superuser, which may read every file.
    assert "PATRONI_SUPERUSER_PASSWORD" in variables_of(server_of(props))


def test_F11_somebody_is_told_of_a_replica_that_does_not_follow() -> None:
    store = ResilientStatefulStore(new_chart(OPERATED), "postgres", THREE)
    (alert,) = [item for item in store.alerts if item.name == "PostgresReplicaOutOfStep"]
    assert "patroni_postgres_streaming" in alert.expression


@replicated
def test_F16_etcd_is_spoken_to_by_version_3_of_its_api(props: StoreProps) -> None:
    variables = variables_of(server_of(props))
    assert "PATRONI_ETCD_HOSTS" not in variables
    hosts = variables["PATRONI_ETCD3_HOSTS"].split(",")
    assert [host.partition(".")[0] for host in hosts] == ["etcd-0", "etcd-1", "etcd-2"]
    assert all(host.endswith(":2379") for host in hosts)
    assert not {"etcd", "etcd3"} & yaml.safe_load(file_of(props, "patroni.yml")).keys()


def test_F16_an_etcd_store_is_taken_as_it_offers_itself() -> None:
    chart = new_chart(BARE)
    keeper = ResilientStatefulStore(chart, "etcd", StoreProps(engine=Etcd()))
    ResilientStatefulStore(chart, "postgres", altered(THREE, etcd=keeper.client()))
    pod = pod_of(list(chart.to_json()), "StatefulSet", "postgres")
    hosts = variables_of(container_named(pod, "postgres"))["PATRONI_ETCD3_HOSTS"]
    # Members by name, and none behind an address that all share.
    assert hosts.split(",") == [
        f"etcd-{number}.etcd-peers.shop.svc.cluster.local:2379" for number in range(3)
    ]


def test_F18_no_two_stores_share_a_folder_in_etcd() -> None:
    places = set()
    for app, name in (("shop", "postgres"), ("shop", "other"), ("books", "postgres")):
        chart = AppChart(cdk8s.App(), app, environment=BARE, team="checkout")
        ResilientStatefulStore(chart, name, THREE)
        pod = pod_of(list(chart.to_json()), "StatefulSet", name)
        variables = variables_of(container_named(pod, "postgres"))
        places.add((variables["PATRONI_NAMESPACE"], variables["PATRONI_SCOPE"]))
    assert places == {("/shop", "postgres"), ("/shop", "other"), ("/books", "postgres")}


def test_F18_data_and_who_it_belongs_to_are_kept_alike() -> None:
    chart = new_chart(BARE)
    volume = Volume()
    keeper = ResilientStatefulStore(chart, "etcd", StoreProps(engine=Etcd(), volume=volume))
    ResilientStatefulStore(chart, "postgres", altered(THREE, etcd=keeper.client()))
    kept = [
        of_kind(list(chart.to_json()), "StatefulSet", name)["spec"][
            "persistentVolumeClaimRetentionPolicy"
        ]
        for name in ("etcd", "postgres")
    ]
    assert kept == [{"whenDeleted": "Retain", "whenScaled": "Retain"}] * 2


CHANGES = [
    {"max_connections": 120},
    {"parameters": {"random_page_cost": "1.1"}},
    {"synchronous": "off"},
    {"ttl": 30},
    {"max_slot_wal_keep_size": "1Gi"},
]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: next(iter(change)))
def test_F19_a_changed_setting_is_another_job_and_rolls_no_pod(change: dict[str, Any]) -> None:
    (before,), (after,) = jobs_of(THREE), jobs_of(altered(THREE, **change))
    assert before != after
    assert before.rpartition("-")[0] == after.rpartition("-")[0] == "postgres-configuration"
    pods = [pod_of(objects_of(p), "StatefulSet") for p in (THREE, altered(THREE, **change))]
    assert pods[0] == pods[1]


def test_F19_the_job_and_a_new_cluster_are_told_the_same() -> None:
    told = json.loads(file_of(THREE, "dynamic.yml", "postgres-configuration"))
    assert told["bootstrap"]["dcs"] == dynamic_of(THREE)


@replicated
def test_F19_nothing_is_left_to_what_patroni_does_once(props: StoreProps) -> None:
    assert set(yaml.safe_load(file_of(props, "patroni.yml"))["bootstrap"]) == {"initdb"}
