"""Real Alertmanagers on this machine, with the arguments and configuration that are rendered."""

import json
import socket
import subprocess
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.error import URLError

from tests.observability.alertmanager_cases import written
from tests.observability.webhook import until
from tests.store.rendering import of_kind

PROGRAM = "prometheus-alertmanager"
"""Name of the program in Debian, version 0.25 in bookworm."""

_STARTED = 20


@dataclass(frozen=True, kw_only=True)
class AlertmanagerServer:
    """One of them."""

    process: subprocess.Popen[bytes]
    url: str
    log: Path

    def post(self, *alerts: Mapping[str, Any]) -> None:
        """Send alerts, as Prometheus does."""
        data = json.dumps(alerts).encode()
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(f"{self.url}/api/v2/alerts", data, headers)  # noqa: S310
        with urllib.request.urlopen(request, timeout=5) as answer:  # noqa: S310
            assert answer.status == 200

    def read(self, path: str) -> str:
        """What it answers to a GET."""
        with urllib.request.urlopen(f"{self.url}{path}", timeout=5) as answer:  # noqa: S310
            return str(answer.read().decode())

    def metric(self, name: str) -> float:
        """Value of a metric without labels."""
        (line,) = [
            text for text in self.read("/metrics").splitlines() if text.startswith(f"{name} ")
        ]
        return float(line.split()[-1])

    @property
    def ready(self) -> bool:
        """Whether it answers the probe."""
        with suppress(URLError, ConnectionError):
            return self.read("/-/ready") != ""
        return False

    def kill(self) -> None:
        """End it at once, as a node's loss does."""
        self.process.kill()
        self.process.wait()


def firing(name: str, **labels: str) -> dict[str, Any]:
    """An alert that fires."""
    return {
        "labels": {"alertname": name, **labels},
        "annotations": {
            "summary": f"{name} is so.",
            "description": "Look at it.",
            "runbook_url": f"https://runbooks.example.com/{name}.md",
        },
        # Not before now: a group that is older than its wait would not wait for the others.
        "startsAt": _time(0),
    }


def resolved(name: str, **labels: str) -> dict[str, Any]:
    """The same alert, over."""
    return {**firing(name, **labels), "startsAt": _time(-60), "endsAt": _time(-1)}


def _time(seconds: float) -> str:
    return (datetime.now(tz=UTC) + timedelta(seconds=seconds)).isoformat()


@contextmanager
def alertmanagers(
    objects: list[dict[str, Any]], folder: Path, secrets: Mapping[str, str] | None = None
) -> Iterator[list[AlertmanagerServer]]:
    """As many as the StatefulSet has replicas, until the block ends.

    ``secrets`` are contents of keys by ``<secret>/<key>``. Paths lead into ``folder``, names of
    pods to ports of this machine; all else is as rendered.
    """
    stateful = of_kind(objects, "StatefulSet")["spec"]
    replicas = stateful["replicas"]
    (container,) = stateful["template"]["spec"]["containers"]
    ports = _free_ports(2 * replicas)
    with ExitStack() as stack:
        servers = []
        for number in range(replicas):
            place = folder / f"alertmanager-{number}"
            configuration = written(objects, place)
            for name, text in (secrets or {}).items():
                (configuration.parent.parent / "secrets" / name).write_text(text)
            arguments = _arguments(container["args"], number, ports, place)
            server = _start(arguments, f"http://127.0.0.1:{ports[number]}", place)
            stack.callback(_stop, server)
            servers.append(server)
        for server in servers:
            until(lambda server=server: server.ready, _STARTED, f"{server.url}/-/ready")  # type: ignore[misc]
        yield servers


@contextmanager
def restarted(server: AlertmanagerServer) -> Iterator[AlertmanagerServer]:
    """The same one after an orderly stop, with the volume that it had, until the block ends."""
    _stop(server)
    arguments = [str(item) for item in server.process.args][1:]  # type: ignore[union-attr]
    again = _start(arguments, server.url, server.log.parent)
    try:
        until(lambda: again.ready, _STARTED, f"{again.url}/-/ready")
        yield again
    finally:
        _stop(again)


def _arguments(rendered: list[str], number: int, ports: list[int], place: Path) -> list[str]:
    gossip = ports[len(ports) // 2 :]
    own = f"127.0.0.1:{gossip[number]}"
    texts = {
        "=/etc/": f"={place}/etc/",
        "=/alertmanager/": f"={place}/data/",
        "=:9093": f"=127.0.0.1:{ports[number]}",
        "=0.0.0.0:9094": f"={own}",
        "=$(POD_IP):9094": f"={own}",
    }
    for other, port in enumerate(gossip):
        texts[f"=alertmanager-{other}.alertmanager-peers.shop.svc.cluster.local:9094"] = (
            f"=127.0.0.1:{port}"
        )
    found = []
    for argument in rendered:
        changed = argument
        for text, own_text in texts.items():
            changed = changed.replace(text, own_text)
        found.append(changed)
    return found


def _start(arguments: list[str], url: str, place: Path) -> AlertmanagerServer:
    log = place / "log"
    with log.open("ab") as output:
        process = subprocess.Popen([PROGRAM, *arguments], stdout=output, stderr=output, cwd=place)
    return AlertmanagerServer(process=process, url=url, log=log)


def _stop(server: AlertmanagerServer) -> None:
    server.process.terminate()
    try:
        server.process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        server.kill()


def _free_ports(count: int) -> list[int]:
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for item in sockets:
            item.bind(("127.0.0.1", 0))
        return [item.getsockname()[1] for item in sockets]
