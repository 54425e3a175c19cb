"""What a running Prometheus answers, as the node that its pod is on asks it."""

import json
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from tests.live.cluster import Cluster
from tests.observability.panel_pictures import Series, Span

_SECONDS = 20


class Asked:
    """One server."""

    def __init__(self, cluster: Cluster, address: str) -> None:
        self._cluster = cluster
        self._address = address

    def ready(self) -> bool:
        """Whether it answers its probe."""
        try:
            self._read("/-/ready")
        except OSError:
            return False
        return True

    def get(self, path: str, **parameters: str) -> Any:
        """``data`` of an answer of its API below ``/api/v1/``."""
        return json.loads(self._read(f"/api/v1/{path}?{urlencode(parameters)}"))["data"]

    def query(self, expression: str) -> list[dict[str, Any]]:
        """Series that ``expression`` returns now."""
        return list(self.get("query", query=expression)["result"])

    def over(self, expression: str, span: Span) -> Sequence[Series]:
        """Series that it returns over a time."""
        given = {"start": str(span.start), "end": str(span.end), "step": str(span.step)}
        found = self.get("query_range", query=expression, **given)["result"]
        return [
            Series(item["metric"], [(float(at), float(value)) for at, value in item["values"]])
            for item in found
        ]

    def over_since(self, expression: str, since: float) -> Sequence[Series]:
        """Series that it has returned from a time on."""
        return self.over(expression, Span(since, time.time()))

    def wait_for(self, expression: str, *, seconds: float = 20) -> list[dict[str, Any]]:
        """What ``expression`` returns once it returns something."""
        found: list[dict[str, Any]] = []

        def holds() -> bool:
            found[:] = self.query(expression)
            return bool(found)

        self._cluster.wait(holds, seconds, expression)
        return found

    def names(self, job: str) -> set[str]:
        """Names of all series that there are of a job."""
        return set(self.get("label/__name__/values", **{"match[]": f'{{job="{job}"}}'}))

    def firing(self) -> set[str]:
        """Names of the alerts that fire."""
        return {name for name, state in self._alerts() if state == "firing"}

    def noted(self) -> set[str]:
        """Names of the alerts that fire, or would if it went on."""
        return {name for name, _ in self._alerts()}

    def failures(self) -> dict[str, str]:
        """Why targets are not scraped, by their address."""
        targets = self.get("targets", state="active")["activeTargets"]
        return {item["scrapeUrl"]: item["lastError"] for item in targets if item["lastError"]}

    def _alerts(self) -> list[tuple[str, str]]:
        found = self.get("alerts")["alerts"]
        return [(item["labels"]["alertname"], item["state"]) for item in found]

    def _read(self, path: str) -> str:
        with self._cluster.node.network.node.entered():
            try:
                with urllib.request.urlopen(self._address + path, timeout=_SECONDS) as answer:  # noqa: S310 (of the test)
                    return str(answer.read().decode())
            except urllib.error.HTTPError as error:
                error.add_note(error.read().decode(errors="replace"))
                raise
