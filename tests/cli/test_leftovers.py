"""What ``nova local test`` removes: what it made, before and afterwards, and nothing else."""

import pytest

from constructs_lib.cli import leftovers
from constructs_lib.cli.exits import Exit
from tests.cli.conftest import Nova
from tests.cli.stub import Stub, listed, said
from tests.cli.test_connectivity import OWN_NAMESPACE, a_cluster, a_probe, an_object

FOREIGN = {
    "Namespace": an_object("Namespace", "v1", labels={"owner": "me"}),
    "NetworkPolicy": an_object("NetworkPolicy", "networking.k8s.io/v1", namespace="shop"),
}
NAMED = {"Namespace": "nova-local-test", "NetworkPolicy": "shop/nova-local-test"}


def a_killed_run(stub: Stub, *inside: object) -> None:
    """The probe and its namespace are there, with ``inside``."""
    stub.answers("get --filename", listed(OWN_NAMESPACE))
    stub.answers("api-resources --verbs", said("configmaps\npods\n"))
    stub.answers("get configmaps,pods", listed(a_probe("Running"), *inside))


def test_the_probe_is_removed_afterwards(stub: Stub, nova: Nova) -> None:
    a_cluster(stub)
    nova("test")
    changes = [call for call in stub.asked() if call.words[0] in ("apply", "delete")]
    assert [call.words[0] for call in changes] == ["apply", "delete"]
    assert changes[-1].names == ["Namespace/nova-local-test", "NetworkPolicy/nova-local-test"]


def test_what_a_killed_run_left_is_removed_before(stub: Stub, nova: Nova) -> None:
    a_cluster(stub)
    a_killed_run(stub)
    assert nova("test")[0] == Exit.OK
    changes = [call for call in stub.asked() if call.words[0] in ("apply", "delete")]
    assert [call.words[0] for call in changes] == ["delete", "apply", "delete"]
    assert changes[0].names == ["Namespace/nova-local-test"]


@pytest.mark.parametrize("kind", ["Namespace", "NetworkPolicy"])
def test_what_somebody_else_made_is_neither_changed_nor_deleted(
    stub: Stub, nova: Nova, kind: str
) -> None:
    a_cluster(stub)
    stub.answers("get --filename", listed(FOREIGN[kind]))
    code, _, err = nova("test")
    assert code == Exit.REFUSED
    assert f"{kind} {NAMED[kind]} is there, and `nova local test` did not make it" in err
    assert f"kubectl --context kind-nova get {kind.lower()} nova-local-test" in err
    assert [call.words[0] for call in stub.asked()[-1:]] == ["get"]
    assert (stub.asked("apply"), stub.asked("delete")) == ([], [])


def test_a_namespace_of_ours_with_somebody_elses_object_stays(stub: Stub, nova: Nova) -> None:
    a_cluster(stub)
    mine = {"name": "mine", "namespace": "nova-local-test"}
    a_killed_run(stub, {"apiVersion": "v1", "kind": "ConfigMap", "metadata": mine})
    code, _, err = nova("test")
    assert code == Exit.REFUSED
    assert "Namespace nova-local-test holds ConfigMap nova-local-test/mine" in err
    assert err.endswith(
        "move it to another namespace, or remove it with all in it: "
        "`kubectl --context kind-nova delete namespace nova-local-test`\n"
    )
    assert (stub.asked("apply"), stub.asked("delete")) == ([], [])


def test_what_somebody_makes_meanwhile_is_not_deleted(stub: Stub, nova: Nova) -> None:
    a_cluster(stub)
    stub.answers("get --filename", said(""), listed(OWN_NAMESPACE, FOREIGN["NetworkPolicy"]))
    assert nova("test")[0] == Exit.OK
    assert [call.names for call in stub.asked("delete")] == [["Namespace/nova-local-test"]]


def test_what_was_never_made_is_not_deleted(stub: Stub, nova: Nova) -> None:
    a_cluster(stub)
    stub.answers("get --filename", said(""))
    stub.answers("apply", said(err="Error from server: no\n", code=1))
    assert nova("test")[0] == Exit.UNHEALTHY
    assert stub.asked("delete") == []


def test_a_cluster_that_goes_away_leaves_what_was_made_and_it_is_told(
    stub: Stub, nova: Nova
) -> None:
    a_cluster(stub)
    stub.answers("get --filename", said(""), said(err="connection refused\n", code=1))
    code, _, err = nova("test")
    assert code == Exit.UNHEALTHY
    assert "connection refused" in err
    assert "kubectl --context kind-nova delete namespace nova-local-test" in err


def test_a_cluster_that_hangs_while_it_deletes_is_told(
    stub: Stub, nova: Nova, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_cluster(stub)
    monkeypatch.setattr(leftovers, "_GONE", -9)
    stub.answers("delete", said("", seconds=3))
    code, out, err = nova("test")
    assert code == Exit.UNHEALTHY
    assert out.endswith("all 5 answer\n")
    assert "could be removed (Namespace nova-local-test, NetworkPolicy shop/nova-local" in err
    assert "no answer within 1 s; is the cluster running?; `kubectl --context kind-nova " in err
    assert "`kubectl --context kind-nova delete namespace nova-local-test`" in err


def test_what_cannot_be_removed_is_told(stub: Stub, nova: Nova) -> None:
    a_cluster(stub)
    late = "error: timed out waiting for the condition on namespaces/nova-local-test\n"
    stub.answers("delete", said(err=late, code=1))
    code, out, err = nova("test")
    assert code == Exit.UNHEALTHY
    assert out.endswith("all 5 answer\n")
    assert "timed out waiting for the condition on namespaces/nova-local-test" in err
    assert "kubectl --context kind-nova delete namespace nova-local-test" in err


def test_what_a_killed_run_left_and_cannot_be_removed_stops_the_test(
    stub: Stub, nova: Nova
) -> None:
    a_cluster(stub)
    a_killed_run(stub)
    stub.answers("delete", said(err="error: timed out waiting for the condition\n", code=1))
    code, _, err = nova("test")
    assert code == Exit.UNHEALTHY
    assert err.count("timed out waiting for the condition") == 1
    assert stub.asked("apply") == []
