"""A container: started, probed, started again when it ends, and stopped with grace."""

import dataclasses
import signal
import subprocess
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from tests.live.hooks import Hooks
from tests.live.manifests import Document
from tests.live.node import Node
from tests.live.probes import Prober, Target
from tests.live.process import Order, Process, run

KINDS = ("startup", "readiness", "liveness")
_LEAST_GRACE = 2.0
"""What is left to a program whose hook has used up the time."""


@dataclass(eq=False)
class Instance:
    """One start of a container."""

    process: Process
    ready: bool
    started: bool = False
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
        self._instance: Instance | None = None
        self.finished = threading.Event()
        self._node = node
        self._subject = f"{subject} {self.name}"
        self._policy = policy
        self._stop_signal = signal.Signals[spec.get("lifecycle", {}).get("stopSignal", stop_signal)]
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
        self._hooks = Hooks(spec, self.target, self._note)
        self._probers = {
            kind: Prober(kind, probe, self.target, lambda: self._instance, self._probed)
            for kind in KINDS
            if (probe := spec.get(f"{kind}Probe"))
        }

    @property
    def running(self) -> bool:
        """Whether its program runs."""
        return self._instance is not None

    @property
    def instance(self) -> Instance | None:
        """The start that runs; one that is being made is waited for, since its program may have
        written something already."""
        with self._starting:
            return self._instance

    @property
    def started(self) -> bool:
        """Whether its startup probe, if any, has passed."""
        instance = self._instance
        return instance is not None and instance.started

    @property
    def ready(self) -> bool:
        """Whether it may be sent requests."""
        instance = self._instance
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
        process = self._present().process
        return dataclasses.replace(self.order, command=list(command), join=process.pid)

    def send(self, number: signal.Signals) -> Instance:
        """Send a signal to its first process, or to all where they are to freeze or go on, and
        return the start that got it; raises `OSError` where nothing runs."""
        instance = self._present()
        self._note(f"is sent {number.name}")
        if number in (signal.SIGSTOP, signal.SIGCONT):
            instance.process.send_to_all(number)
        else:
            instance.process.send(number)
        return instance

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

    def _present(self) -> Instance:
        instance = self.instance
        if instance is None:
            msg = f"{self._subject} does not run"
            raise OSError(msg)
        return instance

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
            self._greet(instance)
            code = instance.process.wait()
            instance.process.kill()
            self._instance = None
            self.exit_codes.append(code)
            instance.ended.set()
            self._note(f"ended with {code}")
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
        self._note("is not started again")

    def _begin(self) -> Instance:
        instance = Instance(Process(self.order), ready="readiness" not in self._probers)
        self._instance = instance
        return instance

    def _greet(self, instance: Instance) -> None:
        """Have its postStart hook done; one that fails ends the container."""
        greeted = self._hooks.run("postStart", self._grace, instance.ended)
        instance.started = greeted and "startup" not in self._probers
        self._note(f"runs as process {instance.process.pid}")
        if not greeted:
            self._terminate_beside(instance, self._grace)
        elif instance.started and (readiness := self._probers.get("readiness")):
            readiness.ask_soon()

    def _probed(self, kind: str, passed: bool, failure: str) -> None:  # noqa: FBT001
        instance = self._instance
        if instance is None:
            return
        if kind == "readiness":
            if instance.ready != passed:
                change = partial(setattr, instance, "ready", passed)
                said = f"ready: {passed} {failure}".rstrip()
                self._node.journal.note(self._subject, said, change)
        elif passed and not instance.started:
            instance.started = True
            self._note("has started")
            if readiness := self._probers.get("readiness"):
                readiness.ask_soon()
        elif not passed:
            self._note(f"is ended, {kind} failed: {failure}")
            probe = self.spec[f"{kind}Probe"]
            grace = probe.get("terminationGracePeriodSeconds", self._grace)
            self._terminate_beside(instance, grace)

    def _note(self, text: str) -> None:
        self._node.journal.note(self._subject, text)

    def _terminate_beside(self, instance: Instance, grace: float) -> None:
        """End it while the thread that asks for it goes on: it can take all of the grace."""
        threading.Thread(target=self._terminate, args=(instance, grace), daemon=True).start()

    def _terminate(self, instance: Instance, grace: float) -> None:
        deadline = time.monotonic() + grace
        if grace:
            self._hooks.run("preStop", grace, instance.ended)
        self._note(f"is asked to end by {self._stop_signal.name}")
        instance.process.send(self._stop_signal)
        least = _LEAST_GRACE if self._hooks.has("preStop") else 0.0
        if not instance.ended.wait(max(deadline - time.monotonic(), least)):
            self._note("is killed, its time is over")
            instance.process.kill()


def _named_ports(spec: Document) -> dict[str, int]:
    ports = spec.get("ports", ())
    return {port["name"]: port["containerPort"] for port in ports if "name" in port}
