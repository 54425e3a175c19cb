"""Deployments and StatefulSets: which pods there are to be, and how one follows another."""

import hashlib
import json
import random
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from tests.live.journal import Journal
from tests.live.manifests import Document, ManifestError, Manifests, namespace_of
from tests.live.pod import Pod

_NOT_RUN = ("DaemonSet", "Pod", "ReplicaSet", "ReplicationController")
LETTERS = "bcdfghjklmnpqrstvwxz2456789"


def at_once(action: Callable[[Pod], None], pods: Sequence[Pod]) -> None:
    """Do something to all pods at the same moment, and return when it is done."""
    acting = [threading.Thread(target=action, args=(pod,)) for pod in pods]
    for thread in acting:
        thread.start()
    for thread in acting:
        thread.join()


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """A pod that a workload asks for."""

    namespace: str
    name: str
    template: Document
    labels: Mapping[str, str]
    hostname: str
    subdomain: str
    claims: Mapping[str, Document]


class Maker(Protocol):
    """Makes pods; they run from `start` on."""

    def __call__(self, wanted: Wanted) -> Pod: ...


class Workload:
    """One object that has pods."""

    suspended = False

    def __init__(self, item: Document, make: Maker, journal: Journal, replicas: int) -> None:
        self.kind = str(item["kind"])
        self.namespace = namespace_of(item)
        self.name = str(item["metadata"]["name"])
        self.replicas = replicas
        self.pods: list[Pod] = []
        self._spec = item["spec"]
        self._make = make
        self._journal = journal
        self._closed = False

    @property
    def labels(self) -> Mapping[str, str]:
        """What all its pods are labelled with."""
        found: Mapping[str, str] = self._spec["template"]["metadata"].get("labels", {})
        return found

    @property
    def ready(self) -> bool:
        """Whether as many pods are ready as there are to be."""
        ready = [pod for pod in self.pods if pod.ready]
        return len(ready) == self.replicas == len(self.pods)

    def start(self) -> None:
        """Run all pods from now on: at the same moment, or in the order that is asked for."""
        # All are made first, so that a manifest that is wrong fails here.
        self._run([self._make(self._wanted(number)) for number in range(self.replicas)])

    def close(self) -> None:
        """Let no further pod follow."""
        self._closed = True

    def replace(self, pod: Pod) -> Pod:
        """Another pod for one that is gone: of the same name, where names stay."""
        place = self.pods.index(pod)
        self.pods.remove(pod)
        following = self._make(self._wanted(self._ordinal(pod)))
        self._add(following, place)
        return following

    def roll(self, timeout: float) -> None:
        """Replace all pods as a changed template would; raises `TimeoutError`."""
        deadline = time.monotonic() + timeout
        old = list(self.pods)
        surge = self.kind == "Deployment" and self._surges
        for pod in reversed(old) if self.kind == "StatefulSet" else old:
            if surge:
                following = self._make(self._wanted(0))
                self._add(following)
                self._wait_available(following, deadline)
                pod.stop()
                self.pods.remove(pod)
            else:
                pod.stop()
                self._wait_available(self.replace(pod), deadline)

    def scale(self, replicas: int) -> None:
        """Have so many pods, as `kubectl scale` would: those that are too many have stopped, the
        last ones first where order is kept, and further ones run from now on."""
        retention = self._spec.get("persistentVolumeClaimRetentionPolicy", {})
        if retention.get("whenScaled") == "Delete":
            msg = f"{self.kind} {self.name}: whenScaled: Delete is not run here"
            raise ManifestError(msg)
        self.replicas = replicas
        leaving = self.pods[replicas:]
        if self.kind == "StatefulSet" and self._policy == "OrderedReady":
            for pod in reversed(leaving):
                pod.stop()
        else:
            at_once(lambda pod: pod.stop(), leaving)
        del self.pods[replicas:]
        self._run([self._make(self._wanted(n)) for n in range(len(self.pods), replicas)])

    @property
    def _policy(self) -> str:
        return str(self._spec.get("podManagementPolicy", "OrderedReady"))

    @property
    def _surges(self) -> bool:
        strategy = self._spec.get("strategy", {})
        surge = strategy.get("rollingUpdate", {}).get("maxSurge", "25%")
        return strategy.get("type", "RollingUpdate") == "RollingUpdate" and surge not in (0, "0%")

    def _run(self, made: list[Pod]) -> None:
        if self.kind == "StatefulSet" and self._policy == "OrderedReady":
            threading.Thread(target=self._in_order, args=(made,), daemon=True).start()
            return
        for pod in made:
            self._add(pod)

    def _in_order(self, made: list[Pod]) -> None:
        for pod in made:
            if self._closed:
                return
            self._add(pod)
            self._until(partial(self._may_go_on, pod), None)

    def _may_go_on(self, pod: Pod) -> bool:
        return self._closed or pod.ready

    def _add(self, pod: Pod, place: int | None = None) -> None:
        self.pods.insert(len(self.pods) if place is None else place, pod)
        pod.start()

    def _wait_available(self, pod: Pod, deadline: float) -> None:
        self._until(lambda: pod.ready, deadline)
        time.sleep(self._spec.get("minReadySeconds", 0))
        if not pod.ready:
            self._until(lambda: pod.ready, deadline)

    def _until(self, condition: Callable[[], bool], deadline: float | None) -> None:
        timeout = None if deadline is None else deadline - time.monotonic()
        if not self._journal.wait(condition, timeout):
            msg = f"{self.kind} {self.namespace}/{self.name} was not rolled in time"
            raise TimeoutError(msg)

    def _ordinal(self, pod: Pod) -> int:
        return int(pod.name.rpartition("-")[2]) if self.kind == "StatefulSet" else 0

    def _wanted(self, number: int) -> Wanted:
        template = self._spec["template"]
        labels = dict(self.labels)
        spec, subdomain = template["spec"], ""
        claims: dict[str, Document] = {}
        if self.kind == "StatefulSet":
            name = f"{self.name}-{number}"
            subdomain = self._spec.get("serviceName", "")
            labels["statefulset.kubernetes.io/pod-name"] = name
            labels["apps.kubernetes.io/pod-index"] = str(number)
            for claim in self._spec.get("volumeClaimTemplates", ()):
                volume = claim["metadata"]["name"]
                claims[volume] = {**claim, "metadata": {"name": f"{volume}-{name}"}}
        else:
            suffix = "".join(random.choices(LETTERS, k=5))  # noqa: S311 (a name, no secret)
            middle = ""
            if self.kind == "Deployment":
                digest = hashlib.sha256(json.dumps(template).encode()).hexdigest()[:10]
                labels["pod-template-hash"], middle = digest, f"-{digest}"
            name = f"{self.name}{middle}-{suffix}"
        return Wanted(
            namespace=self.namespace,
            name=name,
            template=template,
            labels=labels,
            hostname=name if subdomain else spec.get("hostname", name),
            subdomain=subdomain or spec.get("subdomain", ""),
            claims=claims,
        )


