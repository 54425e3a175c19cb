"""Deployments, StatefulSets and Jobs: which pods there are to be, and how one follows another."""

import hashlib
import json
import random
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from tests.live.journal import Journal
from tests.live.manifests import Document, namespace_of
from tests.live.pod import Pod

_LETTERS = "bcdfghjklmnpqrstvwxz2456789"


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """A pod that a workload asks for."""

    namespace: str
    name: str
    template: Document
    labels: Mapping[str, str]
    hostname: str
    subdomain: str
    claims: Mapping[str, str]


class Maker(Protocol):
    """Makes pods; they run from `start` on."""

    def __call__(self, wanted: Wanted) -> Pod: ...


class Workload:
    """One object that has pods."""

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
    def ready(self) -> bool:
        """Whether as many pods are ready as there are to be."""
        ready = [pod for pod in self.pods if pod.ready]
        return len(ready) == self.replicas == len(self.pods)

    def start(self) -> None:
        """Run all pods from now on: at the same moment, or in the order that is asked for."""
        # All are made first, so that a manifest that is wrong fails here.
        made = [self._make(self._wanted(number)) for number in range(self.replicas)]
        if self.kind == "StatefulSet" and self._policy == "OrderedReady":
            threading.Thread(target=self._in_order, args=(made,), daemon=True).start()
            return
        for pod in made:
            self._add(pod)

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

    @property
    def _policy(self) -> str:
        return str(self._spec.get("podManagementPolicy", "OrderedReady"))

    @property
    def _surges(self) -> bool:
        strategy = self._spec.get("strategy", {})
        surge = strategy.get("rollingUpdate", {}).get("maxSurge", "25%")
        return strategy.get("type", "RollingUpdate") == "RollingUpdate" and surge not in (0, "0%")

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
        labels = dict(template["metadata"].get("labels", {}))
        spec, claims, subdomain = template["spec"], {}, ""
        if self.kind == "StatefulSet":
            name = f"{self.name}-{number}"
            subdomain = self._spec.get("serviceName", "")
            labels["statefulset.kubernetes.io/pod-name"] = name
            labels["apps.kubernetes.io/pod-index"] = str(number)
            for claim in self._spec.get("volumeClaimTemplates", ()):
                volume = claim["metadata"]["name"]
                claims[volume] = f"{volume}-{name}"
        else:
            suffix = "".join(random.choices(_LETTERS, k=5))  # noqa: S311 (a name, no secret)
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
