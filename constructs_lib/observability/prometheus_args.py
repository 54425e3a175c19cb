"""Arguments of Prometheus.

https://prometheus.io/docs/prometheus/latest/command-line/prometheus/
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from constructs_lib.kube.images import Image
from constructs_lib.observability.prometheus_file import CONFIGURATION

_OLDER = re.compile(r"v?2(\.|$)")

OWN_ARGS = frozenset(
    {
        "--config.file",
        "--storage.tsdb.path",
        "--storage.tsdb.retention.time",
        "--storage.tsdb.retention.size",
        "--web.external-url",
        "--web.route-prefix",
        "--web.listen-address",
        "--web.enable-lifecycle",
        "--web.enable-admin-api",
    }
)
"""What fields say, what probes and clients count on, and what nobody who can connect should be able
to do."""


def arguments(
    *,
    image: Image,
    data_path: str,
    retention: str,
    kept_mebibytes: int,
    external_url: str | None,
    traces: bool = False,
) -> Iterator[str]:
    """What every server is started with; ``traces`` is whether somebody watched sends some."""
    yield f"--config.file={CONFIGURATION}/prometheus.yml"
    # A folder below the volume's own, which may belong to root and hold lost+found.
    yield f"--storage.tsdb.path={data_path}/data"
    yield f"--storage.tsdb.retention.time={retention}"
    yield f"--storage.tsdb.retention.size={kept_mebibytes}MB"
    if external_url is not None:
        yield f"--web.external-url={external_url}"
    # Else it would be the path of that URL, and probes, scrapes and Grafana ask at the root.
    yield "--web.route-prefix=/"
    if _OLDER.match(image.tag or ""):
        # What 3 does by itself: without it all servers would send the label as ${POD_NAME}.
        yield "--enable-feature=expand-external-labels"
    if traces:
        # By which a graph leads to the trace of a request; without it, 2 and 3 keep none.
        yield "--enable-feature=exemplar-storage"
