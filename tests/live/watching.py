"""An ObservabilityStack over some apps, all of it rendered and run.

Two things are not as they are rendered; `Watched.changes` holds what was and what is, by file:

* Prometheus finds pods by an API server, and there is none: `discovery.py` writes down what it
  would find. What relabelling makes of it is as rendered.
* Durations in rules and configurations are shorter, all of them alike: `time_lapse.py`. So is the
  minute after which Prometheus sends alerts again, down to three seconds, by a flag of its props.
"""

import math
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

import cdk8s
import yaml

from constructs_lib.chart import AppChart
from constructs_lib.kube.signals import Target
from constructs_lib.refs import Pods
from tests.live.cluster import Cluster
from tests.live.discovery import without_discovery
from tests.live.identity import Identity
from tests.live.manifests import Document
from tests.live.pod import Pod
from tests.live.prometheus import Asked
from tests.live.stack import HOOK, HOOK_SERVICE, NAMESPACE, Watching
from tests.live.time_lapse import TimeLapse
from tests.observability.webhook import WebhookServer, listening

SPEED = 100
"""A minute of the rules is 0.6 s here."""

STALLS = frozenset({"PrometheusRulesLate"})
"""Alerts that are right about a machine that stands still for a second."""

_ADDRESS = "10.244.255.1"
"""Of Prometheus' pod: it scrapes itself, so its configuration has to name it before it is there."""


Told = dict[str, Any]
"""An alert as a webhook gets it, and when it came, as ``at``."""


