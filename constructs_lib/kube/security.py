"""Security contexts that pass Pod Security ``restricted``.

https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from constructs_lib.errors import Problem
from constructs_lib.kube.body import Body, body
from constructs_lib.values import Value


class Security(Value):
    """As whom a pod runs. There is no field for privilege: no pod of this library has any."""

    user: int = 1000
    """Numeric user id. Default 1000. Always rendered, since the kubelet refuses to start an image
    whose user is a name under ``runAsNonRoot``."""

    group: int | None = None
    """Numeric group id; None takes the user's number."""

    fs_group: int | None = None
    """Group that owns mounted volumes; None takes ``group``."""

    read_only_root: bool = True
    """Whether the root file system is read-only. Default True; list what must be written under
    ``writable``."""

    add_capabilities: tuple[Literal["NET_BIND_SERVICE"], ...] = ()
    """Capabilities kept after ALL are dropped. ``restricted`` permits one: NET_BIND_SERVICE, needed
    for ports below 1024 and by binaries that carry it as a file capability, which do not start
    without it."""

    def problems(self) -> Iterator[Problem]:
        """Nobody is root."""
        for name in ("user", "group", "fs_group"):
            number = getattr(self, name)
            if number is not None and number < 1:
                fix = "use the image's numeric id, 1 or more"
                yield Problem(name, number, "is root", fix)


def pod_security_context(security: Security) -> Body:
    """``securityContext`` of a pod."""
    group = security.user if security.group is None else security.group
    return {
        "runAsNonRoot": True,
        "runAsUser": security.user,
        "runAsGroup": group,
        "fsGroup": group if security.fs_group is None else security.fs_group,
        # Always would walk every file of a large volume at each start.
        "fsGroupChangePolicy": "OnRootMismatch",
        "seccompProfile": {"type": "RuntimeDefault"},
    }


def container_security_context(security: Security, *, user: int | None = None) -> Body:
    """``securityContext`` of a container; ``user`` where it differs from its pod's."""
    return body(
        runAsUser=user,
        allowPrivilegeEscalation=False,
        readOnlyRootFilesystem=security.read_only_root,
        capabilities=body(drop=["ALL"], add=list(security.add_capabilities)),
    )
