from dataclasses import replace
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from constructs_lib.environment import Environment
from constructs_lib.refs import Cidrs
from constructs_lib.rules.pod_security import numeric_user, restricted
from constructs_lib.secrets import ExistingSecret
from constructs_lib.values import Value
from tests.environments import (
    BARE,
    MODERN,
    OLDEST,
    SINGLE_REPLICA,
    STAND_IN,
    WITHOUT_LOAD_BALANCERS,
)
from tests.schemas import (
    custom_resource_problems,
    is_custom,
    kubernetes_problems,
    newest_version,
)
from tests.service.cases import CRON_JOB, DATABASE, EXTERNAL, IMAGE, SECRET, SERVICE, WORKER
from tests.service.full import (
    FULL_CRON_JOB,
    FULL_CRON_JOB_AT_1_27,
    FULL_EXTERNAL,
    FULL_SECRET,
    FULL_SERVICE_AT_1_27,
    FULL_WORKER,
    FULL_WORKER_AT_1_27,
)
from tests.service.full_service import FULL_SERVICE
from tests.service.rendering import new_chart, rendered

_OWN_IMAGE = replace(FULL_SERVICE, image=IMAGE)
_ADDRESSES = replace(DATABASE, peers=(Cidrs(("192.0.2.10/32", "192.0.2.11/32")),))

CASES: dict[str, tuple[Value, Environment]] = {
    "service-smallest": (SERVICE, BARE),
    "service-smallest-modern": (SERVICE, MODERN),
    "service-full": (FULL_SERVICE, MODERN),
    "service-full-1-27": (FULL_SERVICE_AT_1_27, OLDEST),
    "service-full-single-replica": (FULL_SERVICE, SINGLE_REPLICA),
    "service-full-without-load-balancers": (FULL_SERVICE, WITHOUT_LOAD_BALANCERS),
    "service-full-stand-in": (_OWN_IMAGE, STAND_IN),
    "worker-smallest": (WORKER, BARE),
    "worker-full": (FULL_WORKER, MODERN),
    "worker-full-1-27": (FULL_WORKER_AT_1_27, OLDEST),
    "worker-stand-in": (WORKER, STAND_IN),
    "cron-job-smallest": (CRON_JOB, BARE),
    "cron-job-full": (FULL_CRON_JOB, MODERN),
    "cron-job-full-1-27": (FULL_CRON_JOB_AT_1_27, OLDEST),
    "cron-job-stand-in": (CRON_JOB, STAND_IN),
    "external-service-in-cluster": (EXTERNAL, MODERN),
    "external-service-host": (FULL_EXTERNAL, MODERN),
    "external-service-addresses": (replace(EXTERNAL, endpoint=_ADDRESSES), MODERN),
    "external-service-stand-in": (EXTERNAL, STAND_IN),
    "secret-external": (SECRET, MODERN),
    "secret-external-full": (replace(FULL_SECRET, source=None), MODERN),
    "secret-literal": (FULL_SECRET, STAND_IN),
    "secret-existing": (replace(SECRET, source=ExistingSecret()), MODERN),
}

cases = pytest.mark.parametrize(
    ("props", "environment"), [pytest.param(*case, id=name) for name, case in CASES.items()]
)


@cases
def test_renders(props: Value, environment: Environment, yaml_snapshot: SnapshotAssertion) -> None:
    assert rendered(props, environment) == yaml_snapshot


@pytest.mark.parametrize("environment", [MODERN, OLDEST], ids=["1-33", "1-27"])
def test_a_chart_renders_its_namespace(
    environment: Environment, yaml_snapshot: SnapshotAssertion
) -> None:
    assert new_chart(environment, create_namespace=True).to_json() == yaml_snapshot


@cases
def test_every_object_fits_its_cluster_and_newer_ones(
    props: Value, environment: Environment, crd_folder: Path
) -> None:
    problems = []
    for manifest in rendered(props, environment):
        if is_custom(manifest):
            problems += custom_resource_problems(manifest, crd_folder)
        else:
            for version in (environment.cluster.kubernetes, newest_version()):
                problems += kubernetes_problems(manifest, version)
    assert problems == []


@cases
def test_every_pod_is_restricted_with_a_numeric_user(
    props: Value, environment: Environment
) -> None:
    objects = rendered(props, environment)
    assert [str(finding) for finding in (*restricted(objects), *numeric_user(objects))] == []
