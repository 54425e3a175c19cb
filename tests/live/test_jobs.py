"""Jobs, CronJobs made into Jobs by hand, and the volumes that they share with other pods."""

import time
from typing import Any

import pytest

from tests.live.cluster import Cluster
from tests.live.jobs import JobError
from tests.live.manifests import Document, ManifestError
from tests.live.node import Timing
from tests.live.one_pod import FOREVER, claim, deployment

SHARED = {"volumes": [{"name": "w", "persistentVolumeClaim": {"claimName": "w"}}]}
MOUNTS = [{"name": "w", "mountPath": "/w"}]
QUICK = Timing(restart=0.1, back_off=0.02)


def job(script: str, *, pod: dict[str, Any] | None = None, **spec: Any) -> Document:
    """A Job of one container that runs a script, with the volume ``w``."""
    container = {
        "name": "task",
        "image": "busybox",
        "command": ["sh", "-c", script],
        "env": [{"name": "BACKUP", "value": "last"}, {"name": "FILE", "value": "$(BACKUP).tar"}],
        "volumeMounts": MOUNTS,
    }
    given = {"restartPolicy": "Never", "containers": [container], **SHARED, **(pod or {})}
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {"name": "task", "namespace": "tests"},
        "spec": {"template": {"metadata": {"labels": {"app": "one"}}, "spec": given}, **spec},
    }


def cron_job(item: Document) -> Document:
    """The same on a schedule, suspended."""
    spec = {"schedule": "@daily", "suspend": True, "jobTemplate": {"spec": item["spec"]}}
    return {**item, "kind": "CronJob", "spec": spec}


def test_a_job_starts_with_the_cluster_and_shares_a_volume() -> None:
    other = deployment({"volumeMounts": MOUNTS}, **SHARED)
    with Cluster([other, job("echo done >/w/file"), claim("w")]) as cluster:
        cluster.start()
        cluster.wait_complete("Job/task", timeout=30)
        cluster.wait_ready(timeout=30)

        assert cluster.pod("Deployment/one").run("cat", "/w/file").stdout == "done\n"
        assert [pod.name for pod in cluster.pods] == [cluster.pod("Deployment/one").name]


def test_a_failed_pod_is_followed_by_another_one() -> None:
    script = "echo try >>/w/tries; test $(wc -l </w/tries) -eq 3"
    with Cluster([job(script, backoffLimit=2), claim("w")], timing=QUICK) as cluster:
        began = time.monotonic()
        cluster.start()
        done = cluster.wait_complete("Job/tests/task", timeout=30)

        assert time.monotonic() - began >= 0.2 + 0.4  # of 10 s and 20 s
        names = [pod.name for pod in cluster.job("Job/task").ended]
        assert len(set(names)) == 3
        assert names[-1] == done.name


def test_a_job_that_fails_says_what_its_container_wrote() -> None:
    made = job("echo no such backup; exit 3", backoffLimit=1)
    with Cluster([made, claim("w")], timing=QUICK) as cluster:
        cluster.start()
        with pytest.raises(JobError, match=r"pods: 2\n.*exit codes \[3\]:\nno such backup"):
            cluster.wait_complete("Job/task", timeout=30)


def test_init_containers_of_a_job_fail_it_too() -> None:
    bad = {"name": "first", "image": "busybox", "command": ["sh", "-c", "echo not yet; exit 1"]}
    made = job("echo never", pod={"initContainers": [bad]}, backoffLimit=0)
    with Cluster([made, claim("w")]) as cluster, pytest.raises(JobError, match=r"first.*\nnot yet"):
        cluster.run_job("Job/task", timeout=30)


def test_containers_are_started_again_in_the_same_pod_on_failure() -> None:
    script = "echo try >>/w/tries; test $(wc -l </w/tries) -eq 3"
    made = job(script, pod={"restartPolicy": "OnFailure"}, backoffLimit=4)
    with Cluster([made, claim("w")], timing=QUICK) as cluster:
        assert cluster.run_job("Job/task", timeout=30).container.exit_codes == [1, 1, 0]

    made = job("exit 1", pod={"restartPolicy": "OnFailure"}, backoffLimit=2)
    with Cluster([made, claim("w")], timing=QUICK) as cluster, pytest.raises(JobError, match="1"):
        cluster.run_job("Job/task", timeout=30)


def test_a_job_that_takes_too_long_fails() -> None:
    # A shell that is asked to end before it can obey is given little time.
    made = job(FOREVER[2], pod={"terminationGracePeriodSeconds": 3}, activeDeadlineSeconds=1)
    with Cluster([made, claim("w")]) as cluster, pytest.raises(JobError):
        cluster.run_job("Job/task", timeout=30)


def test_a_suspended_cron_job_is_run_by_hand() -> None:
    script = "echo $BACKUP $FILE >>/w/seen"
    with Cluster([cron_job(job(script)), claim("w")]) as cluster:
        cluster.start()
        assert cluster.pods == []
        cluster.run_job("CronJob/tests/task", timeout=30)
        done = cluster.run_job("CronJob/task", timeout=30, variables={"BACKUP": "x"})

        assert done.container.exit_codes == [0]
        seen = cluster.node.claims.folder("tests", "w") / "seen"
        assert seen.read_text() == "last last.tar\nx x.tar\n"


def test_a_job_that_is_not_over_in_time_is_ended() -> None:
    with Cluster([job(FOREVER[2]), claim("w")]) as cluster:
        with pytest.raises(TimeoutError, match="Job/task is over"):
            cluster.run_job("Job/task", timeout=0.5)
        cluster.wait(lambda: cluster.pods == [], 30, "the pod has gone")


def test_a_suspended_job_waits() -> None:
    with Cluster([job("true", suspend=True), claim("w")]) as cluster:
        cluster.start()
        assert cluster.pods == []
        cluster.run_job("Job/task", timeout=30)


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (job("true", completions=3), "completions 3 is not run"),
        (job("true", podFailurePolicy={"rules": []}), "podFailurePolicy"),
        (job("true"), "no PersistentVolumeClaim 'w'"),
    ],
    ids=["completions", "policy", "claim"],
)
def test_what_cannot_run_is_refused(made: Document, words: str) -> None:
    with pytest.raises(ManifestError, match=words), Cluster([made]) as cluster:
        cluster.start()


def test_a_claim_for_one_pod_alone_is_refused() -> None:
    only = claim("w")
    alone = {**only, "spec": {**only["spec"], "accessModes": ["ReadWriteOncePod"]}}
    with Cluster([job("true"), alone]) as cluster, pytest.raises(ManifestError, match="OncePod"):
        cluster.start()
