"""Probes, asked from the node on the kubelet's schedule."""

import http.client
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from tests.live.manifests import Document, ManifestError
from tests.live.namespaces import NetworkNamespace


class ProbeFailure(Exception):  # noqa: N818 (what Kubernetes calls it)
    """What was asked did not answer as it should."""


@dataclass(frozen=True, kw_only=True)
class Target:
    """Where probes and hooks of a container go."""

    node: NetworkNamespace
    address: str
    ports: Mapping[str, int]
    run: Callable[[Sequence[str], float], subprocess.CompletedProcess[str]]

    def port(self, named: int | str) -> int:
        """The number of a port."""
        return named if isinstance(named, int) else self.ports[named]


class Health(Protocol):
    """A started container, as probes see it."""

    started_at: float
    started: bool
    ready: bool


def check(action: Document, target: Target, timeout: float) -> None:
    """Ask once; raises `ProbeFailure`."""
    try:
        if "httpGet" in action:
            _http(action["httpGet"], target, timeout)
        elif "tcpSocket" in action:
            asked = action["tcpSocket"]
            address = (asked.get("host", target.address), target.port(asked["port"]))
            _connected(target.node, address, timeout).close()
        else:
            done = target.run(action["exec"]["command"], timeout)
            if done.returncode:
                msg = f"exit code {done.returncode}: {done.stdout.strip()[-300:]}"
                raise ProbeFailure(msg)
    except (OSError, http.client.HTTPException, subprocess.TimeoutExpired) as error:
        msg = f"{type(error).__name__}: {error}"
        raise ProbeFailure(msg) from error


def _http(get: Document, target: Target, timeout: float) -> None:
    port = target.port(get["port"])
    connection = http.client.HTTPConnection(target.address, port, timeout=timeout)
    stream = _connected(target.node, (get.get("host", target.address), port), timeout)
    with stream:
        if get.get("scheme") == "HTTPS":
            context = ssl._create_unverified_context()  # noqa: S323 (as the kubelet does)
            stream = context.wrap_socket(stream)
        connection.sock = stream
        headers = {item["name"]: item["value"] for item in get.get("httpHeaders", ())}
        path = get.get("path", "/")
        connection.request("GET", path, headers={"User-Agent": "kube-probe/1.30", **headers})
        answer = connection.getresponse()
        if not 200 <= answer.status < 400:
            msg = f"HTTP status {answer.status} from {path}"
            raise ProbeFailure(msg)


def _connected(node: NetworkNamespace, address: tuple[str, int], timeout: float) -> socket.socket:
    stream = node.socket()
    try:
        stream.settimeout(timeout)
        stream.connect(address)
    except OSError:
        stream.close()
        raise
    return stream


class Prober:
    """One probe of one container: asks again and again, and says so when the result changes."""

    def __init__(
        self,
        kind: str,
        probe: Document,
        target: Target,
        current: Callable[[], Health | None],
        changed: Callable[[str, bool, str], None],
    ) -> None:
        if not {"httpGet", "tcpSocket", "exec"} & probe.keys():
            msg = f"no probe of this kind is run here: {sorted(probe)}"
            raise ManifestError(msg)
        self._kind = kind
        self._probe = probe
        self._target = target
        self._current = current
        self._changed = changed
        self._seen: Health | None = None
        self._streak = 0
        self._last: bool | None = None
        self._decided = False
        self._closed = False
        self._due = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> None:
        """Ask from now on; the first time after one period, as at first nothing runs yet."""
        self._thread.start()

    def ask_soon(self) -> None:
        """Do not wait for the rest of the period."""
        self._due.set()

    def close(self) -> None:
        """Ask no more."""
        self._closed = True
        self._due.set()

    def _run(self) -> None:
        period = float(self._probe.get("periodSeconds", 10))
        following = time.monotonic() + period
        while True:
            self._due.wait(max(0.0, following - time.monotonic()))
            if self._closed:
                return
            if not self._due.is_set():
                # A ticker drops what nobody was there for: after a slow answer one tick is due.
                following = max(following + period, time.monotonic())
            self._due.clear()
            self._once()

    def _once(self) -> None:
        health = self._current()
        if health is None:
            return
        if health is not self._seen:
            self._seen, self._streak, self._last, self._decided = health, 0, None, False
        delay = self._probe.get("initialDelaySeconds", 0)
        # Startup is asked until it is over, the others from then on.
        if (self._kind == "startup") == health.started or self._decided:
            return
        if time.monotonic() - health.started_at < delay:
            return
        text = ""
        try:
            check(self._probe, self._target, self._probe.get("timeoutSeconds", 1))
        except ProbeFailure as failure:
            text = str(failure)
        self._count(health, text)

    def _count(self, health: Health, failure: str) -> None:
        passed = not failure
        self._streak = self._streak + 1 if passed == self._last else 1
        self._last = passed
        name, default = ("successThreshold", 1) if passed else ("failureThreshold", 3)
        if self._streak < self._probe.get(name, default) or health is not self._current():
            return
        # A container that is to be ended for it is not asked again.
        self._decided = not passed and self._kind != "readiness"
        self._changed(self._kind, passed, failure)
