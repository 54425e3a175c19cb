"""``nova local status`` and ``nova local logs``."""

import pytest

from constructs_lib.cli.exits import Exit
from tests.cli.conftest import Nova
from tests.cli.stub import FORBIDDEN, LOOK, NODE, Stub, listed, recorded, said


def test_status_shows_each_workload_with_its_app(stub: Stub, nova: Nova) -> None:
    stub.healthy()
    stub.answers(LOOK, said(recorded("ready")))
    code, out, err = nova("status")
    assert (code, err) == (Exit.OK, "")
    assert out.splitlines() == [
        "shop  StatefulSet shop/redis  1/1  ready",
        "shop  Job shop/migrate  1/1  ready",
        "shop  Deployment shop/web  1/1  ready",
        "shop  StatefulSet shop/postgres  1/1  ready",
        "all 4 workloads are ready",
    ]


def test_status_fails_where_something_is_not_ready(stub: Stub, nova: Nova) -> None:
    stub.healthy()
    stub.answers(LOOK, said(recorded("absent")))
    code, _, err = nova("status")
    assert code == Exit.UNHEALTHY
    assert "Deployment shop/web  0/1  absent: it is not in the cluster" in err


def test_who_may_not_list_the_nodes_sees_the_rest(stub: Stub, nova: Nova) -> None:
    stub.healthy()
    stub.answers("get nodes", said(err=f"{FORBIDDEN}\n", code=1))
    stub.answers(LOOK, said(recorded("ready")))
    code, out, err = nova("status")
    assert (code, err) == (Exit.OK, "")
    assert out.endswith("all 4 workloads are ready\n")


def test_status_tells_the_node_that_is_lost(stub: Stub, nova: Nova) -> None:
    stub.healthy()
    lost = {"type": "Ready", "status": "Unknown", "message": "Kubelet stopped posting."}
    stub.answers("get nodes", listed(NODE | {"status": {"conditions": [lost]}}))
    stub.answers(LOOK, said(recorded("starting")))
    err = nova("status")[2]
    assert "its node kind-control-plane is not ready: Kubelet stopped posting." in err


def test_status_changes_nothing(stub: Stub, nova: Nova) -> None:
    stub.healthy()
    stub.answers(LOOK, said(recorded("probe")))
    nova("status")
    assert {call.words[0] for call in stub.asked()} <= {"config", "version", "get", "logs"}


@pytest.mark.parametrize("name", ["web", "shop/web"])
def test_logs_of_a_workload_are_those_of_all_its_containers(
    stub: Stub, nova: Nova, name: str
) -> None:
    stub.healthy()
    stub.answers("logs", said("[pod/web-1/web] hello\n"))
    code, out, _ = nova("logs", name, "--since", "10m", "--tail", "5")
    assert (code, out) == (Exit.OK, "[pod/web-1/web] hello\n")
    (call,) = stub.asked("logs")
    assert {"--all-containers", "--prefix", "app.kubernetes.io/name=web"} <= set(call.words)
    assert call.words[call.words.index("--since") + 1] == "10m"
    assert call.words[call.words.index("--tail") + 1] == "5"


def test_logs_of_an_app_are_those_of_all_its_workloads(stub: Stub, nova: Nova) -> None:
    stub.healthy()
    nova("logs", "shop")
    chosen = [call.words[call.words.index("--selector") + 1] for call in stub.asked("logs")]
    assert chosen == [
        "app.kubernetes.io/name=redis",
        "batch.kubernetes.io/job-name=migrate",
        "app.kubernetes.io/name=web",
        "app.kubernetes.io/name=postgres",
    ]


def test_followed_logs_come_from_all_workloads_at_once(stub: Stub, nova: Nova) -> None:
    stub.healthy()
    stub.answers("logs", said("line\n", seconds=0.2))
    code, out, _ = nova("logs", "--follow")
    assert (code, out) == (Exit.OK, "line\n" * 4)
    assert all("--follow" in call.words for call in stub.asked("logs"))


def test_a_name_that_nothing_has_is_told_with_the_nearest(stub: Stub, nova: Nova) -> None:
    code, _, err = nova("logs", "reddis")
    assert (code, stub.asked()) == (Exit.MISSING, [])
    assert err == "no app and no workload is called 'reddis': did you mean 'redis'?\n"
