"""What Grafana is provisioned with: data sources, folders and dashboards.

https://grafana.com/docs/grafana/v13.1/administration/provisioning/
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from constructs_lib.errors import Problem
from constructs_lib.kube.body import Body, body
from constructs_lib.refs import Endpoint
from constructs_lib.values import Value

PROMETHEUS_UID = "prometheus"
ALERTMANAGER_UID = "alertmanager"
ALERTMANAGER_NAME = "Alertmanager"
JAEGER_UID = "jaeger"

FOLDER = "/etc/grafana/dashboards"

# A span's own attributes: service.name is none of them any more once Jaeger has read it.
_LABELS_OF_SPANS = {"k8s.deployment.name": "service", "service.namespace": "namespace"}
# Grafana expands $NAME in provisioned files as variables of its environment; $$ is a $.
_SPAN_QUERY = "sum(service:requests:rate5m{$$__tags})"

_GENERAL = "dashboards"
_FOLDER_NAME = re.compile(r"[a-z0-9]([a-z0-9-]{0,28}[a-z0-9])?")
_FILE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*\.json")
_SHARED_BYTES = 180_000
_MOST_BYTES = 2**20


class Sources(Value):
    """Where Grafana's data comes from.

    The uids of data sources are fixed, so that dashboards and links hold in every installation.
    """

    prometheus: Endpoint
    """Prometheus; data source ``prometheus``, the default one."""

    alertmanager: Endpoint | None = None
    """Alertmanager, whose alerts and silences Grafana shows; data source ``alertmanager``. None
    has none."""

    jaeger: Endpoint | None = None
    """Jaeger's port ``query``; data source ``jaeger``. None has none."""

    jaeger_path: str = ""
    """Path below which Jaeger's API is, as its ``base_path`` says. Default the root."""

    interval_seconds: int = 30
    """Longest time between two scrapes of what counts something, from which Grafana chooses the
    steps of graphs and the range of rates: with less, some rates would be empty. Default 30 s."""

    @property
    def endpoints(self) -> tuple[Endpoint, ...]:
        """All places that Grafana connects to."""
        return tuple(
            item for item in (self.prometheus, self.alertmanager, self.jaeger) if item is not None
        )


def data_sources(sources: Sources) -> Body:
    """The file below ``provisioning/datasources``; what is no longer in it is removed."""
    listed = [_prometheus(sources), *_alertmanager(sources), *_jaeger(sources)]
    return {"apiVersion": 1, "prune": True, "datasources": listed}


def _source(name: str, kind: str, url: str, settings: Body, *, default: bool = False) -> Body:
    return body(
        name=name,
        uid=kind,
        type=kind,
        # By Grafana's back end: browsers reach none of these addresses.
        access="proxy",
        url=url,
        isDefault=default or None,
        editable=False,
        jsonData=settings,
    )


def _prometheus(sources: Sources) -> Body:
    exemplars = {"name": "trace_id", "datasourceUid": JAEGER_UID}
    settings = body(
        httpMethod="POST",
        prometheusType="Prometheus",
        timeInterval=f"{sources.interval_seconds}s",
        exemplarTraceIdDestinations=[exemplars] if sources.jaeger else [],
    )
    url = sources.prometheus.url()
    return _source("Prometheus", PROMETHEUS_UID, url, settings, default=True)


def _alertmanager(sources: Sources) -> Iterator[Body]:
    if sources.alertmanager is not None:
        settings = {"implementation": "prometheus", "handleGrafanaManagedAlerts": False}
        url = sources.alertmanager.url()
        yield _source(ALERTMANAGER_NAME, ALERTMANAGER_UID, url, settings)


def silences_url(grafana_url: str) -> str:
    """Grafana's page of silences, where the stack's Alertmanager is chosen by its name.

    https://grafana.com/docs/grafana/v13.1/datasources/alertmanager/
    """
    return f"{grafana_url.rstrip('/')}/alerting/silences?alertmanager={ALERTMANAGER_NAME}"


def _jaeger(sources: Sources) -> Iterator[Body]:
    if sources.jaeger is None:
        return
    settings = body(nodeGraph={"enabled": True}, tracesToMetrics=_metrics_of_spans())
    url = sources.jaeger.url(path=sources.jaeger_path)
    yield _source("Jaeger", JAEGER_UID, url, settings)


