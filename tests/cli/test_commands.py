"""The commands are ones that kubectl takes: a real one, that has no server to talk to."""

import os
import shlex
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from constructs_lib.cli.kubectl import Kubectl
from constructs_lib.cli.removal import Created, remove
from constructs_lib.cli.rendered import load
from tests.cli.conftest import Nova
from tests.cli.stub import RENDERED

pytestmark = pytest.mark.skipif(shutil.which("kubectl") is None, reason="needs kubectl")

# Nothing listens on port 1.
NOWHERE = """\
apiVersion: v1
kind: Config
clusters: [{name: nowhere, cluster: {server: "https://127.0.0.1:1"}}]
users: [{name: nobody, user: {token: none}}]
contexts: [{name: nowhere, context: {cluster: nowhere, user: nobody}}]
current-context: nowhere
"""
OBJECT = '{"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop"}}'


def complaint(folder: Path, arguments: Sequence[str]) -> str:
    """What kubectl says last about a command."""
    config = folder / "config"
    config.write_text(NOWHERE)
    ran = subprocess.run(
        arguments,
        input=OBJECT,
        env=os.environ | {"KUBECONFIG": str(config), "HOME": str(folder)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ran.returncode == 1
    return ran.stderr.splitlines()[-1]


def shown(nova: Nova, *arguments: str) -> list[list[str]]:
    """The commands of a dry run, one of each form."""
    _, out, _ = nova(*arguments, "--dry-run", "--context", "nowhere")
    lines = [line for line in out.splitlines() if " config view " not in line]
    commands = [words for line in lines if (words := shlex.split(line, comments=True))]
    return list(
        {(one[3], *sorted(w for w in one if w[:2] == "--")): one for one in commands}.values()
    )


@pytest.mark.parametrize("command", ["up", "logs --follow --since 10m", "test"])
def test_commands_get_as_far_as_the_network(nova: Nova, tmp_path: Path, command: str) -> None:
    commands = shown(nova, *command.split())
    assert commands
    for arguments in commands:
        assert "refused" in complaint(tmp_path, arguments), arguments


def test_deletions_get_as_far_as_the_network(tmp_path: Path) -> None:
    objects = [body for bodies in load(RENDERED).values() for body in bodies]
    claim = {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "data"}}
    lines: list[str] = []
    kubectl = Kubectl("nowhere", show=lines.append)
    found = Created(tuple(objects), (claim,), (), ("configmaps", "pods"))
    remove(kubectl, found, volumes=False, timeout=5)
    split = [shlex.split(line, comments=True) for line in lines]
    commands = {words[3]: words for words in split if words}
    assert commands.keys() == {"delete", "get", "label"}
    commands["label"][commands["label"].index("--namespace") + 1] = "shop"
    for arguments in commands.values():
        assert "refused" in complaint(tmp_path, arguments), arguments
