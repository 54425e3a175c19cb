"""What is said about a workload, from what a cluster answers."""

import pytest

from constructs_lib.cli.diagnosis import Stage, State, state_of
from constructs_lib.cli.pod_problems import LogSource
from constructs_lib.cli.reading import snapshot
from constructs_lib.cli.rendered import load, workloads
from tests.cli.stub import RENDERED, recorded


def states(answer: str) -> dict[str, State]:
    seen = snapshot(recorded(answer)["items"])
    return {one.key.name: state_of(one, seen) for one in workloads(load(RENDERED))}


def test_what_runs_is_ready() -> None:
    found = states("ready")
    assert set(found) == {"redis", "postgres", "migrate", "web"}
    assert {(state.stage, state.ready) for state in found.values()} == {(Stage.READY, 1)}
    assert str(found["redis"]) == "StatefulSet shop/redis  1/1  ready"


@pytest.mark.parametrize(
    ("answer", "name", "why"),
    [
        (
            "image-pull",
            "web",
            (
                "image registry.nova.example.com/nova/web:v9: failed to resolve reference "
                '"registry.nova.example.com/nova/web:v9": registry.nova.example.com/nova/web:v9: '
                "not found"
            ),
        ),
        (
            "image-pull-newer",
            "web",
            (
                "image registry.nova.example.com/nova/web:v9: failed to authorize: failed to fetch "
                "oauth token: unexpected status from GET request to https://auth.docker.io/token: "
                "401 Unauthorized"
            ),
        ),
        ("crash-loop", "web", "web ended with exit code 1, started again 4 times"),
        ("liveness", "web", "web was ended by its probe, started again 5 times"),
        (
            "out-of-memory",
            "redis",
            "redis was ended for taking more memory than its limit, started again 3 times",
        ),
        ("pending-cpu", "web", "pending: 0/1 nodes are available: 1 Insufficient cpu"),
        (
            "pending-volume",
            "redis",
            (
                "pending: 0/1 nodes are available: pod has unbound immediate "
                "PersistentVolumeClaims (claim data-redis-0: "
                'storageclass.storage.k8s.io "standard" not found)'
            ),
        ),
        (
            "quota",
            "web",
            (
                "no pod could be made: exceeded quota: quota, requested: pods=1, used: pods=4, "
                "limited: pods=4"
            ),
        ),
        (
            "quota",
            "redis",
            (
                "no pod could be made: exceeded quota: quota, requested: pods=1, used: pods=4, "
                "limited: pods=4"
            ),
        ),
        (
            "pod-security",
            "web",
            (
                'no pod could be made: violates PodSecurity "restricted:v1.34": '
                'allowPrivilegeEscalation != false (container "web" must set '
                "securityContext.allowPrivilegeEscalation=false)"
            ),
        ),
        (
            "probe",
            "web",
            "web is not ready: readiness probe failed: HTTP probe failed with statuscode: 503",
        ),
        ("secret-missing", "web", 'web cannot be started: secret "shop-secrets" not found'),
        (
            "mount",
            "web",
            'volume: MountVolume.SetUp failed for volume "files" : configmap "web-files" not found',
        ),
        (
            "job-failed",
            "migrate",
            "the Job failed (BackoffLimitExceeded): migrate ended with exit code 2",
        ),
        (
            "rollout-stuck",
            "web",
            'the rollout is stuck: ReplicaSet "web-7d9c5b6f4d" has timed out progressing.',
        ),
        ("evicted", "web", "Evicted: The node was low on resource: memory."),
    ],
)
def test_what_fails_says_why_in_one_line(answer: str, name: str, why: str) -> None:
    found = states(answer)
    assert (found[name].stage, found[name].why) == (Stage.FAILING, why)
    assert "\n" not in str(found[name])


@pytest.mark.parametrize(
    ("answer", "name", "why"),
    [
        ("starting", "web", "pulls docker.io/library/nginx:1.29.3-alpine"),
        ("init-runs", "web", "init container migrate runs"),
    ],
)
def test_what_takes_its_time_is_not_blamed(answer: str, name: str, why: str) -> None:
    found = states(answer)[name]
    assert (found.stage, found.why) == (Stage.STARTING, why)


def test_an_update_that_has_not_reached_every_pod_is_not_ready() -> None:
    assert states("absent")["redis"].stage is Stage.STARTING


@pytest.mark.parametrize(
    "status",
    [{"observedGeneration": 0}, {"updatedReplicas": 0}, {"replicas": 2}],
    ids=["not-seen-yet", "no-new-pod", "an-old-pod"],
)
def test_a_deployment_is_ready_when_only_its_new_pods_run(status: dict[str, int]) -> None:
    answer = recorded("ready")["items"]
    next(body for body in answer if body["kind"] == "Deployment")["status"].update(status)
    web = next(one for one in workloads(load(RENDERED)) if one.key.name == "web")
    assert state_of(web, snapshot(answer)).stage is Stage.STARTING


def test_what_the_cluster_does_not_have_is_absent() -> None:
    found = states("absent")["web"]
    assert (found.stage, found.wanted) == (Stage.ABSENT, 1)


@pytest.mark.parametrize(
    ("answer", "name", "log"),
    [
        ("crash-loop", "web", LogSource("shop", "web-7d9c5b6f4d-x2x7k", "web", previous=True)),
        ("job-failed", "migrate", LogSource("shop", "migrate-q5m2p", "migrate", previous=False)),
        ("probe", "web", LogSource("shop", "web-7d9c5b6f4d-x2x7k", "web", previous=False)),
        ("image-pull", "web", None),
    ],
)
def test_the_log_that_says_more_is_named(answer: str, name: str, log: LogSource | None) -> None:
    assert states(answer)[name].log == log


def test_a_process_between_two_crashes_is_not_taken_for_a_slow_one() -> None:
    answer = recorded("crash-loop")["items"]
    pod = next(body for body in answer if body["metadata"]["name"].startswith("web-7d9c5b6f4d-"))
    pod["status"]["containerStatuses"][0]["state"] = {"running": {"startedAt": "2026-03-02"}}
    web = next(one for one in workloads(load(RENDERED)) if one.key.name == "web")
    state = state_of(web, snapshot(answer))
    assert state.why == "web ended with exit code 1, started again 4 times"
    assert state.log is not None
    assert state.log.previous


def test_other_workloads_stay_ready_beside_one_that_fails() -> None:
    found = states("image-pull")
    assert [name for name, state in found.items() if state.stage is not Stage.READY] == ["web"]
