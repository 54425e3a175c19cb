"""What NATS engines do not take."""

from dataclasses import replace

import pytest

from constructs_lib.errors import PropsError
from constructs_lib.kube.claims import Volume
from constructs_lib.kube.probes import ExecCommand
from constructs_lib.kube.shutdown import Shutdown
from constructs_lib.store.backups import Backup, BackupVolume
from constructs_lib.store.props import StoreProps
from constructs_lib.store.tls import Tls
from tests.store.nats_cases import (
    ADMIN,
    FULL,
    NIGHTLY,
    ORDERS,
    THREE,
    altered,
    in_environment,
    key,
)
from tests.store.rendering import rendered


@pytest.mark.parametrize(
    ("props", "message"),
    [
        (
            altered(THREE, replicas=4),
            (
                "engine.replicas = 4: is even: of 4 members 3 have to agree, so 1 may be lost, no "
                "more than of 3; use 1, 3 or 5"
            ),
        ),
        (altered(THREE, replicas=0), "engine.replicas = 0: is no member; use 1, 3 or 5"),
        (
            altered(THREE, replicas=7),
            "engine.replicas = 7: is more than is of use: every write waits for 4 members",
        ),
        (
            altered(THREE, route_password=None),
            "engine.route_password = None: is what servers know each other by; give",
        ),
        (altered(THREE, data_path="data"), "engine.data_path = 'data': is no folder to mount"),
        (altered(THREE, data_path="/"), "engine.data_path = '/': is no folder to mount"),
        (altered(THREE, users=()), "engine.users = (): lets nobody connect"),
        (altered(THREE, users=(ADMIN, ADMIN)), "engine.users = 'admin': is the name of two users"),
        (
            altered(THREE, users=(replace(ADMIN, name="sys"),)),
            "engine.users[0].name = 'sys': is a login of the store's own; choose another",
        ),
        (
            altered(THREE, users=(replace(ORDERS, publish=("orders.>.new",)),)),
            "engine.users[0].publish = 'orders.>.new': is no subject; write tokens with '.'",
        ),
        (
            altered(THREE, users=(replace(ORDERS, subscribe=("orders. new",)),)),
            "engine.users[0].subscribe = 'orders. new': is no subject",
        ),
        (
            altered(THREE, max_file_store="9.5Gi"),
            (
                "engine.max_file_store = '9.5Gi': is 95% of the volume of 10Gi: a file system "
                "takes some of it, the disk is full before the limit is reached, and JetStream "
                "switches itself off; use at most 90%, 9Gi"
            ),
        ),
        (
            altered(replace(THREE, volume=Volume(size="1Gi")), max_file_store="1Gi"),
            "is 100% of the volume of 1Gi",
        ),
        (
            altered(THREE, max_memory_store="400Mi"),
            (
                "engine.max_memory_store = '400Mi': is 78% of the memory limit of 512Mi, and the "
                "server needs the rest for clients, consumers and what it writes; use at most 50%, "
                "256Mi"
            ),
        ),
        (altered(THREE, max_payload="65Mi"), "engine.max_payload = '65Mi': is refused by servers"),
        (altered(THREE, sync_interval="2"), "engine.sync_interval = '2': is no interval"),
        (
            altered(THREE, shutdown=Shutdown(grace_period_seconds=60, drain_seconds=10)),
            "engine.shutdown.drain_seconds = 10: is a lame duck mode shorter than 30 s",
        ),
        (
            altered(
                THREE, shutdown=Shutdown(grace_period_seconds=45, drain_seconds=30, stop_seconds=10)
            ),
            (
                "engine.shutdown.stop_seconds = 10: leaves less than 20 s between lame duck mode "
                "and SIGKILL"
            ),
        ),
        (
            altered(THREE, shutdown=Shutdown(grace_period_seconds=60, drain_seconds=120)),
            (
                "engine.shutdown.grace_period_seconds = 60: is shorter than drain_seconds + "
                "stop_seconds = 120 + 20 = 140; use 140 or more"
            ),
        ),
        (
            altered(
                THREE,
                shutdown=Shutdown(
                    grace_period_seconds=60, drain_seconds=30, command=ExecCommand(("true",))
                ),
            ),
            "engine.shutdown.command = ExecCommand(command=('true',)): is the engine's to choose",
        ),
        (
            altered(FULL, backup_password=None),
            "engine.backup_password = None: is needed by backups",
        ),
        (
            altered(FULL, max_file_store="3Gi"),
            (
                "backup.to.size = '50Gi': is less than (4 kept + 1 being made) x 13056Mi (what the "
                "account may keep, in streams of one copy) = 65280Mi"
            ),
        ),
        (
            replace(
                altered(THREE, fewest_copies=3, backup_password=key("backup")),
                volume=Volume(size="10Gi"),
                backup=Backup(schedule=NIGHTLY, keep=1, to=BackupVolume(size="10Gi")),
            ),
            (
                "backup.to.size = '10Gi': is less than (1 kept + 1 being made) x 7399Mi (what the "
                "account may keep, in streams of 3 copies) = 14798Mi; use 14798Mi or more"
            ),
        ),
        (altered(THREE, fewest_copies=0), "engine.fewest_copies = 0: is no number of copies"),
        (
            altered(THREE, fewest_copies=4),
            "engine.fewest_copies = 4: is no number of copies among its servers; use 1 to 3",
        ),
        (altered(THREE, tls=Tls("Not A Name")), "engine.tls.secret = 'Not A Name'"),
        (altered(THREE, user=0), "engine.user = 0: is root"),
    ],
)
def test_is_refused(props: StoreProps, message: str) -> None:
    with pytest.raises(PropsError) as refused:
        rendered(props, name="nats")
    assert message in str(refused.value)


def test_what_the_environment_makes_of_it_counts() -> None:
    with pytest.raises(PropsError) as refused:
        rendered(altered(THREE, max_file_store="4Gi"), in_environment("4Gi", "1Gi"), "nats")
    assert "is 100% of the volume of 4Gi" in str(refused.value)


def test_every_mistake_is_told_at_once() -> None:
    wrong = altered(THREE, replicas=2, users=(), sync_interval="soon", route_password=key("route"))
    with pytest.raises(PropsError) as refused:
        rendered(wrong, name="nats")
    fields = [problem.field for problem in refused.value.problems]
    assert fields == ["engine.replicas", "engine.users", "engine.sync_interval"]


def test_the_names_of_its_jobs_have_to_fit() -> None:
    name = "a" * 45
    rendered(THREE, name=name)
    with pytest.raises(PropsError) as refused:
        rendered(FULL, name=name)
    assert f"makes a CronJob '{name}-restore' of 53 characters, over 52" in str(refused.value)