class Watched:
    """Apps, and the stack that watches them."""

    def __init__(
        self,
        charts: Sequence[AppChart],
        secrets: Mapping[str, Mapping[str, str | bytes]],
        *,
        speed: int = SPEED,
    ) -> None:
        self.time_lapse = TimeLapse(speed)
        signals = tuple(item for one in charts for item in one.signals)
        watching = Watching(cdk8s.App(), signals, self.time_lapse)
        self.signals = watching.stack.signals
        """Of everything that is watched, the stack among it."""

        self.changes: dict[str, tuple[Any, Any]] = {}
        """Files that are not as rendered: what they say, and what they would."""

        documents: list[Document] = [*watching.to_json(), *HOOK_SERVICE]
        for chart in charts:
            documents += chart.to_json()
        addresses = {f"{NAMESPACE}/prometheus-0": _ADDRESS}
        self.cluster = Cluster(documents, secrets=secrets, addresses=addresses)

    @contextmanager
    def running(self) -> Iterator["Watched"]:
        """Every pod started, every target there to be asked, and Prometheus asking."""
        with ExitStack() as undo:
            cluster = undo.enter_context(self.cluster)
            labels = next(peer.labels for peer in HOOK.peers if isinstance(peer, Pods))
            self.hooks = cluster.client(HOOK.namespace, labels)
            with self.hooks.link.namespace.entered():
                hook = listening("0.0.0.0", HOOK.port.number)  # noqa: S104 (all of the pod's)
                self.webhook: WebhookServer = undo.enter_context(hook)
            self.prometheus = Asked(cluster, f"http://{_ADDRESS}:9090")
            self._change("alertmanager-files", "alertmanager.yml", self.time_lapse.routes)
            last = f"StatefulSet/{NAMESPACE}/prometheus"
            every = [f"{item.kind}/{item.namespace}/{item.name}" for item in cluster.workloads]
            jobs = [f"Job/{item.namespace}/{item.name}" for item in cluster.jobs]
            cluster.start(*jobs, *(name for name in every if name != last))
            cluster.wait(self._listening, 60, "everybody that is scraped listens")
            self._write_prometheus()
            cluster.start(last)
            cluster.wait_ready(timeout=60)
            self._wait_settled()
            self.began = time.time()
            """When all was well, in seconds since 1970."""

            yield self

    @property
    def targets(self) -> list[Target]:
        """Whatever is scraped."""
        return [target for item in self.signals for target in item.targets]

    def pods(self, target: Target) -> list[Pod]:
        """The pods of a target that there are."""
        return [pod for pod in self.cluster.pods if _is_of(target, pod.identity)]

    def not_exposed(self) -> set[str]:
        """Metrics that are declared of a target, and that it does not have in full."""
        found: set[str] = set()
        for target in self.targets:
            names = self.prometheus.names(target.name)
            found |= {item.name for item in target.exposes if not names.issuperset(item.series)}
        return found

    def told(
        self, path: str, alert: str, status: str, *, since: float, seconds: float = 60
    ) -> Told:
        """The first alert of a name and status that comes to the webhook's ``path`` after
        ``since``."""

        def found() -> Iterator[Told]:
            for message in self.webhook.at(path):
                for item in message.body["alerts"] if message.at > since else ():
                    if (item["labels"]["alertname"], item["status"]) == (alert, status):
                        yield {**item, "at": message.at}

        self.cluster.wait(lambda: any(found()), seconds, f"{path} is told: {alert} {status}")
        return next(found())

    def when_all_answered(self, duration: str) -> tuple[float, set[str]]:
        """When a time began in which every scrape was answered, by the monotonic clock, and the
        names of the alerts that fired in it. It lasts as long as ``duration`` in a rule.

        Nobody answers while a machine stands still, and alerts are right about that: raises
        `TimeoutError` where it happens again and again.
        """
        lasts = self.time_lapse.seconds(duration)
        # From a few seconds before it began, as an alert outlives what it is about.
        silent = f"min_over_time(up[{math.ceil(lasts + 3)}s]) == 0"
        for _ in range(5):
            began, now = time.monotonic(), time.time()
            time.sleep(lasts)
            fired = self.prometheus.over_since('ALERTS{alertstate="firing"}', now)
            if not (failed := self.prometheus.query(silent)):
                return began, {series.labels["alertname"] for series in fired}
        msg = f"not answered: {failed}, {self.prometheus.failures()}"
        raise TimeoutError(msg)

    def _wait_settled(self) -> None:
        """Return when everybody is scraped, and the one alert that is right is told of."""
        wanted = sum(len(self.pods(target)) for target in self.targets)

        def settled() -> bool:
            up = self.prometheus.query("up == 1")
            firing = self.prometheus.firing()
            told = self.webhook.at("/switch")
            return len(up) == wanted and firing - STALLS == {"Watchdog"} and bool(told)

        try:
            self.cluster.wait(settled, 60, "every target is up, and Alertmanager knows")
        except TimeoutError as error:
            error.add_note(f"firing: {self.prometheus.firing()}")
            error.add_note(f"not scraped: {self.prometheus.failures()}")
            error.add_note(f"blocked: {self.cluster.blocked()}")
            raise

    def _listening(self) -> bool:
        """Whether all that is scraped answers, but for Prometheus itself, which has not begun."""
        others = [target for target in self.targets if target.name != f"{NAMESPACE}/prometheus"]
        every = [(target, self.pods(target)) for target in others]
        return all(
            pods and all(self._answers(pod, target) for pod in pods) for target, pods in every
        )

    def _answers(self, pod: Pod, target: Target) -> bool:
        with self.cluster.node.network.node.socket() as stream:
            stream.settimeout(1)
            return stream.connect_ex((pod.address, target.port.number)) == 0

    def _write_prometheus(self) -> None:
        found = [pod.identity for pod in self.cluster.pods]
        (own,) = [
            item
            for item in self.cluster.manifests.every("StatefulSet", NAMESPACE)
            if item["metadata"]["name"] == "prometheus"
        ]
        template = own["spec"]["template"]
        itself = Identity(
            namespace=NAMESPACE,
            name="prometheus-0",
            address=_ADDRESS,
            template=template,
            hostname="prometheus-0",
            subdomain=own["spec"]["serviceName"],
            labels=dict(template["metadata"]["labels"]),
        )

        def scrapes(configuration: Any) -> Any:
            return self.time_lapse.scrapes(without_discovery(configuration, [*found, itself]))

        self._change("prometheus-files", "prometheus.yml", scrapes)
        for item in self.cluster.manifests.every("ConfigMap", NAMESPACE):
            name = item["metadata"]["name"]
            for file in item["data"] if name.startswith("prometheus-rules-") else ():
                self._change(name, file, self.time_lapse.rules)

    def _change(self, name: str, file: str, change: Callable[[Any], Any]) -> None:
        data = self.cluster.manifests.named(f"ConfigMap/{NAMESPACE}/{name}")["data"]
        (key,) = [key for key in data if key.endswith(file)]
        before = yaml.safe_load(data[key])
        after = change(before)
        data[key] = yaml.safe_dump(after, sort_keys=False)
        self.changes[file] = (before, after)


def _is_of(target: Target, pod: Identity) -> bool:
    place = target.pods
    return pod.namespace == place.namespace and place.labels.items() <= pod.labels.items()
