"""User, groups and capabilities of a container."""

from collections.abc import Sequence
from dataclasses import dataclass

from tests.live.images import Image
from tests.live.manifests import Document, ManifestError

# In the order of their numbers.
_CAPABILITIES = (
    *("CHOWN", "DAC_OVERRIDE", "DAC_READ_SEARCH", "FOWNER", "FSETID", "KILL", "SETGID", "SETUID"),
    *("SETPCAP", "LINUX_IMMUTABLE", "NET_BIND_SERVICE", "NET_BROADCAST", "NET_ADMIN", "NET_RAW"),
    *("IPC_LOCK", "IPC_OWNER", "SYS_MODULE", "SYS_RAWIO", "SYS_CHROOT", "SYS_PTRACE", "SYS_PACCT"),
    *("SYS_ADMIN", "SYS_BOOT", "SYS_NICE", "SYS_RESOURCE", "SYS_TIME", "SYS_TTY_CONFIG", "MKNOD"),
    *("LEASE", "AUDIT_WRITE", "AUDIT_CONTROL", "SETFCAP", "MAC_OVERRIDE", "MAC_ADMIN", "SYSLOG"),
    *("WAKE_ALARM", "BLOCK_SUSPEND", "AUDIT_READ", "PERFMON", "BPF", "CHECKPOINT_RESTORE"),
)
# What containers have unless it is taken from them.
_DEFAULT = (
    *("CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "SETGID", "SETUID", "SETPCAP"),
    *("NET_BIND_SERVICE", "NET_RAW", "SYS_CHROOT", "MKNOD", "AUDIT_WRITE", "SETFCAP"),
)


@dataclass(frozen=True, kw_only=True)
class Privileges:
    """What a container may."""

    user: int
    group: int
    groups: Sequence[int]
    capabilities: Sequence[int]
    no_new_privileges: bool
    read_only: bool


def privileges(pod: Document, container: Document, image: Image) -> Privileges:
    """As pod and container have it; what both leave open is the image's."""
    shared = pod.get("securityContext", {})
    own = container.get("securityContext", {})
    context = {**shared, **own}
    if own.get("privileged"):
        msg = f"container {container['name']!r} is privileged, which is not run here"
        raise ManifestError(msg)
    user = int(context.get("runAsUser", image.user))
    if context.get("runAsNonRoot") and user == 0:
        msg = f"container {container['name']!r} must not run as root, and would"
        raise ManifestError(msg)
    group = int(context.get("runAsGroup", 0))
    # Container runtimes name the first group among the others too.
    groups = [group, *shared.get("supplementalGroups", ())]
    if "fsGroup" in shared:
        groups.append(shared["fsGroup"])
    return Privileges(
        user=user,
        group=group,
        groups=groups,
        capabilities=_capabilities(own.get("capabilities", {})),
        no_new_privileges=own.get("allowPrivilegeEscalation") is False,
        read_only=bool(own.get("readOnlyRootFilesystem")),
    )


def _capabilities(changes: Document) -> list[int]:
    dropped = set(changes.get("drop", ()))
    names = set() if "ALL" in dropped else set(_DEFAULT) - dropped
    names |= set(changes.get("add", ()))
    return sorted(_CAPABILITIES.index(name) for name in names)
