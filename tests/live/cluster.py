"""Rendered objects as a running cluster."""

import contextlib
import subprocess
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from types import TracebackType
from typing import Self

from tests.live.fabric import CLUSTER_DNS, Fabric
from tests.live.folders import run_folder
from tests.live.identity import Identity
from tests.live.images import IMAGES, Image
from tests.live.journal import Journal
from tests.live.manifests import Document, ManifestError, Manifests, namespace_of
from tests.live.network import Network
from tests.live.node import Node, Timing
from tests.live.pod import Pod
from tests.live.services import Services
from tests.live.variables import service_variables
from tests.live.workloads import Wanted, Workload

_KINDS = ("Deployment", "StatefulSet")


class Cluster:
    """One node with the pods of ``documents``; leaving it as a context ends everything.

    ``secrets`` are what a secret store would hold, by name or ``namespace/name``; ``outside`` are
    addresses of names that are not the cluster's. Without ``policies`` every pod reaches every pod.
    """

    def __init__(
        self,
        documents: Iterable[Document],
        *,
        secrets: Mapping[str, Mapping[str, str | bytes]] | None = None,
        images: Mapping[str, Image] = IMAGES,
        timing: Timing | None = None,
        outside: Mapping[str, str] | None = None,
        policies: bool = True,
    ) -> None:
        self.journal = Journal()
        self.manifests = Manifests([*documents, *CLUSTER_DNS], secrets)
        self._services = Services(self.manifests)
        self._outside = outside or {}
        self._policies = policies
        self._images = images
        self._timing = timing or Timing()
        self._clients: list[Pod] = []
        self._made: list[Pod] = []
        self._closed = False
        self._failure: Exception | None = None
        self.workloads = [
            Workload(item, self._make, self.journal, self._replicas(item))
            for kind in _KINDS
            for item in self.manifests.every(kind)
        ]

    def __enter__(self) -> Self:
        with contextlib.ExitStack() as undo:
            folder = undo.enter_context(run_folder())
            network = Network()
            undo.callback(network.close)
            self.node = Node(
                manifests=self.manifests,
                images=self._images,
                timing=self._timing,
                network=network,
                folder=folder,
                journal=self.journal,
            )
            self.fabric = Fabric(
                network,
                self.manifests,
                self._services,
                lambda: [*self.pods, *self._clients],
                outside=self._outside,
                policies=self._policies,
            )
            undo.callback(self.fabric.close)
            follower = threading.Thread(target=self._follow, daemon=True)
            follower.start()
            undo.callback(self._end, follower)
            self._undo = undo.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._undo.close()

    def start(self, *names: str) -> None:
        """Start the pods of workloads, or of all, at the same moment."""
        for workload in map(self.workload, names) if names else self.workloads:
            workload.start()

    def workload(self, name: str) -> Workload:
        """A workload by ``kind/name`` or ``kind/namespace/name``."""
        kind, *place, last = name.split("/")
        found = [
            item
            for item in self.workloads
            if (item.kind, item.name) == (kind, last) and place in ([], [item.namespace])
        ]
        if len(found) != 1:
            msg = f"{len(found)} workloads are {name}"
            raise ManifestError(msg)
        return found[0]

    @property
    def pods(self) -> list[Pod]:
        """All pods that are to run, clients aside."""
        return [pod for workload in self.workloads for pod in workload.pods]

    def pod(self, name: str) -> Pod:
        """A pod by its name, or the only one of ``kind/name``."""
        chosen = self.workload(name).pods if "/" in name else self.pods
        found = [pod for pod in chosen if "/" in name or pod.name == name]
        if len(found) != 1:
            msg = f"{len(found)} pods are {name}"
            raise ManifestError(msg)
        return found[0]

    def wait(self, condition: Callable[[], bool], timeout: float, what: str) -> None:
        """Return as soon as ``condition`` holds; raises with what has happened so far."""
        deadline = time.monotonic() + timeout
        holds = False
        while not holds and not self._failure and (left := deadline - time.monotonic()) > 0:
            # Again after a moment, as a condition may be about what no part of the cluster notes.
            holds = self.journal.wait(condition, min(left, 0.05))
        if self._failure:
            raise self._failure
        if not holds:
            story = "\n".join(self.journal.lines()[-60:])
            msg = f"not within {timeout} s: {what}\n{story}"
            raise TimeoutError(msg)

    def wait_ready(self, *names: str, timeout: float) -> None:
        """Return as soon as workloads, or all, have all their pods ready, and Services know."""
        chosen = [self.workload(name) for name in names] if names else self.workloads
        what = ", ".join(f"{item.kind}/{item.name} ready" for item in chosen)
        self.wait(lambda: all(item.ready for item in chosen), timeout, what)
        self.fabric.enforce()

    def client(
        self, namespace: str, labels: Mapping[str, str] | None = None, *, address: str = ""
    ) -> Pod:
        """A pod with the tree of this machine, for commands of the test's own."""
        container = {"name": "client", "image": "this-machine", "command": ["sleep", "infinity"]}
        spec = {"containers": [container], "terminationGracePeriodSeconds": 0}
        name = f"client-{len(self._clients)}"
        wanted = Wanted(
            namespace=namespace,
            name=name,
            template={"spec": spec},
            labels=labels or {},
            hostname=name,
            subdomain="",
            claims={},
        )
        pod = self._make(wanted, address)
        self._clients.append(pod)
        pod.start()
        self.wait(lambda: pod.ready, 10, f"{name} runs")
        self.fabric.enforce()
        return pod

    def resolve(self, name: str, from_pod: Pod) -> list[str]:
        """The addresses that a pod's own resolver finds for a name; none where it finds no name."""
        done = from_pod.run("getent", "ahostsv4", name, timeout=30)
        return sorted({line.split()[0] for line in done.stdout.splitlines() if line})

    def blocked(self) -> set[tuple[str, str, str, int]]:
        """What network policies have dropped: pod or address, the same, protocol and port."""
        return self.fabric.blocked()

    def _make(self, wanted: Wanted, address: str = "") -> Pod:
        identity = Identity(
            namespace=wanted.namespace,
            name=wanted.name,
            address=address or self.node.network.address(),
            template=wanted.template,
            hostname=wanted.hostname,
            subdomain=wanted.subdomain,
            labels=dict(wanted.labels),
            claims=dict(wanted.claims),
        )
        others = self._services.of_namespace(wanted.namespace)
        variables = service_variables(others, identity)
        pod = Pod(self.node, identity, variables, len(self._made))
        self._made.append(pod)
        return pod

    def _replicas(self, item: Document) -> int:
        name = item["metadata"]["name"]
        for scaler in self.manifests.every("HorizontalPodAutoscaler", namespace_of(item)):
            target = scaler["spec"]["scaleTargetRef"]
            if (target["kind"], target["name"]) == (item["kind"], name):
                return int(scaler["spec"].get("minReplicas", 1))
        return int(item["spec"].get("replicas", 1))

    def _follow(self) -> None:
        """Keep the network up to date with what happens."""
        seen = 0
        while not self._closed:
            self.journal.wait(partial(self._has_news, seen), None)
            seen = self.journal.size()
            try:
                if not self._closed:
                    self.fabric.enforce()
            except (OSError, subprocess.SubprocessError, ManifestError) as error:
                self._failure = error
                self.journal.note("network", f"failed: {error}")
                return

    def _has_news(self, seen: int) -> bool:
        return self._closed or self.journal.size() != seen

    def _end(self, follower: threading.Thread) -> None:
        self._closed = True
        for workload in self.workloads:
            workload.close()
        ending = [threading.Thread(target=pod.kill) for pod in self._made]
        for thread in ending:
            thread.start()
        for thread in ending:
            thread.join()
        self.journal.note("cluster", "has ended")
        follower.join()
