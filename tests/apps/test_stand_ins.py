"""The stand-ins of ``local``, run as they are rendered."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml

from tests.apps.rendered import Document, all_containers, pod_spec
from tests.service.web_server import answer, free_port, laid_out, needs_nginx, running

LOCAL = Path(__file__).parents[2] / "dist" / "local"
_LISTEN = re.compile(r"listen ([0-9]+);")


class StandIn(NamedTuple):
    """A Deployment whose programs are stood in for."""

    deployment: Document
    containers: list[Document]
    files: dict[str, str]
    """The configurations, by path in its containers."""

    @property
    def title(self) -> str:
        """Namespace and name."""
        return "/".join(self.deployment["metadata"][key] for key in ("namespace", "name"))


def _stand_ins() -> Iterator[StandIn]:
    """Those of the committed files."""
    for path in sorted(LOCAL.glob("*/*.k8s.yaml")):
        objects = [item for item in yaml.safe_load_all(path.read_text(encoding="utf-8")) if item]
        for item in objects:
            if item["kind"] == "Deployment":
                containers = [
                    c for c in all_containers(item) if "/etc/stand-in/" in str(c.get("command"))
                ]
                if containers:
                    yield StandIn(item, containers, _files(item, objects))


def _files(deployment: Document, objects: list[Document]) -> dict[str, str]:
    """What is mounted at the stand-ins' folder."""
    (source,) = [
        volume["configMap"]
        for volume in pod_spec(deployment)["volumes"]
        if volume["name"] == "files-etc-stand-in"
    ]
    (data,) = [
        item["data"]
        for item in objects
        if (item["kind"], item["metadata"]["name"]) == ("ConfigMap", source["name"])
    ]
    return {f"/etc/stand-in/{item['path']}": data[item["key"]] for item in source["items"]}


EVERY = list(_stand_ins())
DISTINCT = {str(sorted(item.files.items())): item for item in EVERY}
"""Kafka and ClickHouse have one in each app that uses them, and all of them are the same."""


def test_what_is_stood_in_for_is_found() -> None:
    assert len(EVERY) == 18
    assert len(DISTINCT) == 15


def _asked(container: Document) -> set[tuple[str, int]]:
    """Path and port of each probe by HTTP."""
    numbers = {port["name"]: port["containerPort"] for port in container["ports"]}
    gets = [
        container[probe]["httpGet"]
        for probe in ("startupProbe", "readinessProbe", "livenessProbe")
        if "httpGet" in container.get(probe, {})
    ]
    return {(get["path"], numbers[get["port"]]) for get in gets}


@needs_nginx
@pytest.mark.parametrize("stand_in", DISTINCT.values(), ids=lambda item: item.title)
def test_every_port_of_a_stand_in_answers_every_probe(stand_in: StandIn, tmp_path: Path) -> None:
    # Free ports in place of its own, which may be taken here.
    texts = "".join(stand_in.files.values())
    ports = {int(number): free_port() for number in set(_LISTEN.findall(texts))}
    files = {
        path: _LISTEN.sub(lambda match: f"listen {ports[int(match[1])]};", text)
        for path, text in stand_in.files.items()
    }
    (main,) = [item for item in stand_in.containers if item["command"][-1] != "-t"]
    checks = [item["command"] for item in stand_in.containers if item is not main]
    tcp = {port["containerPort"] for port in main["ports"] if port["protocol"] == "TCP"}
    asked = _asked(main)

    command = laid_out(files, main["command"], tmp_path)
    for check in checks:
        assert check[:-1] == main["command"]
        done = subprocess.run([*command, "-t"], check=False, capture_output=True, text=True)
        assert (done.returncode, "test is successful" in done.stderr) == (0, True)
    assert ports.keys() == tcp
    assert {number for _, number in asked} <= tcp
    with running(command):
        for number in tcp:
            for path in {"/", *(path for path, _ in asked)}:
                status, text = answer(ports[number], path)
                assert (status, text) == (200, f"stand-in for {main['name']}\n")
