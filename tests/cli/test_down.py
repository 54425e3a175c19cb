"""``nova local down`` deletes what ``up`` created, and nothing else."""

from typing import Any

import pytest

from constructs_lib.cli.exits import Exit
from constructs_lib.cli.ownership import LABEL, VALUE
from tests.cli.conftest import Nova
from tests.cli.stub import Stub, listed, said

KINDS = (
    "configmaps\nendpoints\npersistentvolumeclaims\npods\nsecrets\nservices\nstatefulsets.apps\n"
)
CREATED, LATER, EARLIER = "2026-03-02T09:00:00Z", "2026-03-02T09:00:09Z", "2025-12-24T18:00:00Z"


def an_object(kind: str, name: str, *, ours: bool = True, **rest: Any) -> dict[str, Any]:
    metadata: dict[str, Any] = {"name": name, "namespace": "shop", "creationTimestamp": CREATED}
    metadata |= {"labels": {LABEL: VALUE}} if ours else {}
    version = "apps/v1" if kind in ("StatefulSet", "Deployment") else "v1"
    return {
        "apiVersion": version,
        "kind": kind,
        "metadata": metadata | rest.pop("metadata", {}),
        **rest,
    }


NAMESPACE: dict[str, Any] = {
    "apiVersion": "v1",
    "kind": "Namespace",
    "metadata": {"name": "shop", "labels": {LABEL: VALUE}},
}
REDIS = an_object(
    "StatefulSet", "redis", spec={"volumeClaimTemplates": [{"metadata": {"name": "data"}}]}
)
CLAIM = an_object(
    "PersistentVolumeClaim", "data-redis-0", ours=False, metadata={"creationTimestamp": LATER}
)
BACKUP = an_object("PersistentVolumeClaim", "redis-backup")
SECRET = an_object("Secret", "redis-credentials")
ROUTINE = [
    an_object("ConfigMap", "kube-root-ca.crt", ours=False),
    an_object("ServiceAccount", "default", ours=False),
    an_object(
        "Pod",
        "redis-0",
        ours=False,
        metadata={"ownerReferences": [{"kind": "StatefulSet", "name": "redis"}]},
    ),
]


def a_cluster(stub: Stub, *, claims: tuple[Any, ...] = (), left: tuple[Any, ...] = ()) -> None:
    """The shop is there, with ``claims``; at the end ``left`` is in its namespace."""
    stub.healthy()
    stub.answers("api-resources --verbs", said(KINDS))
    stub.answers("api-resources --verbs", said("namespaces\n"), words=("--namespaced=false",))
    stub.answers("get", listed(*ROUTINE, *left), words=("--all-namespaces",))
    stub.answers("get statefulsets.apps,persistentvolumeclaims", listed(REDIS, CLAIM, *claims))
    labelled = [NAMESPACE, REDIS, SECRET, *(c for c in claims if c["metadata"].get("labels"))]
    stub.answers("get", listed(*labelled), words=("--selector",))


def deleted(stub: Stub) -> list[list[str]]:
    return [call.names for call in stub.asked("delete")]


def test_pods_go_first_and_the_namespace_last(stub: Stub, nova: Nova) -> None:
    a_cluster(stub)
    code, out, _ = nova("down", "--yes")
    assert code == Exit.OK
    assert deleted(stub) == [
        ["StatefulSet/redis"],
        ["Secret/redis-credentials"],
        ["Namespace/shop"],
    ]
    assert "3 objects were created by `nova local up`" in out
    assert all("--cascade=foreground" in call.words for call in stub.asked("delete"))


def test_volumes_stay_and_with_them_their_namespace(stub: Stub, nova: Nova) -> None:
    a_cluster(stub, claims=(BACKUP,), left=(CLAIM, BACKUP))
    code, out, _ = nova("down", "--yes")
    assert code == Exit.OK
    assert not any("PersistentVolumeClaim" in name for names in deleted(stub) for name in names)
    assert "Namespace/shop" not in [name for names in deleted(stub) for name in names]
    assert "2 volume claims stay; --volumes deletes them" in out
    assert "Namespace shop stays: it holds PersistentVolumeClaim shop/data-redis-0" in out


def test_kept_volumes_of_a_set_are_known_to_a_later_run(stub: Stub, nova: Nova) -> None:
    a_cluster(stub, claims=(BACKUP,), left=(CLAIM, BACKUP))
    nova("down", "--yes")
    (call,) = stub.asked("label")
    assert call.words == [
        *("label", "persistentvolumeclaim", "data-redis-0", "--namespace", "shop"),
        f"{LABEL}={VALUE}",
    ]


def test_volumes_go_when_asked_for(stub: Stub, nova: Nova) -> None:
    a_cluster(stub, claims=(BACKUP,))
    nova("down", "--yes", "--volumes")
    assert ["PersistentVolumeClaim/data-redis-0", "PersistentVolumeClaim/redis-backup"] in deleted(
        stub
    )
    assert deleted(stub)[-1] == ["Namespace/shop"]
    assert stub.asked("label") == []


