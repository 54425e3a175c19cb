"""A container: started, probed, started again when it ends, and stopped with grace."""

import dataclasses
import signal
import subprocess
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.live.manifests import Document
from tests.live.node import Node
from tests.live.probes import ProbeFailure, Prober, Target, check
from tests.live.process import Order, Process, run

KINDS = ("startup", "readiness", "liveness")
_LEAST_GRACE = 2.0
"""What is left to a program whose hook has used up the time."""


@dataclass(eq=False)
class Instance:
    """One start of a container."""

    process: Process
    started: bool
    ready: bool
    started_at: float = field(default_factory=time.monotonic)
    ended: threading.Event = field(default_factory=threading.Event)


class Container:
    """One container of a pod."""

    def __init__(
        self,
        node: Node,
        subject: str,
        spec: Document,
        order: Order,
        target_address: str,
        *,
        policy: str,
        stop_signal: str,
        grace: float,
    ) -> None:
        self.name = str(spec["name"])
        self.spec = spec
        self.order = order
        self.restarts = 0
        self.exit_codes: list[int] = []
        self.instance: Instance | None = None
        self.finished = threading.Event()
        self._node = node
        self._subject = f"{subject} {self.name}"
        self._policy = policy
        hooks = spec.get("lifecycle", {})
        self._stop_signal = signal.Signals[hooks.get("stopSignal", stop_signal)]
        self._grace = grace
        self._closing = threading.Event()
        self._starting = threading.Lock()
        self._thread = threading.Thread(target=self._keep_running, daemon=True)
        self.target = Target(
            node=node.network.node,
            address=target_address,
            ports=_named_ports(spec),
            run=lambda command, timeout: self.run(command, timeout=timeout),
        )
        self._probers = {
            kind: Prober(kind, probe, self.target, lambda: self.instance, self._probed)
            for kind in KINDS
            if (probe := spec.get(f"{kind}Probe"))
        }

    @property
    def running(self) -> bool:
        """Whether its program runs."""
        return self.instance is not None

    @property
    def started(self) -> bool:
        """Whether its startup probe, if any, has passed."""
        instance = self.instance
        return instance is not None and instance.started

    @property
    def ready(self) -> bool:
        """Whether it may be sent requests."""
        instance = self.instance
        return instance is not None and instance.started and instance.ready

    @property
    def log(self) -> str:
        """What it has written so far, earlier starts included."""
        file = Path(self.order.log)
        return file.read_text(errors="replace") if file.exists() else ""

    def start(self) -> None:
        """Run it from now on."""
        self._thread.start()
        for prober in self._probers.values():
            prober.start()

    def run(
        self, command: Sequence[str], *, timeout: float, text: str | None = None
    ) -> subprocess.CompletedProcess[str]:
        """A command inside, as the container's user; raises `OSError` where nothing runs."""
        return run(self.joined(command), timeout=timeout, text=text)

    def joined(self, command: Sequence[str]) -> Order:
        """What starts a command inside the container that runs now."""
        instance = self.instance
        if instance is None:
            msg = f"{self._subject} does not run"
            raise OSError(msg)
        return dataclasses.replace(self.order, command=list(command), join=instance.process.pid)

    def send(self, number: signal.Signals) -> None:
        """Send a signal to its first process, or to all where they are to freeze or go on."""
        instance = self.instance
        if instance is None:
            return
        self._node.journal.note(self._subject, f"is sent {number.name}")
        if number in (signal.SIGSTOP, signal.SIGCONT):
            instance.process.send_to_all(number)
        else:
            instance.process.send(number)

    def stop(self, grace: float) -> None:
        """End it for good, as a kubelet would with so much time left."""
        self._close()
        if instance := self.instance:
            self._terminate(instance, grace)
        self._join()

    def kill(self) -> None:
        """End it for good and at once."""
        self._close()
        if instance := self.instance:
            instance.process.kill()
        self._join()

    def _close(self) -> None:
        with self._starting:
            self._closing.set()
        for prober in self._probers.values():
            prober.close()

    def _join(self) -> None:
        if self._thread.ident is not None:
            self._thread.join()
        self.finished.set()

    def _keep_running(self) -> None:
        failures = 0
        while True:
            with self._starting:
                if self._closing.is_set():
                    break
                instance = self._begin()
            code = instance.process.wait()
            instance.process.kill()
            self.instance = None
            self.exit_codes.append(code)
            instance.ended.set()
            self._node.journal.note(self._subject, f"ended with {code}")
            if self._policy == "Never" or (self._policy == "OnFailure" and code == 0):
                break
            timing = self._node.timing
            ran = time.monotonic() - instance.started_at
            failures = 0 if ran > 600 * timing.back_off else failures + 1
            wait = 10 * 2 ** (failures - 2) if failures > 1 else 0
            if self._closing.wait(max(timing.restart, min(wait, 300) * timing.back_off)):
                break
            self.restarts += 1
        self.finished.set()
        self._node.journal.note(self._subject, "is not started again")

    def _begin(self) -> Instance:
        process = Process(self.order)
        self.instance = instance = Instance(
            process,
            started="startup" not in self._probers,
            ready="readiness" not in self._probers,
        )
        self._node.journal.note(self._subject, f"runs as process {process.pid}")
        if hook := self.spec.get("lifecycle", {}).get("postStart"):
            self._hook("postStart", hook, self._grace)
        if instance.started and (readiness := self._probers.get("readiness")):
            readiness.ask_soon()
        return instance

    def _probed(self, kind: str, passed: bool, failure: str) -> None:  # noqa: FBT001
        instance = self.instance
        if instance is None:
            return
        if kind == "readiness":
            if instance.ready != passed:
                instance.ready = passed
                self._node.journal.note(self._subject, f"ready: {passed} {failure}".rstrip())
        elif passed and not instance.started:
            instance.started = True
            self._node.journal.note(self._subject, "has started")
            if readiness := self._probers.get("readiness"):
                readiness.ask_soon()
        elif not passed:
            self._node.journal.note(self._subject, f"is ended, {kind} failed: {failure}")
            probe = self.spec[f"{kind}Probe"]
            grace = probe.get("terminationGracePeriodSeconds", self._grace)
            # The thread goes on probing; ending can take as long as the pod has grace.
            ending = threading.Thread(target=self._terminate, args=(instance, grace), daemon=True)
            ending.start()

    def _terminate(self, instance: Instance, grace: float) -> None:
        deadline = time.monotonic() + grace
        hook = self.spec.get("lifecycle", {}).get("preStop")
        if hook and grace:
            self._hook("preStop", hook, grace)
        self._node.journal.note(self._subject, f"is asked to end by {self._stop_signal.name}")
        instance.process.send(self._stop_signal)
        least = _LEAST_GRACE if hook else 0.0
        if not instance.ended.wait(max(deadline - time.monotonic(), least)):
            self._node.journal.note(self._subject, "is killed, its time is over")
            instance.process.kill()

    def _hook(self, name: str, hook: Document, timeout: float) -> None:
        try:
            if "sleep" in hook:
                instance = self.instance
                if instance:
                    instance.ended.wait(min(hook["sleep"]["seconds"], timeout))
            else:
                check(hook, self.target, timeout)
        except ProbeFailure as failure:
            self._node.journal.note(self._subject, f"{name} failed: {failure}")
        else:
            self._node.journal.note(self._subject, f"{name} done")


def _named_ports(spec: Document) -> dict[str, int]:
    ports = spec.get("ports", ())
    return {port["name"]: port["containerPort"] for port in ports if "name" in port}
