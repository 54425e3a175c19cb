"""What etcd engines do not take."""

from dataclasses import replace

import pytest

from constructs_lib.environment import Environment
from constructs_lib.errors import PropsError
from constructs_lib.kube.claims import Volume
from constructs_lib.kube.probes import ExecCommand
from constructs_lib.kube.shutdown import Shutdown
from constructs_lib.store.etcd.upkeep import Defragment
from constructs_lib.store.props import StoreProps
from tests.environments import BARE, MODERN, OLDEST
from tests.store.etcd_cases import FULL, THREE, altered, in_environment
from tests.store.rendering import rendered


@pytest.mark.parametrize(
    ("props", "message"),
    [
        (
            altered(THREE, replicas=2),
            (
                "engine.replicas = 2: is even: of 2 members 2 have to agree, so 0 may be lost, no "
                "more than of 1; use 1, 3 or 5"
            ),
        ),
        (altered(THREE, replicas=9), "every write waits for 5 members; use 1, 3 or 5"),
        (
            altered(THREE, version="3.3.27"),
            (
                "engine.version = '3.3.27': is no release whose settings are known here; use 3.4 "
                "to 3.7, written out as in '3.6.15'"
            ),
        ),
        (altered(THREE, version="3.6"), "engine.version = '3.6': is no release"),
        (
            altered(THREE, version="3.5.2"),
            (
                "engine.version = '3.5.2': loses committed writes on some members when one is "
                "killed under load; use 3.5.3 or newer"
            ),
        ),
        (altered(THREE, version="3.5.0"), "engine.version = '3.5.0': loses committed writes"),
        (
            replace(THREE, volume=Volume(size="1Gi")),
            (
                "engine.quota = '256Mi': needs a volume of 3 x 256Mi + 512Mi of logs = 1280Mi, and "
                "it has 1Gi; use a volume of 1280Mi or more, or a smaller quota"
            ),
        ),
        (
            altered(THREE, quota="512Mi"),
            (
                "engine.quota = '512Mi': and 128Mi for the process are 640Mi, above the memory "
                "limit of 512Mi"
            ),
        ),
        (altered(THREE, data_path="data"), "engine.data_path = 'data': is no folder to mount"),
        (altered(THREE, data_path="/"), "engine.data_path = '/': is no folder to mount"),
        (altered(THREE, quota="many"), "engine.quota = 'many': is not a quantity"),
        (
            altered(THREE, election_milliseconds=400),
            (
                "engine.election_milliseconds = 400: is less than 5 heartbeats of 100 ms = 500 ms, "
                "which etcd refuses; use 1000"
            ),
        ),
        (
            altered(THREE, heartbeat_milliseconds=6000, election_milliseconds=60000),
            "engine.election_milliseconds = 60000: is more than etcd takes; use 50000 or less",
        ),
        (altered(THREE, heartbeat_milliseconds=0), "engine.heartbeat_milliseconds = 0"),
        (altered(THREE, compaction="1d"), "engine.compaction = '1d': is not a time"),
        (
            altered(THREE, client_certificates=True),
            "engine.client_certificates = True: can only be shown over TLS; give tls=Tls('secret')",
        ),
        (
            altered(THREE, shutdown=Shutdown(command=ExecCommand(("etcdctl", "member", "remove")))),
            "needs programs, and the image has none but etcd's own; leave it out",
        ),
        (
            altered(THREE, shutdown=Shutdown(grace_period_seconds=10, drain_seconds=0)),
            "engine.shutdown.grace_period_seconds = 10: is shorter than drain_seconds",
        ),
        (
            altered(THREE, defragment=Defragment(worthwhile_percent=100)),
            (
                "engine.defragment.worthwhile_percent = 100: is a part of the database that is "
                "never unused; use 0 to 99"
            ),
        ),
        (altered(THREE, user=0), "engine.user = 0: is root"),
        (
            altered(FULL, quota="1250Mi"),
            (
                "backup.to.size = '5Gi': is less than (3 kept + 1 being made) x 1314Mi (quota and "
                "what is under way) = 5256Mi"
            ),
        ),
    ],
)
def test_is_refused(props: StoreProps, message: str) -> None:
    with pytest.raises(PropsError) as refused:
        rendered(props, name="etcd")
    assert message in str(refused.value)


def test_a_sleep_is_refused_where_neither_cluster_nor_image_has_one() -> None:
    waiting = altered(THREE, shutdown=Shutdown(drain_seconds=5))
    rendered(waiting, MODERN, "etcd")
    with pytest.raises(PropsError) as refused:
        rendered(waiting, OLDEST, "etcd")
    assert "engine.shutdown.drain_seconds = 5: is a sleep that the image lacks" in str(
        refused.value
    )


@pytest.mark.parametrize(
    ("environment", "message"),
    [
        (in_environment("1Gi", "1Gi"), "and it has 1Gi"),
        (in_environment("10Gi", "256Mi"), "above the memory limit of 256Mi"),
    ],
)
def test_what_the_environment_makes_of_it_counts(environment: Environment, message: str) -> None:
    with pytest.raises(PropsError) as refused:
        rendered(THREE, environment, "etcd")
    assert message in str(refused.value)


def test_the_names_of_its_jobs_have_to_fit() -> None:
    name = "a" * 45
    with pytest.raises(PropsError) as refused:
        rendered(THREE, BARE, name)
    assert f"makes a CronJob '{name}-defragment' of 56 characters, over 52" in str(refused.value)
