"""Requests that fit no node, folders beyond their limits, settings beyond a ConfigMap."""

from dataclasses import replace

import pytest

from constructs_lib.kube.containers import InitContainer, Migration, Sidecar
from constructs_lib.kube.storage import WritablePath
from constructs_lib.resources import Resources
from tests.environments import BARE, MODERN
from tests.service.cases import IMAGE
from tests.service.refusals import Refusal, assert_refused, cron_job, service
from tests.service.rendering import rendered

_FIT = (
    "and the largest node has 4 and 16Gi; lower the requests, or describe larger nodes in "
    "cluster.nodes"
)
_PART = Resources(cpu="2", memory="1Gi")
NATIVE = Sidecar(name="native", image=IMAGE, resources=_PART)
PLAIN = replace(NATIVE, name="plain", native=False)
BEFORE = InitContainer(name="before", image=IMAGE, resources=_PART)
MIGRATION = Migration(command=("m",), resources=_PART)

REFUSALS = {
    "cores": Refusal(
        service(resources=Resources(cpu="4.5", memory="1Gi")),
        "resources = '4.5, 1Gi': fit no node: with the containers beside it the pod requests "
        f"4500m cores and 1Gi, {_FIT}",
        environment=BARE,
    ),
    "memory": Refusal(
        service(resources=Resources(cpu="1", memory="17Gi")),
        "resources = '1, 17Gi': fit no node: with the containers beside it the pod requests "
        f"1 cores and 17Gi, {_FIT}",
        environment=BARE,
    ),
    "sidecars": Refusal(
        service(resources=_PART, sidecars=(NATIVE, PLAIN)),
        "resources = '2, 1Gi': fit no node: with the containers beside it the pod requests "
        f"6 cores and 3Gi, {_FIT}",
        environment=BARE,
    ),
    "init-container-beside-a-native-sidecar": Refusal(
        service(
            init_containers=(replace(BEFORE, resources=Resources(cpu="3", memory="1Gi")),),
            sidecars=(NATIVE,),
        ),
        "resources = '100m, 128Mi': fit no node: with the containers beside it the pod "
        f"requests 5 cores and 2Gi, {_FIT}",
        environment=BARE,
    ),
    "size-of-the-environment": Refusal(
        cron_job(),
        "resources = '5, 1Gi': fit no node: with the containers beside it the pod requests "
        f"5 cores and 1Gi, {_FIT}",
        environment=replace(BARE, service_size=Resources(cpu="5", memory="1Gi")),
    ),
    "cores-in-bytes": Refusal(
        service(resources=Resources(cpu="1Gi", memory="1Gi", cpu_limit="1M")),
        "resources.cpu = '1Gi': has a unit of bytes; write cores, as in '250m'",
        "resources.cpu_limit = '1M': has a unit of bytes; write cores, as in '1'",
    ),
    "disk-below-the-folders": Refusal(
        service(
            resources=Resources(cpu="1", memory="1Gi", ephemeral_storage="100Mi"),
            writable=(WritablePath("/tmp"), WritablePath("/cache")),  # noqa: S108
        ),
        "resources.ephemeral_storage = '100Mi': is 100Mi with the sidecars', less than the "
        "folders' 128Mi; use 128Mi or more, or smaller folders",
    ),
    "memory-below-the-folders": Refusal(
        service(writable=(WritablePath("/cache", size="1Gi", in_memory=True),)),
        "resources.memory_limit = '128Mi': is less than the 1Gi of the folders in memory, "
        "which count too; raise it, or make the folders smaller",
    ),
    "memory-of-the-environment-below-the-folders": Refusal(
        service(
            resources=Resources(cpu="1", memory="1Gi"),
            writable=(WritablePath("/cache", size="512Mi", in_memory=True),),
        ),
        "resources.memory_limit = '64Mi': is the environment's, and is less than the 512Mi of the "
        "folders in memory, which count too; raise it, or make the folders smaller",
        environment=replace(BARE, service_size=Resources(cpu="50m", memory="64Mi")),
    ),
    "settings-beyond-a-config-map": Refusal(
        service(settings={"A": "x" * 2**20}, environment_settings=False),
        "settings = ['A']: is 1048577 bytes, and a ConfigMap holds 1 MiB; shorten them, or "
        "write files",
    ),
}


@pytest.mark.parametrize("refusal", REFUSALS.values(), ids=REFUSALS.keys())
def test_is_refused(refusal: Refusal) -> None:
    assert_refused(refusal)


def test_init_containers_run_one_after_the_other_and_before_the_rest() -> None:
    props = service(
        resources=_PART,
        init_containers=(BEFORE, replace(BEFORE, name="again")),
        migration=MIGRATION,
        sidecars=(NATIVE,),
    )
    assert rendered(props, BARE)


def test_the_environment_may_make_room_for_folders() -> None:
    props = service(writable=(WritablePath("/cache", size="1Gi", in_memory=True),))
    sizes = {"shop/orders": Resources(cpu="1", memory="2Gi")}
    assert rendered(props, replace(MODERN, sizes=sizes))


def test_sidecars_add_to_the_room_on_disk() -> None:
    part = Resources(cpu="1", memory="1Gi", ephemeral_storage="64Mi")
    props = service(
        resources=part,
        writable=(WritablePath("/tmp"), WritablePath("/cache")),  # noqa: S108
        sidecars=(replace(NATIVE, resources=part),),
    )
    assert rendered(props, MODERN)
