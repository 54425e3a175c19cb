"""``nova local up`` against a cluster that answers from recordings."""

import re

import pytest

from constructs_lib.cli import watching
from constructs_lib.cli.exits import Exit
from constructs_lib.cli.ownership import LABEL, VALUE
from tests.cli.conftest import Nova
from tests.cli.stub import FORBIDDEN, LOOK, RENDERED, Stub, listed, recorded, said

CONFLICT = (
    'error: Apply failed with 1 conflict: conflict with "kubectl-client-side-apply" using apps/v1: '
    """.spec.replicas
Please review the fields above--they currently have other managers. Here
are the ways you can resolve this warning:
* If you intend to manage all of these fields, please re-run the apply
  command with the `--force-conflicts` flag.
See https://kubernetes.io/docs/reference/using-api/server-side-apply/#conflicts
"""
)
UNCOUNTED = (
    'Error from server (Forbidden): persistentvolumeclaims "data" is forbidden: status unknown for '
    "quota: quota, resources: persistentvolumeclaims\n"
)


def test_applies_in_order_and_waits_until_all_is_ready(stub: Stub, nova: Nova) -> None:
    stub.healthy()
    stub.answers(LOOK, said(recorded("starting")), said(recorded("ready")))
    code, out, _ = nova("up")
    assert code == Exit.OK
    phases = [call.names for call in stub.asked("apply")]
    assert phases[0] == ["Namespace/shop"]
    assert phases[1] == ["ResourceQuota/quota"]
    assert "Secret/redis-credentials" in phases[2]
    assert phases[3] == ["StatefulSet/redis", "Job/migrate", "StatefulSet/postgres"]
    assert phases[4] == ["Deployment/web", "Ingress/gateway"]
    assert "Deployment shop/web  0/1  starting: pulls docker.io/library/nginx:1.29.3-alpine" in out
    assert "Deployment shop/web  1/1  ready" in out
    assert out.endswith("all 4 workloads are ready\n")


def test_what_has_not_changed_is_not_said_again(stub: Stub, nova: Nova) -> None:
    stub.healthy()
    starting = said(recorded("starting"))
    stub.answers(LOOK, starting, starting, said(recorded("ready")))
    assert nova("up")[1].count("starting: pulls") == 1


def test_every_command_names_the_context_and_the_field_manager(stub: Stub, nova: Nova) -> None:
    stub.healthy()
    stub.answers(LOOK, said(recorded("ready")))
    nova("up")
    used = [call.arguments[:2] for call in stub.asked() if call.words[0] != "config"]
    assert used
    assert all(context == ["--context", "kind-nova"] for context in used)
    for call in stub.asked("apply"):
        assert {"--server-side", "--field-manager", "nova-local"} <= set(call.words)
        assert "--force-conflicts" not in call.words


def test_only_what_was_not_there_gets_the_label(stub: Stub, nova: Nova) -> None:
    stub.healthy()
    foreign = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop"}}
    ours = {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "web", "namespace": "shop", "labels": {LABEL: VALUE}},
    }
    stub.answers("get --filename", listed(foreign, ours))
    stub.answers(LOOK, said(recorded("ready")))
    _, out, _ = nova("up")
    assert "not deleted by `nova local down`: 1 object: Namespace shop" in out
    applied = [body for call in stub.asked("apply") for body in call.objects]
    unmarked = [b["kind"] for b in applied if LABEL not in b["metadata"].get("labels", {})]
    assert unmarked == ["Namespace"]


@pytest.mark.parametrize(
    ("answer", "line"),
    [
        ("image-pull", "registry.nova.example.com/nova/web:v9: not found"),
        ("pending-cpu", "pending: 0/1 nodes are available: 1 Insufficient cpu"),
        ("pending-volume", 'storageclass.storage.k8s.io "standard" not found'),
        ("quota", "exceeded quota: quota, requested: pods=1"),
    ],
)
def test_what_is_not_ready_in_time_is_told_with_its_reason(
    stub: Stub, nova: Nova, answer: str, line: str
) -> None:
    stub.healthy()
    stub.answers(LOOK, said(recorded(answer)))
    code, _, err = nova("up", "--timeout", "1")
    assert code == Exit.UNHEALTHY
    assert "not ready after 1 s" in err
    assert line in err


def test_a_crash_loop_is_told_with_the_last_lines_of_its_log(stub: Stub, nova: Nova) -> None:
    stub.healthy()
    stub.answers(LOOK, said(recorded("crash-loop")))
    stub.answers("logs", said("listening\npanic: DATABASE_URL is not set\n"), words=("--previous",))
    code, _, err = nova("up", "--timeout", "1")
    assert code == Exit.UNHEALTHY
    assert "web ended with exit code 1" in err
    assert "its log ends: listening | panic: DATABASE_URL is not set" in err


def test_a_refusal_is_told_and_nothing_after_it_is_applied(stub: Stub, nova: Nova) -> None:
    stub.healthy()
    applied = "namespace/shop serverside-applied\n"
    done = "statefulset.apps/redis serverside-applied\njob.batch/migrate serverside-applied\n"
    stub.answers(
        "apply", said(applied), said(), said(), said(done, err=CONFLICT, code=1), said(applied)
    )
    code, _, err = nova("up")
    assert code == Exit.UNHEALTHY
    assert "the cluster refused stores:" in err
    assert '"kubectl-client-side-apply" using apps/v1: .spec.replicas' in err
    assert "(among StatefulSet shop/postgres)" in err
    assert "delete the object" in err
    assert len(stub.asked("apply")) == 4
    assert stub.asked(LOOK) == []