@pytest.mark.parametrize(
    "claim",
    [
        an_object(
            "PersistentVolumeClaim",
            "data-redis-1",
            ours=False,
            metadata={"creationTimestamp": EARLIER},
        ),
        an_object("PersistentVolumeClaim", "data-redisearch-0", ours=False),
        an_object("PersistentVolumeClaim", "uploads", ours=False),
    ],
    ids=["older-than-the-set", "of-another-set", "of-nobody"],
)
def test_a_claim_that_up_did_not_make_is_never_deleted(
    stub: Stub, nova: Nova, claim: dict[str, Any]
) -> None:
    a_cluster(stub, claims=(claim,), left=(claim,))
    nova("down", "--yes", "--volumes")
    name = claim["metadata"]["name"]
    assert not any(one.endswith(f"/{name}") for names in deleted(stub) for one in names)
    assert ["Namespace/shop"] not in deleted(stub)


@pytest.mark.parametrize("kind", ["ConfigMap", "Pod", "Secret"])
def test_a_namespace_with_somebody_elses_object_stays(stub: Stub, nova: Nova, kind: str) -> None:
    a_cluster(stub, left=(an_object(kind, "mine", ours=False),))
    _, out, _ = nova("down", "--yes", "--volumes")
    assert ["Namespace/shop"] not in deleted(stub)
    assert f"Namespace shop stays: it holds {kind} shop/mine" in out


def test_what_controllers_copy_labels_to_is_not_listed(stub: Stub, nova: Nova) -> None:
    a_cluster(stub)
    nova("down", "--yes")
    kinds = {call.words[1] for call in stub.asked("get") if "--selector" in call.words}
    assert all("endpoints" not in one for one in kinds)
    assert all("pods" in one.split(",") for one in kinds)


@pytest.mark.parametrize("given", ["", "n\n"])
def test_without_a_yes_nothing_is_deleted(stub: Stub, nova: Nova, given: str) -> None:
    a_cluster(stub)
    code, _, err = nova("down", given=given)
    assert code == Exit.REFUSED
    assert "nothing was deleted" in err
    assert (deleted(stub), stub.asked("label")) == ([], [])


def test_a_yes_is_enough(stub: Stub, nova: Nova) -> None:
    a_cluster(stub)
    assert nova("down", given="y\n")[0] == Exit.OK
    assert len(deleted(stub)) == 3


def test_a_dry_run_reads_and_shows_what_would_go(stub: Stub, nova: Nova) -> None:
    a_cluster(stub, claims=(BACKUP,), left=(CLAIM, BACKUP, SECRET, REDIS))
    code, out, _ = nova("down", "--volumes", "--dry-run")
    assert (code, deleted(stub), stub.asked("label")) == (Exit.OK, [], [])
    shown = [line for line in out.splitlines() if line.startswith("#")]
    assert shown == [
        "#   shop: StatefulSet redis",
        "#   shop: Secret redis-credentials",
        "#   shop: PersistentVolumeClaim data-redis-0, redis-backup",
        "#   no namespace: Namespace shop",
    ]


def test_a_cluster_without_anything_of_ours_is_left_alone(stub: Stub, nova: Nova) -> None:
    a_cluster(stub)
    stub.answers("get", listed(), words=("--selector",))
    stub.answers("get statefulsets.apps,persistentvolumeclaims", listed(CLAIM))
    code, out, _ = nova("down", "--yes", "--volumes")
    assert (code, deleted(stub)) == (Exit.OK, [])
    assert out == "nothing that `nova local up` created is there\n"


def test_a_deletion_that_takes_too_long_is_told(stub: Stub, nova: Nova) -> None:
    a_cluster(stub)
    late = "error: timed out waiting for the condition on statefulsets/redis\n"
    stub.answers("delete", said(err=late, code=1))
    code, _, err = nova("down", "--yes")
    assert code == Exit.UNHEALTHY
    assert "timed out waiting for the condition on statefulsets/redis; run it again" in err
    assert len(deleted(stub)) == 1


def test_an_api_that_is_down_keeps_namespaces_and_is_told(stub: Stub, nova: Nova) -> None:
    a_cluster(stub)
    partly = (
        "error: unable to retrieve the complete list of server APIs: metrics.k8s.io/v1beta1: the "
        "server is currently unable to handle the request\n"
    )
    stub.answers("api-resources --verbs", said(KINDS, err=partly, code=1))
    code, _, err = nova("down", "--yes")
    assert code == Exit.OK
    assert err.startswith("the API service v1beta1.metrics.k8s.io does not answer (the server is")
    assert err.count("\n") == 1
    assert ["StatefulSet/redis"] in deleted(stub)


def test_a_claim_that_cannot_be_marked_stops_everything(stub: Stub, nova: Nova) -> None:
    a_cluster(stub, claims=(BACKUP,), left=(CLAIM, BACKUP))
    stub.answers("label", said(err="Error from server (Forbidden): no\n", code=1))
    code, _, err = nova("down", "--yes")
    assert code == Exit.UNHEALTHY
    assert "PersistentVolumeClaim shop/data-redis-0 could not be marked as ours" in err
    assert "Error from server (Forbidden): no" in err
    assert deleted(stub) == []
