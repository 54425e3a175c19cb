"""Metrics of messaging-service, and what it promises."""

from dataclasses import replace
from typing import Final

from apps.metrics import HTTP_METRICS, PROMISED
from apps.nova_messaging.settings import WEBSOCKET
from constructs_lib.kube.alerts import Alert
from constructs_lib.kube.objectives import Saturation
from constructs_lib.kube.promql import deployment_pods
from constructs_lib.kube.signals import Metric

NAME: Final = "messaging-service"

METRICS: Final = (
    *HTTP_METRICS,
    Metric("websocket_connections_active", help="WebSockets that are open."),
    Metric("database_query_duration_seconds", kind="histogram", unit="s", help="Time of a query."),
    Metric("message_queue_length", help="Messages that wait to be delivered."),
)

_QUERIES: Final = (
    f"database_query_duration_seconds_bucket{{{deployment_pods('nova-messaging', NAME)}}}"
)

ALERTS: Final = (
    # A request asks a few times, and is promised in half a second.
    Alert(
        name="DatabaseQueriesSlow",
        expression=f"histogram_quantile(0.95, sum by (le) (rate({_QUERIES}[5m]))) > 0.1",
        lasts="15m",
        summary="P95 of the database queries of messaging-service has been above 100 ms, at"
        " {{ $value | humanizeDuration }}, for a quarter of an hour.",
        action="Look at the dashboards of the service and of PostgreSQL: one slow query, a full"
        " pool, or a slow server?",
        page="nova-messaging",
    ),
)

# A pod refuses WebSockets at its maximum; a queue of this length takes seconds to empty.
OBJECTIVES: Final = replace(
    PROMISED,
    saturation=(
        Saturation(
            "websocket_connections_active", above=int(WEBSOCKET["WS_MAX_CONNECTIONS"]) * 0.9
        ),
        Saturation("message_queue_length", above=1000),
    ),
)
