"""Rendered objects as a running cluster."""

import contextlib
import itertools
import subprocess
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import TracebackType
from typing import Self, TypeVar

from tests.live.fabric import CLUSTER_DNS, Fabric
from tests.live.follower import Follower
from tests.live.identity import Identity
from tests.live.images import IMAGES, Image
from tests.live.jobs import Job, by_hand
from tests.live.journal import Journal
from tests.live.manifests import Document, ManifestError, Manifests, namespace_of
from tests.live.node import Timing, running_node
from tests.live.pod import Pod
from tests.live.services import Services
from tests.live.variables import service_variables
from tests.live.workloads import Wanted, Workload, a_client, workloads


class Cluster:
    """One node with the pods of ``documents``; leaving it as a context ends everything.

    ``secrets`` are what a secret store would hold, by name or ``namespace/name``; ``outside`` are
    addresses of names that are not the cluster's. Without ``policies`` every pod reaches every pod.
    With ``bounded_claims`` every volume is a file system of the size that its claim asks for.
    ``addresses`` are those of pods, by ``namespace/name``, that have to be known beforehand.
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
        bounded_claims: bool = False,
        addresses: Mapping[str, str] | None = None,
    ) -> None:
        self.journal = Journal()
        self.manifests = Manifests([*documents, *CLUSTER_DNS], secrets)
        self._services = Services(self.manifests)
        self._outside = outside or {}
        self._policies = policies
        self._bounded_claims = bounded_claims
        self._addresses = addresses or {}
        self._images = images
        self._timing = timing or Timing()
        self._clients: list[Pod] = []
        self._made: list[Pod] = []
        self._numbers = itertools.count()
        self.workloads = workloads(self.manifests, self._make, self.journal)
        self.jobs = [self._job(item) for item in self.manifests.every("Job")]
        self._by_hand: list[Job] = []

    def __enter__(self) -> Self:
        with contextlib.ExitStack() as undo:
            self.node = undo.enter_context(
                running_node(
                    self.manifests,
                    self._images,
                    self._timing,
                    self.journal,
                    bounded_claims=self._bounded_claims,
                )
            )
            self.fabric = Fabric(
                self.node.network,
                self.manifests,
                self._services,
                lambda: self.everybody,
                self._made,
                outside=self._outside,
                policies=self._policies,
            )
            undo.callback(self.fabric.close)
            self._follower = Follower(self.journal, self.fabric.enforce)
            undo.callback(self._end)
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
        """Start the pods of workloads and Jobs at the same moment: those named, or all that are
        not suspended."""
        started = [owner for owner in self._owners if not owner.suspended]
        for owner in map(self._owner, names) if names else started:
            owner.start()

    def workload(self, name: str) -> Workload:
        """A workload by ``kind/name`` or ``kind/namespace/name``."""
        return _of(self.manifests.named(name), self.workloads)

    def job(self, name: str) -> Job:
        """A Job of the manifests by ``Job/name`` or ``Job/namespace/name``."""
        return _of(self.manifests.named(name), self.jobs)

    @property
    def pods(self) -> list[Pod]:
        """All pods that are to run, clients aside."""
        # Copies, as threads of theirs change the lists: whoever walks along one would miss a pod.
        return [pod for owner in (*self._owners, *self._by_hand) for pod in list(owner.pods)]

    @property
    def everybody(self) -> list[Pod]:
        """All pods that are to run, and the clients."""
        return [*self.pods, *self._clients]

    def pod(self, name: str) -> Pod:
        """A pod by its name, or the only one of ``kind/name``."""
        chosen = self._owner(name).pods if "/" in name else self.pods
        found = [pod for pod in chosen if "/" in name or pod.name == name]
        if len(found) != 1:
            msg = f"{len(found)} pods are {name}"
            raise ManifestError(msg)
        return found[0]

    def wait(self, condition: Callable[[], bool], timeout: float, what: str) -> None:
        """Return as soon as ``condition`` holds; raises with what has happened so far. A command
        in it that takes too long is asked for again."""
        deadline = time.monotonic() + timeout
        holds = False
        while (
            not holds and not self._follower.failure and (left := deadline - time.monotonic()) > 0
        ):
            # Again after a moment, as a condition may be about what no part of the cluster notes.
            with contextlib.suppress(subprocess.TimeoutExpired):
                holds = self.journal.wait(condition, min(left, 0.05))
        if self._follower.failure:
            raise self._follower.failure
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

    def wait_complete(self, name: str, timeout: float) -> Pod:
        """Return the pod of a Job of the manifests that has succeeded; raises `JobError` as soon
        as the Job has failed."""
        return self._completed(self.job(name), timeout)

    def run_job(
        self, name: str, *, timeout: float, variables: Mapping[str, str] | None = None
    ) -> Pod:
        """Run a Job of a CronJob, or a Job once more, and return the pod that has succeeded.

        It is tried again as its ``backoffLimit`` says; `JobError` has the log of the last pod.
        ``variables`` replace those of all its containers. Suspended ones are run too.
        """
        job = self._job(by_hand(self.manifests.named(name), variables or {}))
        self._by_hand.append(job)
        job.start()
        try:
            return self._completed(job, timeout)
        finally:
            job.close()

    def client(
        self, namespace: str, labels: Mapping[str, str] | None = None, *, address: str = ""
    ) -> Pod:
        """A pod with the tree of this machine, for commands of the test's own."""
        name = f"client-{len(self._clients)}"
        pod = self._make(a_client(namespace, name, labels or {}), address)
        self._clients.append(pod)
        pod.start()
        self.wait(lambda: pod.ready, 30, f"{name} runs")
        self.fabric.enforce()
        return pod

    def resolve(self, name: str, from_pod: Pod) -> list[str]:
        """The addresses that a pod's own resolver finds for a name; none where it finds no name."""
        done = from_pod.run("getent", "ahostsv4", name, timeout=30)
        if done.returncode not in (0, 2):  # the latter for a name that is not found
            raise OSError(done.stdout)
        return sorted({line.split()[0] for line in done.stdout.splitlines() if line})

    def blocked(self) -> set[tuple[str, str, str, int]]:
        """What network policies have dropped: pod or address, the same, protocol and port."""
        return self.fabric.blocked()

    def _make(self, wanted: Wanted, address: str = "") -> Pod:
        known = self._addresses.get(f"{wanted.namespace}/{wanted.name}", "")
        identity = Identity(
            namespace=wanted.namespace,
            name=wanted.name,
            address=address or known or self.node.network.address(),
            template=wanted.template,
            hostname=wanted.hostname,
            subdomain=wanted.subdomain,
            labels=dict(wanted.labels),
            claims=dict(wanted.claims),
        )
        others = self._services.of_namespace(wanted.namespace)
        variables = service_variables(others, identity)
        # Workloads and Jobs make pods from threads of their own.
        number = next(self._numbers)
        pod = Pod(self.node, identity, variables, number, self._follower.catch_up)
        self._made.append(pod)
        return pod

    def _job(self, item: Document) -> Job:
        return Job(item, self._make, self.journal, self._timing.back_off)

    @property
    def _owners(self) -> list[Workload | Job]:
        return [*self.workloads, *self.jobs]

    def _owner(self, name: str) -> Workload | Job:
        return self.job(name) if name.startswith("Job/") else self.workload(name)

    def _completed(self, job: Job, timeout: float) -> Pod:
        self.wait(lambda: job.over, timeout, f"Job/{job.name} is over")
        return job.result()

    def _end(self) -> None:
        for owner in (*self._owners, *self._by_hand):
            owner.close()
        ending = [threading.Thread(target=pod.kill) for pod in self._made]
        for thread in ending:
            thread.start()
        for thread in ending:
            thread.join()
        self._follower.close()


_Owner = TypeVar("_Owner", Workload, Job)


def _of(item: Document, owners: Sequence[_Owner]) -> _Owner:
    """The owner of pods that an object is."""
    wanted = (item["kind"], namespace_of(item), item["metadata"]["name"])
    return next(owner for owner in owners if (owner.kind, owner.namespace, owner.name) == wanted)
