"""What is checked before anything is applied."""

import pytest

from constructs_lib.cli.exits import Exit
from tests.cli.conftest import Nova
from tests.cli.stub import CLASSES, KIND, LOOK, RENDERED, SERVED, Stub, listed, recorded, said

REFUSED = """\
E1121 16:47:44.848678   21529 memcache.go:265] "Unhandled Error" err="couldn't get current server"
The connection to the server 127.0.0.1:40123 was refused - did you specify the right host or port?
"""
# Words of kubectl 1.32 before a server that answers 503 for all of its API, and for two groups.
UNABLE = """\
E1121 22:54:09.191881   29593 memcache.go:265] "Unhandled Error" err="couldn't get current server"
Error from server (ServiceUnavailable): the server is currently unable to handle the request
"""
PARTLY = """\
E1121 22:54:09.073922   29567 memcache.go:287] "Unhandled Error" err="couldn't get resource list"
error: unable to retrieve the complete list of server APIs: custom.metrics.k8s.io/v1beta2: \
the server is currently unable to handle the request, metrics.k8s.io/v1beta1: \
the server is currently unable to handle the request
"""


def test_kubectl_that_is_not_installed(
    stub: Stub, nova: Nova, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(stub.folder))
    code, _, err = nova("up")
    assert code == Exit.MISSING
    assert "kubectl is not installed" in err
    assert "https://kubernetes.io/docs/tasks/tools/" in err


def test_a_cluster_that_does_not_answer(stub: Stub, nova: Nova) -> None:
    stub.healthy()
    stub.answers("version", said(err=REFUSED, code=1))
    code, _, err = nova("up")
    assert code == Exit.MISSING
    assert "kind-nova does not answer: The connection to the server 127.0.0.1:40123" in err
    assert "memcache" not in err
    assert stub.asked("apply") == []


def test_a_cluster_that_hangs(stub: Stub, nova: Nova, monkeypatch: pytest.MonkeyPatch) -> None:
    stub.healthy()
    stub.answers("version", said(seconds=5))
    default = dict(zip(("objects", "patience", "changes"), (None, 0.3, False), strict=True))
    monkeypatch.setattr("constructs_lib.cli.kubectl.Kubectl.ask.__kwdefaults__", default)
    code, _, err = nova("status")
    assert code == Exit.UNHEALTHY
    assert "no answer within 0.3 s" in err


@pytest.mark.parametrize("command", ["up", "status", "logs", "test", "down"])
def test_a_current_context_that_is_not_local_is_refused(
    stub: Stub, nova: Nova, command: str
) -> None:
    stub.healthy()
    stub.answers("config view", said(KIND | {"current-context": "production"}))
    code, _, err = nova(command)
    assert code == Exit.REFUSED
    assert "'production' (https://34.90.12.7) does not look like" in err
    assert "`kubectl config use-context kind-nova`" in err
    assert [call.words[0] for call in stub.asked()] == ["config"]


@pytest.mark.parametrize("given", ["", "yes\n", "kind-nova\n"])
def test_a_named_context_that_is_not_local_needs_its_name_typed(
    stub: Stub, nova: Nova, given: str
) -> None:
    stub.healthy()
    code, _, err = nova("up", "--context", "production", given=given)
    assert code == Exit.REFUSED
    assert "is not 'production'; nothing was changed" in err
    assert stub.asked("apply") == []


def test_a_named_context_is_used_once_confirmed(stub: Stub, nova: Nova) -> None:
    stub.healthy()
    stub.answers(LOOK, said(recorded("ready")))
    code, _, _ = nova("up", "--context", "production", given="production\n")
    assert code == Exit.OK
    assert {call.arguments[1] for call in stub.asked("apply")} == {"production"}


def test_an_unknown_context_is_told_with_the_nearest(stub: Stub, nova: Nova) -> None:
    stub.healthy()
    code, _, err = nova("up", "--context", "kind-nowa")
    assert code == Exit.MISSING
    assert "there is no context 'kind-nowa' in the kubeconfig; did you mean 'kind-nova'?" in err


