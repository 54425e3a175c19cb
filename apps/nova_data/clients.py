"""Which workloads of other systems may connect to the stores."""

from typing import Final

from constructs_lib.naming import selector
from constructs_lib.refs import Pods

_WORKLOADS: Final[dict[tuple[str, str], tuple[str, ...]]] = {
    ("nova-messaging", "nova-messaging"): ("messaging-service",),
    ("nova-platform", "nova"): (
        "content-service",
        "media-service",
        "user-service",
        "messaging-service",
    ),
    ("nova-services", "nova-services"): (
        "user-service",
        "auth-service",
        "search-service",
        "streaming-api",
        "messaging-service",
    ),
}
"""By app and namespace."""

CLIENTS: Final = tuple(
    Pods(namespace, labels=selector(workload, app))
    for (app, namespace), workloads in _WORKLOADS.items()
    for workload in workloads
)