def test_a_quota_that_was_not_counted_yet_is_tried_again(stub: Stub, nova: Nova) -> None:
    stub.healthy()
    stub.answers("apply", said(err=UNCOUNTED, code=1), said(err=UNCOUNTED, code=1), said())
    stub.answers(LOOK, said(recorded("ready")))
    assert nova("up")[0] == Exit.OK
    assert len(stub.asked("apply")) == 7


def test_a_cluster_that_is_too_busy_for_a_moment_is_asked_again(stub: Stub, nova: Nova) -> None:
    stub.healthy()
    busy = said(err="Error from server (ServiceUnavailable): the server is busy\n", code=1)
    stub.answers(LOOK, busy, said(recorded("ready")))
    assert nova("up")[0] == Exit.OK


def test_who_may_not_list_the_nodes_is_told_and_goes_on(stub: Stub, nova: Nova) -> None:
    stub.healthy()
    stub.answers("get nodes", said(err=f"{FORBIDDEN}\n", code=1))
    stub.answers(LOOK, said(recorded("ready")))
    code, out, err = nova("up", "--timeout", "1")
    assert (code, err) == (
        Exit.OK,
        f"not compared with the cluster: kubectl get nodes: {FORBIDDEN}\n",
    )
    assert out.endswith("all 4 workloads are ready\n")


def test_a_cluster_that_stays_away_is_told(stub: Stub, nova: Nova) -> None:
    stub.healthy()
    stub.answers(LOOK, said(err="Unable to connect to the server: EOF\n", code=1))
    code, _, err = nova("up", "--timeout", "1")
    assert code == Exit.UNHEALTHY
    assert "Unable to connect to the server: EOF" in err


def test_a_cluster_that_goes_away_is_told_with_what_was_seen_last(stub: Stub, nova: Nova) -> None:
    stub.healthy()
    away = said(err="The connection to the server 127.0.0.1:40123 was refused\n", code=1)
    stub.answers(LOOK, said(recorded("image-pull")), away)
    code, _, err = nova("up", "--timeout", "2")
    assert code == Exit.UNHEALTHY
    first, second, *lines = err.splitlines()
    assert "The connection to the server 127.0.0.1:40123 was refused" in first
    assert re.fullmatch(r"the workloads as they were last seen, \d+ s before:", second)
    assert len(lines) == 4
    assert "  StatefulSet shop/redis  1/1  ready" in lines
    assert any(
        line.startswith("  Deployment shop/web  0/1  failing: image registry.nova.example.com/")
        for line in lines
    )


def test_a_dry_run_shows_every_command_and_runs_none(stub: Stub, nova: Nova) -> None:
    code, out, _ = nova("up", "--dry-run")
    assert (code, stub.asked()) == (Exit.OK, [])
    assert all(line.startswith(("kubectl ", "# ")) for line in out.splitlines())
    assert any("deployments.apps" in line for line in out.splitlines())


def test_a_dry_run_shows_each_phase_with_its_objects_and_what_is_waited_for(
    stub: Stub, nova: Nova
) -> None:
    assert stub.asked() == []
    out = nova("up", "--dry-run", "--timeout", "90")[1]
    apply = (
        'kubectl --context "$(kubectl config current-context)" apply --server-side '
        "--field-manager nova-local --filename -  # standard input:"
    )
    assert out[out.index("# phase 1") :].splitlines() == [
        "# phase 1 of 5: namespaces",
        f"{apply} 1 object",
        "#   no namespace: Namespace shop",
        "# phase 2 of 5: quotas",
        f"{apply} 1 object",
        "#   shop: ResourceQuota quota",
        "# phase 3 of 5: configuration",
        f"{apply} 7 objects",
        "#   shop: NetworkPolicy default-deny; Secret redis-credentials; 5 Service",
        "# phase 4 of 5: stores",
        f"{apply} 3 objects",
        "#   shop: Job migrate; StatefulSet postgres, redis",
        "# phase 5 of 5: services",
        f"{apply} 2 objects",
        "#   shop: Deployment web; Ingress gateway",
        "# asked again and again, for 90 s at most, until these are ready:",
        "#   shop: Deployment web; Job migrate; StatefulSet postgres, redis",
        *out.splitlines()[-2:],
    ]
    assert f" {LOOK} " in out.splitlines()[-2]
    assert " get nodes " in out.splitlines()[-1]


def test_a_dry_run_shows_no_secret(stub: Stub, nova: Nova) -> None:
    assert stub.asked() == []
    assert "local-only" not in nova("up", "--dry-run")[1]


def test_ctrl_c_says_how_to_go_on(stub: Stub, nova: Nova, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_: float) -> None:
        raise KeyboardInterrupt

    stub.healthy()
    stub.answers(LOOK, said(recorded("starting")))
    monkeypatch.setattr(watching, "sleep", interrupted)
    code, _, err = nova("up")
    assert code == Exit.STOPPED
    assert err == (
        "stopped by Ctrl-C. Run it again to go on; `nova local down` removes what was created.\n"
    )


def test_plain_output_has_no_escapes(stub: Stub, nova: Nova) -> None:
    stub.healthy()
    stub.answers(LOOK, said(recorded("crash-loop")))
    _, out, err = nova("up", "--timeout", "1")
    assert "\x1b" not in out + err


def test_an_empty_folder_is_missing(stub: Stub, nova: Nova) -> None:
    code, _, err = nova("up", folder=RENDERED / "shop")
    assert (code, stub.asked()) == (Exit.MISSING, [])
    assert "holds nothing rendered; render it with `cdk8s synth`" in err
