"""``nova local test``: what is asked, by which pod, and what is made of the answers."""

# ruff: noqa: N802  (a test bears the id of its row)

from typing import Any

import pytest

from constructs_lib.cli import connectivity
from constructs_lib.cli.exits import Exit
from constructs_lib.cli.ownership import LABEL, VALUE
from constructs_lib.cli.questions import questions
from constructs_lib.cli.rendered import load
from constructs_lib.rules.pod_security import numeric_user, restricted
from tests.cli.conftest import Nova
from tests.cli.stub import RENDERED, Stub, listed, said

SHOP = [body for bodies in load(RENDERED).values() for body in bodies]
ANSWERS = """\
ok redis.shop:6379 redis
ok redis-peers.shop:9121 tcp
ok web.shop:80 http
ok relay.shop name
"""


def a_probe(phase: str, **status: Any) -> dict[str, Any]:
    """The pod that asks, as the cluster has it."""
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "probe", "namespace": "nova-local-test", "labels": {LABEL: VALUE}},
        "status": {"phase": phase, **status},
    }


def an_object(kind: str, version: str, **metadata: Any) -> dict[str, Any]:
    return {
        "apiVersion": version,
        "kind": kind,
        "metadata": {"name": "nova-local-test", **metadata},
    }


OWN_NAMESPACE = an_object("Namespace", "v1", labels={LABEL: VALUE})
OWN_POLICY = an_object(
    "NetworkPolicy", "networking.k8s.io/v1", namespace="shop", labels={LABEL: VALUE}
)


def a_cluster(stub: Stub, *, network: str = ANSWERS, postgres: str | None = None) -> None:
    """The probe runs to its end, and its containers write this."""
    stub.healthy()
    stub.answers("get --filename", said(""), listed(OWN_NAMESPACE, OWN_POLICY))
    stub.answers("get secret", said("bG9jYWwtb25seQ=="))
    stub.answers("get pods,events", listed(a_probe("Pending")), listed(a_probe("Succeeded")))
    stub.answers("logs", said(network), words=("network",))
    answer = "ok postgres-primary.shop:5432 postgres\n" if postgres is None else postgres
    stub.answers("logs", said(answer), words=("postgres",))


def applied(stub: Stub) -> dict[str, dict[str, Any]]:
    """What was applied, by kind; of policies and namespaces the last."""
    (call,) = stub.asked("apply")
    return {body["kind"]: body for body in call.objects}


def test_L6_every_service_is_asked_in_the_way_its_port_speaks() -> None:
    assert [str(question) for question in questions(SHOP)] == [
        "redis redis.shop 6379",
        # Names of headless Services lead to the pod, so the pod's own port counts.
        "tcp redis-peers.shop 9121",
        "postgres postgres-primary.shop 5432",
        "http web.shop 80 /health",
        # Over UDP no answer and no listener look the same.
        "name relay.shop",
    ]


def test_L6_all_that_answer(stub: Stub, nova: Nova) -> None:
    a_cluster(stub)
    code, out, _ = nova("test")
    assert code == Exit.OK
    assert out.splitlines() == [
        "ok   redis.shop:6379 redis",
        "ok   redis-peers.shop:9121 tcp",
        "ok   postgres-primary.shop:5432 postgres",
        "ok   web.shop:80 http",
        "ok   relay.shop name",
        "all 5 answer",
    ]


def test_L6_what_does_not_answer_says_why(stub: Stub, nova: Nova) -> None:
    bad = "bad postgres-primary.shop:5432 postgres: pg_isready: no response\n"
    a_cluster(stub, network=ANSWERS.replace("ok relay.shop name\n", ""), postgres=bad)
    code, out, err = nova("test")
    assert code == Exit.UNHEALTHY
    assert "bad  postgres-primary.shop:5432 postgres: pg_isready: no response" in out
    assert "bad  relay.shop name: not asked in time" in out
    assert err == "2 of 5 do not answer; `nova local status` tells which pods run\n"


def test_the_probe_keeps_the_restricted_standard(stub: Stub, nova: Nova) -> None:
    a_cluster(stub)
    nova("test")
    pod = applied(stub)["Pod"]
    assert restricted([pod]) + numeric_user([pod]) == []
    (call,) = stub.asked("apply")
    own = call.objects[0]
    assert own["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"


def test_the_probe_uses_images_that_are_there_anyway(stub: Stub, nova: Nova) -> None:
    a_cluster(stub)
    nova("test")
    containers = applied(stub)["Pod"]["spec"]["containers"]
    assert {one["name"]: one["image"] for one in containers} == {
        "network": "docker.io/library/redis:7.4.6-alpine",
        "postgres": "docker.io/library/postgres:17.11-bookworm",
    }


def test_the_probe_is_let_in_where_everything_is_denied(stub: Stub, nova: Nova) -> None:
    a_cluster(stub)
    nova("test")
    made = applied(stub)
    policy, pod = made["NetworkPolicy"], made["Pod"]
    (peer,) = policy["spec"]["ingress"][0]["from"]
    assert policy["metadata"]["namespace"] == "shop"
    assert policy["spec"]["podSelector"] == {}
    assert peer["podSelector"]["matchLabels"].items() <= pod["metadata"]["labels"].items()
    assert peer["namespaceSelector"]["matchLabels"] == {
        "kubernetes.io/metadata.name": pod["metadata"]["namespace"]
    }


def test_no_service_selects_the_probe(stub: Stub, nova: Nova) -> None:
    a_cluster(stub)
    nova("test")
    labels = applied(stub)["Pod"]["metadata"]["labels"].items()
    selectors = [body["spec"]["selector"] for body in SHOP if body["kind"] == "Service"]
    assert selectors
    assert not any(selector.items() <= labels for selector in selectors)


def test_the_password_is_that_of_the_cluster_and_in_no_command(stub: Stub, nova: Nova) -> None:
    a_cluster(stub)
    nova("test")
    assert applied(stub)["Secret"]["data"] == {"redis.shop": "bG9jYWwtb25seQ=="}
    assert not any("bG9jYWwtb25seQ==" in word for call in stub.asked() for word in call.words)


def test_a_probe_that_does_not_start_says_why_and_is_removed(stub: Stub, nova: Nova) -> None:
    a_cluster(stub)
    waiting = {"reason": "ErrImagePull", "message": "toomanyrequests: rate limit exceeded"}
    container = {"name": "network", "image": "redis:7", "state": {"waiting": waiting}}
    stub.answers("get pods,events", listed(a_probe("Pending", containerStatuses=[container])))
    code, _, err = nova("test", "--timeout", "1")
    assert code == Exit.UNHEALTHY
    assert "has not ended within 1 s: image redis:7: toomanyrequests: rate limit exceeded" in err
    assert stub.asked()[-1].words[0] == "delete"


def test_ctrl_c_removes_the_probe(stub: Stub, nova: Nova, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_: float) -> None:
        raise KeyboardInterrupt

    a_cluster(stub)
    monkeypatch.setattr(connectivity, "sleep", interrupted)
    code, _, err = nova("test")
    assert code == Exit.STOPPED
    assert err.startswith("stopped by Ctrl-C.")
    assert stub.asked()[-1].words[0] == "delete"


def test_a_dry_run_of_the_test_runs_nothing(stub: Stub, nova: Nova) -> None:
    code, out, _ = nova("test", "--dry-run")
    assert (code, stub.asked()) == (Exit.OK, [])
    assert all(line.startswith(("kubectl ", "# ")) for line in out.splitlines())
    assert "# standard input: 6 objects\n#   no namespace: Namespace nova-local-test\n" in out