def test_everything_that_is_missing_is_told_at_once(stub: Stub, nova: Nova) -> None:
    stub.healthy()
    stub.answers("api-resources", said(SERVED.replace("batch/v1 ", "batch/v1beta1 ")))
    other = [body | {"metadata": {"name": "hostpath"}} for body in CLASSES["items"]]
    stub.answers(
        "get storageclasses.storage.k8s.io,ingressclasses.networking.k8s.io", listed(*other[:1])
    )
    code, _, err = nova("up")
    assert code == Exit.MISSING
    assert "3 things are missing, and nothing was applied:" in err
    assert "Job shop/migrate needs Job (batch/v1); the cluster has it as batch/v1beta1" in err
    assert "StatefulSet shop/redis needs the storage class 'standard'" in err
    assert "the cluster has hostpath." in err
    assert "Ingress shop/gateway needs the ingress class 'nginx'; the cluster has none." in err
    assert stub.asked("apply") == []


def test_a_missing_crd_names_what_needs_it(stub: Stub, nova: Nova) -> None:
    stub.healthy()
    folder = stub.folder / "dist" / "shop"
    folder.mkdir(parents=True)
    text = "apiVersion: external-secrets.io/v1\nkind: ExternalSecret\n"
    (folder / "shop.k8s.yaml").write_text(f"{text}metadata: {{name: keys, namespace: shop}}\n")
    code, _, err = nova("up", folder=folder.parent)
    assert code == Exit.MISSING
    assert "ExternalSecret shop/keys needs ExternalSecret (external-secrets.io/v1)" in err
    assert "the cluster has it as external-secrets.io/v1beta1: update its CRDs" in err


@pytest.mark.parametrize("command", ["up", "down"])
def test_an_api_server_that_does_not_tell_what_it_serves(
    stub: Stub, nova: Nova, command: str
) -> None:
    stub.healthy()
    stub.answers("api-resources", said(err=UNABLE, code=1))
    code, _, err = nova(command)
    assert code == Exit.MISSING
    assert "does not tell what it serves: Error from server (ServiceUnavailable): the ser" in err
    assert "install the CRDs" not in err
    assert stub.asked("apply") == []


def test_an_api_that_nothing_needs_may_be_down(stub: Stub, nova: Nova) -> None:
    stub.healthy()
    stub.answers("api-resources", said(SERVED, err=PARTLY, code=1))
    stub.answers(LOOK, said(recorded("ready")))
    code, _, err = nova("up")
    assert code == Exit.OK
    assert err.splitlines() == [
        f"the API service {name} does not answer (the server is currently unable to handle the "
        f"request); `kubectl describe apiservice {name}` tells who should. Nothing that is "
        "rendered needs it"
        for name in ("v1beta2.custom.metrics.k8s.io", "v1beta1.metrics.k8s.io")
    ]


def test_an_api_that_is_needed_and_down_is_told_as_such(stub: Stub, nova: Nova) -> None:
    stub.healthy()
    lines = SERVED.splitlines(keepends=True)
    served = "".join(line for line in lines if not line.startswith("jobs "))
    down = PARTLY.replace("custom.metrics.k8s.io/v1beta2", "batch/v1")
    stub.answers("api-resources", said(served, err=down, code=1))
    code, _, err = nova("up")
    assert code == Exit.MISSING
    assert (
        "Job shop/migrate needs Job (batch/v1); the API service v1.batch does not answer (the "
        "server is currently unable to handle the request); `kubectl describe apiservice v1.batch`"
    ) in err
    assert "install the CRDs" not in err


def test_a_folder_that_is_not_there(stub: Stub, nova: Nova) -> None:
    code, _, err = nova("status", folder=RENDERED / "none")
    assert (code, stub.asked()) == (Exit.MISSING, [])
    assert "is not there; render it with `cdk8s synth`" in err
