"""A pod: a network of its own, its volumes, and its containers in their order."""

import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import partial

from tests.live.container import Container
from tests.live.identity import Identity
from tests.live.images import SEARCH_PATH, image_for
from tests.live.manifests import Document, ManifestError
from tests.live.node import Node
from tests.live.orders import Place, order_for
from tests.live.process import Order, Process, spawn
from tests.live.services import Member
from tests.live.volumes import Volumes

_DEFAULT_GRACE = 30.0
_NOT_RUN = ("hostNetwork", "hostPID", "hostIPC", "setHostnameAsFQDN", "sysctls")


class Pod:
    """One pod on the node."""

    def __init__(
        self,
        node: Node,
        identity: Identity,
        services: Mapping[str, str],
        number: int,
        connect: Callable[[], None],
    ) -> None:
        spec = identity.spec
        for field in _NOT_RUN:
            if spec.get(field) or spec.get("securityContext", {}).get(field):
                msg = f"{identity.name}: {field} is not run here"
                raise ManifestError(msg)
        self.identity = identity
        self.name = identity.name
        self.namespace = identity.namespace
        self.address = identity.address
        self.terminating = False
        self.ready_since: float | None = None
        self.succeeded: bool | None = None
        self._node = node
        self._services = services
        self._connect = connect
        self._initialized = False
        self._closing = threading.Event()
        self._removing = threading.Lock()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._folder = node.folder / "pods" / str(number)
        self._folder.mkdir(parents=True)
        volumes = self._folder / "volumes"
        self._volumes = Volumes(identity, node.manifests, volumes, node.claims)
        self.link = node.network.attach(identity.address)
        with ExitStack() as undo:  # what a container asks for can be refused
            undo.callback(self.link.remove)
            first = [self._container(item, init=True) for item in spec.get("initContainers", ())]
            self._init = [item for item in first if not _is_sidecar(item.spec)]
            self._order = first
            self._sidecars = [item for item in first if _is_sidecar(item.spec)]
            self._main = [self._container(item, init=False) for item in spec["containers"]]
            self._sandbox = self._share_processes() if spec.get("shareProcessNamespace") else None
            undo.pop_all()

    @property
    def containers(self) -> dict[str, Container]:
        """All of its containers by name, init containers first."""
        return {item.name: item for item in (*self._order, *self._main)}

    @property
    def container(self) -> Container:
        """The container that the pod is about."""
        return self._main[0]

    @property
    def ready(self) -> bool:
        """Whether Services send requests to it."""
        serving = [*self._sidecars, *self._main]
        return self._initialized and not self.terminating and all(c.ready for c in serving)

    @property
    def grace(self) -> float:
        """Seconds that it has to stop."""
        return float(self.identity.spec.get("terminationGracePeriodSeconds", _DEFAULT_GRACE))

    def as_member(self) -> Member:
        """What the network has to know of it at the moment."""
        identity = self.identity
        ports: dict[str, int] = {}
        for container in self.containers.values():
            ports |= container.target.ports
        return Member(
            namespace=identity.namespace,
            name=identity.name,
            address=identity.address,
            labels=identity.labels,
            hostname=identity.hostname,
            subdomain=identity.subdomain,
            ready=self.ready,
            ports=ports,
        )

    def run(
        self, *command: str, container: str = "", timeout: float = 10, text: str | None = None
    ) -> subprocess.CompletedProcess[str]:
        """A command in a container, as its user and with its variables."""
        chosen = self.containers[container] if container else self.container
        return chosen.run(command, timeout=timeout, text=text)

    @contextmanager
    def spawn(self, *command: str, container: str = "") -> Iterator[subprocess.Popen[bytes]]:
        """A command in a container that goes on beside the test, until the context is left."""
        chosen = self.containers[container] if container else self.container
        with spawn(chosen.joined(command)) as running:
            yield running

    def start(self) -> None:
        """Run its containers from now on."""
        self._thread.start()

    def stop(self, grace: float | None = None) -> None:
        """End it as a cluster does: out of its Services at once, hooks, signals, time."""
        deadline = time.monotonic() + (self.grace if grace is None else grace)
        self._leave("is terminating")
        ending = [
            threading.Thread(target=item.stop, args=(deadline - time.monotonic(),))
            for item in self._main
        ]
        for thread in ending:
            thread.start()
        for thread in ending:
            thread.join()
        for item in reversed(self._sidecars):
            item.stop(max(deadline - time.monotonic(), 0.0))
        self._remove()

    def kill(self) -> None:
        """End it without a word, as when its node is lost."""
        self._leave("is gone")
        self._remove()

    def _leave(self, text: str) -> None:
        self.terminating = True
        self._closing.set()
        self._node.journal.note(f"{self.namespace}/{self.name}", text)

    def _remove(self) -> None:
        # The end of a Job or of the cluster can ask for it while somebody else does: each returns
        # when nothing of the pod is left.
        with self._removing:
            for item in self.containers.values():
                item.kill()
                self._node.memory.remove(item.order.memory)
            if self._sandbox:
                self._sandbox.kill()
            if self._thread.ident is not None:
                self._thread.join()
            self.link.remove()
            shutil.rmtree(self._folder / "volumes", ignore_errors=True)
        self._node.journal.note(f"{self.namespace}/{self.name}", "has ended")

    def _run(self) -> None:
        # Or what its programs send first would be dropped by rules that do not know it yet.
        self._connect()
        if self._closing.is_set():
            return
        for item in self._order:
            item.start()
            self._node.journal.wait(partial(self._may_go_on, item), None)
            if self._closing.is_set():
                return
            if item in self._init and item.exit_codes[-1]:
                self.succeeded = False
                self._node.journal.note(f"{self.namespace}/{self.name}", "has failed")
                return
        self._initialized = True
        for item in self._main:
            if not self._closing.is_set():
                item.start()
        for item in self._main:
            item.finished.wait()
        if not self._closing.is_set():
            for item in reversed(self._sidecars):
                item.stop(self.grace)
            self.succeeded = all(item.exit_codes[-1] == 0 for item in self._main)
            self._node.journal.note(f"{self.namespace}/{self.name}", "has completed")

    def _may_go_on(self, item: Container) -> bool:
        """Whether the next container may start after an init container, or none will."""
        done = item.started if item in self._sidecars else item.finished.is_set()
        return done or self._closing.is_set()

    def _container(self, spec: Document, *, init: bool) -> Container:
        policy = self.identity.spec.get("restartPolicy", "Always")
        if init:
            policy = "Always" if _is_sidecar(spec) else policy.replace("Always", "OnFailure")
        image = image_for(spec["image"], self._node.images)
        place = Place(
            node=self._node,
            folder=self._folder,
            network=self.link.namespace.fd,
            services=self._services,
        )
        return Container(
            self._node,
            f"{self.namespace}/{self.name}",
            spec,
            order_for(spec, image, self.identity, self._volumes, place),
            self.address,
            policy=policy,
            stop_signal=image.stop_signal,
            grace=self.grace,
        )

    def _share_processes(self) -> Process:
        """The first of the processes that containers have in common: it waits, and lets those go
        that nobody else waits for."""
        sandbox = Process(
            Order(
                command=["sh", "-c", "trap '' CHLD; exec sleep infinity"],
                variables={"PATH": SEARCH_PATH},
                user=65535,
                group=65535,
                network=self.link.namespace.fd,
                hostname=self.identity.hostname,
                root=None,
                scratch=str(self._folder),
                log=str(self._folder / "log"),
            )
        )
        for item in self.containers.values():
            item.order = replace(item.order, processes=sandbox.pid)
        return sandbox


def _is_sidecar(spec: Document) -> bool:
    return bool(spec.get("restartPolicy") == "Always")