def _metrics_of_spans() -> Body:
    """The link from a span to the requests of its service, as they are recorded."""
    return {
        "datasourceUid": PROMETHEUS_UID,
        "spanStartTimeShift": "-15m",
        "spanEndTimeShift": "15m",
        "tags": [{"key": key, "value": label} for key, label in _LABELS_OF_SPANS.items()],
        "queries": [{"name": "Requests of the service", "query": _SPAN_QUERY}],
    }


@dataclass(frozen=True, kw_only=True)
class DashboardFiles:
    """Dashboards of one folder that share a ConfigMap."""

    folder: str
    number: int
    """Which of the folder's ConfigMaps it is, from 1."""

    files: Mapping[str, str]

    def name(self, workload: str) -> str:
        """Name of the ConfigMap."""
        end = "" if self.number == 1 else f"-{self.number}"
        return f"{workload}-dashboards-{self.folder}{end}"

    @property
    def path(self) -> str:
        """Where Grafana finds them."""
        return f"{FOLDER}/{self.folder}/{self.number}"


def packed(dashboards: Mapping[str, str]) -> list[DashboardFiles]:
    """``dashboards`` by ``<folder>/<file>.json`` in ConfigMaps, in the order of their names.

    A file without a folder goes to ``dashboards``. ConfigMaps stay below 180 kB where they can:
    ``kubectl apply`` writes an object a second time into an annotation that holds 256 KiB.
    """
    folders: dict[str, dict[str, str]] = {}
    for key in sorted(dashboards):
        folder, file = _parts(key)
        folders.setdefault(folder, {})[file] = dashboards[key]
    return [item for folder, files in sorted(folders.items()) for item in _split(folder, files)]


def _split(folder: str, files: Mapping[str, str]) -> Iterator[DashboardFiles]:
    number, share, size = 1, dict[str, str](), 0
    for name, text in files.items():
        more = _size(name, text)
        if share and size + more > _SHARED_BYTES:
            yield DashboardFiles(folder=folder, number=number, files=share)
            number, share, size = number + 1, {}, 0
        share[name] = text
        size += more
    yield DashboardFiles(folder=folder, number=number, files=share)


def providers(files: Sequence[DashboardFiles]) -> Body:
    """The file below ``provisioning/dashboards``: one provider for each folder.

    Grafana reads the files again by itself, so a changed dashboard restarts nothing.
    """
    listed = [
        {
            "name": folder,
            "folder": folder,
            "type": "file",
            "allowUiUpdates": False,
            "updateIntervalSeconds": 30,
            "options": {"path": f"{FOLDER}/{folder}"},
        }
        for folder in sorted({item.folder for item in files})
    ]
    return {"apiVersion": 1, "providers": listed}


def dashboard_problems(dashboards: Mapping[str, str]) -> Iterator[Problem]:
    """Whether every dashboard can be mounted and read, and each uid is there once."""
    uids: Counter[str] = Counter()
    for key, text in dashboards.items():
        yield from _name_problems(key)
        size = _size(_parts(key)[1], text)
        if size > _MOST_BYTES:
            why = f"is {size} bytes, and a ConfigMap holds 1 MiB"
            yield Problem("dashboards", key, why, "split the dashboard")
        uid = _uid(text)
        if uid is None:
            fix = "write an object with a uid"
            yield Problem("dashboards", key, "is no JSON of a dashboard with a uid", fix)
        else:
            uids[uid] += 1
    for uid in sorted(uid for uid, count in uids.items() if count > 1):
        why = "is the uid of several dashboards, of which Grafana shows none reliably"
        yield Problem("dashboards", uid, why, "give each its own uid")


def _name_problems(key: str) -> Iterator[Problem]:
    folder, file = _parts(key)
    if not _FOLDER_NAME.fullmatch(folder) or not _FILE_NAME.fullmatch(file):
        fix = "write '<folder>/<file>.json', the folder of at most 30 letters, digits and '-'"
        yield Problem("dashboards", key, "is no name of a dashboard", fix)


def _uid(text: str) -> str | None:
    try:
        found = json.loads(text)
    except ValueError:
        return None
    uid = found.get("uid") if isinstance(found, dict) else None
    return uid if isinstance(uid, str) and uid else None


def _parts(key: str) -> tuple[str, str]:
    folder, slash, file = key.partition("/")
    return (folder, file) if slash else (_GENERAL, key)


def _size(name: str, text: str) -> int:
    return len(name) + len(text.encode())
