"""What PostgreSQL servers are told about their memory, their volume and their connections."""

# ruff: noqa: N802  (a test bears the id of its row)

import pytest

from constructs_lib.environment import Environment
from constructs_lib.quantity import parse
from constructs_lib.store.construct import ResilientStatefulStore
from constructs_lib.store.files import text_of
from constructs_lib.store.props import StoreProps
from tests.store.postgres_servers_cases import (
    ALONE,
    FULL,
    FULL_ALONE,
    OPERATED,
    THREE,
    cases,
    dynamic_of,
    file_of,
    named,
    objects_of,
    parameters_of,
    server_of,
    size,
    sized,
)
from tests.store.rendering import container_named, new_chart, pod_of, variables_of


@cases
def test_F9_the_data_is_below_the_volume_and_the_kubelet_walks_it_once(
    props: StoreProps, environment: Environment
) -> None:
    pod = pod_of(objects_of(props, environment), "StatefulSet", "postgres")
    server = container_named(pod, "postgres")
    variables = variables_of(server)
    data = variables.get("PGDATA") or variables["PATRONI_POSTGRESQL_DATA_DIR"]
    mount = server["volumeMounts"][0]["mountPath"]
    assert data == f"{mount}/pgdata"
    assert pod["spec"]["securityContext"]["fsGroupChangePolicy"] == "OnRootMismatch"
    (script,) = [word for word in server["command"] if "start" in word]
    text = text_of(f"postgres/{script.rpartition('/')[2]}")
    assert "chmod u=rwx,go=" in text


@cases
def test_F10_write_ahead_logs_never_fill_the_volume(
    props: StoreProps, environment: Environment
) -> None:
    found = parameters_of(props, environment)
    kept, usual = size(found["max_slot_wal_keep_size"]), size(found["max_wal_size"])
    assert 0 < kept + usual <= parse(props.volume.size) / 2


@pytest.mark.parametrize(("volume", "kept"), [("1Gi", "307MB"), ("20Gi", "6144MB")])
def test_F10_the_limit_of_slots_follows_the_volume(volume: str, kept: str) -> None:
    for props in (ALONE, THREE):
        found = parameters_of(props, sized("1Gi", volume))
        assert found["max_slot_wal_keep_size"] == kept


@pytest.mark.parametrize("props", [ALONE, THREE, FULL], ids=["alone", "three", "full"])
def test_F10_somebody_is_told_before_the_volume_is_full(props: StoreProps) -> None:
    store = ResilientStatefulStore(new_chart(OPERATED), "postgres", props)
    told = {alert.name for alert in store.alerts}
    assert {
        "PostgresVolumeFillsUp",
        "PostgresSlotHoldsWal",
        "PostgresSlotAboutToBeLost",
    } <= told


def test_F10_a_replica_that_is_away_keeps_its_slot_for_longer_than_a_repair_takes() -> None:
    told = dynamic_of(THREE)
    assert told["postgresql"]["use_slots"] is True
    assert told["member_slots_ttl"] >= 12 * 3600


def test_memory_is_divided_by_the_limit() -> None:
    small, large = (parameters_of(ALONE, sized(memory)) for memory in ("512Mi", "4Gi"))
    assert (small["shared_buffers"], large["shared_buffers"]) == ("128MB", "1024MB")
    assert size(small["work_mem"]) < size(large["work_mem"]) == size("4MB")


@pytest.mark.parametrize("props", [ALONE, THREE, FULL, FULL_ALONE], ids=lambda _: "")
def test_all_connections_fit_into_the_memory(props: StoreProps) -> None:
    found = parameters_of(props)
    limit = parse(server_of(props)["resources"]["limits"]["memory"])
    connections = int(found["max_connections"])
    # A process for each, of which one in four sorts.
    needed = size(found["shared_buffers"]) + size(found["maintenance_work_mem"])
    needed += connections * size("2MB") + connections * size(found["work_mem"]) / 4
    assert needed < limit


def test_some_connections_stay_free_for_people() -> None:
    for props in (ALONE, THREE):
        found = parameters_of(props)
        assert int(found["superuser_reserved_connections"]) >= 3
        # Copies of the data need no connection of a client's.
        assert int(found["max_wal_senders"]) == int(found["max_replication_slots"]) >= 10


def test_parallel_queries_have_room_to_meet() -> None:
    volumes = pod_of(objects_of(ALONE), "StatefulSet")["spec"]["volumes"]
    (shared,) = [item for item in volumes if item["name"] == "scratch-dev-shm"]
    assert shared["emptyDir"] == {"sizeLimit": "256Mi", "medium": "Memory"}


def test_values_of_settings_are_quoted_as_the_server_reads_them() -> None:
    lines = file_of(FULL_ALONE, "postgresql.conf").splitlines()
    assert r"log_statement = 'it''s \\ ddl'" in lines


@pytest.mark.parametrize("props", [FULL, FULL_ALONE], ids=["replicated", "alone"])
def test_with_tls_connections_that_are_not_encrypted_are_refused(props: StoreProps) -> None:
    told = (
        file_of(props, "pg_hba.conf")
        if props is FULL_ALONE
        else "\n".join(dynamic_of(props)["postgresql"]["pg_hba"])
    )
    letting = [line.split() for line in told.splitlines() if line.startswith("host")]
    assert {line[0] for line in letting if line[-1] != "reject"} == {"hostssl"}
    assert parameters_of(props)["ssl"] == "on"
    # The server reads its key, and refuses one that anybody may read.
    pod = pod_of(objects_of(props), "StatefulSet", "postgres")["spec"]
    (volume,) = [item for item in pod["volumes"] if item["name"] == "files-etc-tls"]
    assert volume["secret"]["defaultMode"] == 0o440
    assert pod["securityContext"]["fsGroup"] == pod["securityContext"]["runAsGroup"]


def test_with_tls_members_check_each_others_names_and_etcds() -> None:
    variables = variables_of(server_of(FULL))
    assert variables["PATRONI_REPLICATION_SSLMODE"] == "verify-full"
    assert variables["PATRONI_SUPERUSER_SSLMODE"] == "verify-full"
    assert variables["PATRONI_ETCD3_PROTOCOL"] == "https"
    assert variables["PATRONI_ETCD3_CACERT"] != variables["PATRONI_SUPERUSER_SSLROOTCERT"]


@pytest.mark.parametrize(
    ("kind", "start"), [("Deployment", "postgres-proxy"), ("Job", "postgres-configuration")]
)
def test_with_tls_who_only_connects_does_not_see_the_key(kind: str, start: str) -> None:
    objects = objects_of(FULL)
    (name,) = [name for name in named(objects, kind) if name.startswith(start)]
    volumes = pod_of(objects, kind, name)["spec"]["volumes"]
    (secret,) = [item["secret"] for item in volumes if "secret" in item]
    assert [item["key"] for item in secret["items"]] == ["ca.crt"]
