"""Metrics that services of several systems expose, and what those services promise."""

from typing import Final

from constructs_lib.kube.objectives import Latency, Objectives, Requests
from constructs_lib.kube.signals import Metric

HTTP_METRICS: Final = (
    Metric("http_requests_total", kind="counter", help="Requests by method, path and status."),
    Metric(
        "http_request_duration_seconds", kind="histogram", unit="s", help="Time until the answer."
    ),
)

HTTP_REQUESTS: Final = Requests(buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10))
"""The buckets are those that client libraries have by default."""

# Well below the three seconds after which a caller gives up a try.
PROMISED: Final = Objectives(availability=99.9, latency=Latency(seconds=0.5, percent=99))
