"""Which workloads of other systems may connect to the stores, and know only where those are.

Who uses a binding, as ``bindings.py`` has them, lets itself in.
"""

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
}
"""By app and namespace."""

CLIENTS: Final = tuple(
    Pods(namespace, labels=selector(workload, app))
    for (app, namespace), workloads in _WORKLOADS.items()
    for workload in workloads
)
