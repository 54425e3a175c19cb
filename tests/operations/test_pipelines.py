"""The pipelines that start a restore, run with the real kubectl against a server of answers."""

# ruff: noqa: N802  (a test bears the id of its row)

import functools
import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import yaml

from tests.operations.arguments import Parsed
from tests.operations.deployed import Deployed, containers_of
from tests.operations.page import PAGE, blocks, commands

pytestmark = pytest.mark.skipif(shutil.which("kubectl") is None, reason="kubectl is missing")

_PIPELINE = re.compile(
    r"^ *kubectl create job (?P<job>\S+) -n (?P<namespace>\S+) --from=cronjob/(?P<source>\S+)"
    r" --dry-run=client -o yaml \|\n.*\|\n *kubectl create -n \S+ -f -$",
    re.MULTILINE,
)
PIPELINES = [
    match
    for block in blocks(PAGE.read_text(encoding="utf-8"))
    for match in _PIPELINE.finditer(block)
]
GROUP = {"groupVersion": "batch/v1", "version": "v1"}
DISCOVERY: dict[str, Any] = {
    "/api": {"kind": "APIVersions", "versions": []},
    "/apis": {
        "kind": "APIGroupList",
        "groups": [{"name": "batch", "versions": [GROUP], "preferredVersion": GROUP}],
    },
    "/apis/batch/v1": {
        "kind": "APIResourceList",
        "groupVersion": "batch/v1",
        "resources": [
            {"name": "cronjobs", "namespaced": True, "kind": "CronJob", "verbs": ["get"]},
            {"name": "jobs", "namespaced": True, "kind": "Job", "verbs": ["create"]},
        ],
    },
}


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Variables with which kubectl asks the server."""
    deployed, folder = Deployed.read(), tmp_path_factory.mktemp("kubectl")

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found: Any = DISCOVERY.get(self.path.partition("?")[0])
            parts = self.path.partition("?")[0].split("/")
            if parts[-2] == "cronjobs":
                found = deployed.find("CronJob", parts[-3], parts[-1])
            body = json.dumps(found or {"kind": "Status", "code": 404}).encode()
            self.send_response(200 if found else 404)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    Thread(target=server.serve_forever, daemon=True).start()
    config = folder / "config"
    config.write_text(_config(server.server_port))
    yield {**os.environ, "KUBECONFIG": str(config), "HOME": str(folder)}
    server.shutdown()
    server.server_close()


def _config(port: int) -> str:
    cluster = {"name": "here", "cluster": {"server": f"http://127.0.0.1:{port}"}}
    context = {"name": "here", "context": {"cluster": "here", "user": "nobody"}}
    users = [{"name": "nobody", "user": {}}]
    lists = {"clusters": [cluster], "contexts": [context], "users": users}
    return json.dumps({"apiVersion": "v1", "kind": "Config", "current-context": "here", **lists})


def test_M2_there_are_such_pipelines() -> None:
    assert {match["source"] for match in PIPELINES} == {
        "redis-restore",
        "postgres-restore",
        "etcd-restore-$n",
        "etcd-rejoin",
        "nats-restore",
        "postgres-backup",
    }


def test_M2_kubectl_has_every_option() -> None:
    everywhere = _help("options")
    for block in blocks(PAGE.read_text(encoding="utf-8")):
        for command in commands(block):
            if command.words[0] == "kubectl":
                parsed = Parsed.of(command)
                text = everywhere + _help(*parsed.verb.split(), "--help")
                for name in parsed.options:
                    letters = name[1:] if name == "-it" else ""
                    for option in [f"-{letter}" for letter in letters] or [name]:
                        ends = "," if len(option) == 2 else "="
                        assert f"{option}{ends}" in text, f"{command}: {option}"


@functools.cache
def _help(*words: str) -> str:
    return subprocess.run(["kubectl", *words], check=True, capture_output=True, text=True).stdout


@pytest.mark.parametrize("pipeline", PIPELINES, ids=lambda match: match["job"])
def test_M2_a_pipeline_makes_the_job_with_its_variables(
    environment: dict[str, str], tmp_path: Path, pipeline: re.Match[str]
) -> None:
    # The last step would create it; here it is shown.
    script = pipeline[0].rpartition("kubectl create")[0] + "cat"
    given = {"n": "0", "BACKUP": "20260501T012000Z"}
    done = subprocess.run(
        ["sh", "-c", script],
        check=False,
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={**environment, **given},
    )
    assert done.returncode == 0, done.stderr
    job = yaml.safe_load(done.stdout)
    assert done.stdout, done.stderr

    assert job["kind"] == "Job"
    assert job["metadata"]["name"] == pipeline["job"].replace("$n", "0")
    for name, quoted, plain in re.findall(r" ([A-Z_]+)=(?:'([^']*)'|(\S+))", pipeline[0]):
        value = quoted or plain.replace("$BACKUP", given["BACKUP"])
        wanted = [
            entry["value"]
            for container in containers_of(job)
            for entry in container.get("env", ())
            if entry["name"] == name
        ]
        assert wanted, f"no container takes {name}"
        assert set(wanted) == {value}