def a_client(namespace: str, name: str, labels: Mapping[str, str]) -> Wanted:
    """A pod with the tree of this machine, that no workload asks for."""
    container = {"name": "client", "image": "this-machine", "command": ["sleep", "infinity"]}
    return Wanted(
        namespace=namespace,
        name=name,
        template={"spec": {"containers": [container], "terminationGracePeriodSeconds": 0}},
        labels=labels,
        hostname=name,
        subdomain="",
        claims={},
    )


def workloads(manifests: Manifests, make: Maker, journal: Journal) -> list[Workload]:
    """All that are in the manifests."""
    for kind in _NOT_RUN:
        for item in manifests.every(kind):
            msg = f"{kind} {item['metadata']['name']}: this kind is not run here"
            raise ManifestError(msg)
    return [
        Workload(item, make, journal, _replicas(item, manifests))
        for kind in ("Deployment", "StatefulSet")
        for item in manifests.every(kind)
    ]


def _replicas(item: Document, manifests: Manifests) -> int:
    """How many pods a workload has: as few as its autoscaler allows, where it has one."""
    name = item["metadata"]["name"]
    for scaler in manifests.every("HorizontalPodAutoscaler", namespace_of(item)):
        target = scaler["spec"]["scaleTargetRef"]
        if (target["kind"], target["name"]) == (item["kind"], name):
            return int(scaler["spec"].get("minReplicas", 1))
    return int(item["spec"].get("replicas", 1))
