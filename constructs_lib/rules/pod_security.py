"""Pod security: what a namespace that enforces ``restricted`` would refuse, and a stricter rule.

The controls and the values they allow are those of the Pod Security Standards,
https://kubernetes.io/docs/concepts/security/pod-security-standards/ ; ``restricted`` contains all
of ``baseline``. What a cluster relaxes for Windows pods and for pods in a user namespace stays
forbidden here, so a pod that passes is admitted everywhere.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from constructs_lib.rules.findings import Finding, Manifest, described
from constructs_lib.rules.pods import (
    Container,
    PodTemplate,
    containers,
    entries,
    listed,
    pod_templates,
    value_at,
)

NUMERIC_USER = "pod-security/numeric-user"

_VOLUME_TYPES = frozenset(
    {"configMap", "csi", "downwardAPI", "emptyDir", "ephemeral"}
    | {"persistentVolumeClaim", "projected", "secret"}
)
# Kubernetes allows the keepalive ones and tcp_fin_timeout from 1.29 on, the rest in all versions.
_SYSCTLS = (
    "kernel.shm_rmid_forced",
    "net.ipv4.ip_local_port_range",
    "net.ipv4.ip_local_reserved_ports",
    "net.ipv4.ip_unprivileged_port_start",
    "net.ipv4.ping_group_range",
    "net.ipv4.tcp_fin_timeout",
    "net.ipv4.tcp_keepalive_intvl",
    "net.ipv4.tcp_keepalive_probes",
    "net.ipv4.tcp_keepalive_time",
    "net.ipv4.tcp_syncookies",
)
_SELINUX_TYPES = ("container_t", "container_init_t", "container_kvm_t", "container_engine_t")
_PROFILES = ("RuntimeDefault", "Localhost")
_NO = (False,)
_NO_TEXT = ("",)
_HANDLERS = (
    *("livenessProbe", "readinessProbe", "startupProbe"),
    *("lifecycle.postStart", "lifecycle.preStop"),
)
_Check = Callable[[PodTemplate], Iterator[str]]
_APPARMOR = "container.apparmor.security.beta.kubernetes.io/"


def restricted(manifests: Sequence[Manifest]) -> list[Finding]:
    """A finding for each value that the Pod Security Standard ``restricted`` forbids."""
    return [
        Finding(f"pod-security/{control.name}", described(pod.owner), message, control.fix)
        for pod in pod_templates(manifests)
        for control in _CONTROLS
        for message in control.check(pod)
    ]


def numeric_user(manifests: Sequence[Manifest]) -> list[Finding]:
    """A finding for each container whose user is not a number other than 0.

    The standard lets the image choose the user, but under ``runAsNonRoot`` the kubelet refuses to
    start an image that names its user, because it cannot tell whether the name is root's.
    """
    fix = "set runAsUser to a number above 0, on the container or on the pod"
    return [
        Finding(NUMERIC_USER, described(pod.owner), message, fix)
        for pod in pod_templates(manifests)
        for message in _without_numeric_user(pod)
    ]


def _without_numeric_user(pod: PodTemplate) -> Iterator[str]:
    of_pod = value_at(pod.spec, "securityContext.runAsUser")
    for container in containers(pod):
        own = value_at(container.body, "securityContext.runAsUser")
        user = of_pod if own is None else own
        if user is None:
            yield f"neither {container.path} nor its pod has a runAsUser"
        elif not isinstance(user, int) or isinstance(user, bool) or user < 1:
            yield f"{container.path} runs as user {json.dumps(user)}"


def _differs(at: str, node: Manifest, path: str, *, allowed: tuple[object, ...]) -> Iterator[str]:
    value = value_at(node, path)
    if value is not None and value not in allowed:
        yield f"{at}.{path} is {json.dumps(value)}"


def _contexts(pod: PodTemplate) -> Iterator[Container]:
    """The places that have a security context: the pod and its containers."""
    yield Container(pod.path, pod.spec)
    yield from containers(pod)


def _in_contexts(path: str, *, allowed: tuple[object, ...]) -> _Check:
    def check(pod: PodTemplate) -> Iterator[str]:
        for at, body in _contexts(pod):
            yield from _differs(at, body, f"securityContext.{path}", allowed=allowed)

    return check


def _host_namespaces(pod: PodTemplate) -> Iterator[str]:
    for field in ("hostNetwork", "hostPID", "hostIPC"):
        yield from _differs(pod.path, pod.spec, field, allowed=_NO)


def _host_path_volumes(pod: PodTemplate) -> Iterator[str]:
    for volume in entries(pod.spec, "volumes"):
        if "hostPath" in volume:
            yield f"{pod.path}.volumes[{volume.get('name')}] is of type hostPath"


def _volume_types(pod: PodTemplate) -> Iterator[str]:
    for volume in entries(pod.spec, "volumes"):
        for kind in sorted(volume.keys() - _VOLUME_TYPES - {"name", "hostPath"}):
            yield f"{pod.path}.volumes[{volume.get('name')}] is of type {kind}"


def _host_ports(pod: PodTemplate) -> Iterator[str]:
    for container in containers(pod):
        for index, port in enumerate(entries(container.body, "ports")):
            yield from _differs(f"{container.path}.ports[{index}]", port, "hostPort", allowed=(0,))


def _host_probes(pod: PodTemplate) -> Iterator[str]:
    for container in containers(pod):
        for handler in _HANDLERS:
            for action in ("httpGet", "tcpSocket"):
                path = f"{handler}.{action}.host"
                yield from _differs(container.path, container.body, path, allowed=_NO_TEXT)


def _app_armor(pod: PodTemplate) -> Iterator[str]:
    yield from _in_contexts("appArmorProfile.type", allowed=_PROFILES)(pod)
    for key, value in pod.annotations.items():
        allowed = value in ("", "runtime/default") or str(value).startswith("localhost/")
        if key.startswith(_APPARMOR) and not allowed:
            yield f"annotation {key} is {json.dumps(value)}"


def _selinux(pod: PodTemplate) -> Iterator[str]:
    yield from _in_contexts("seLinuxOptions.type", allowed=(*_NO_TEXT, *_SELINUX_TYPES))(pod)
    yield from _in_contexts("seLinuxOptions.user", allowed=_NO_TEXT)(pod)
    yield from _in_contexts("seLinuxOptions.role", allowed=_NO_TEXT)(pod)


def _sysctls(pod: PodTemplate) -> Iterator[str]:
    for entry in entries(pod.spec, "securityContext.sysctls"):
        if entry.get("name") not in _SYSCTLS:
            yield f"{pod.path}.securityContext.sysctls has {entry.get('name')}"


def _seccomp(pod: PodTemplate) -> Iterator[str]:
    path = "securityContext.seccompProfile.type"
    yield from _in_contexts("seccompProfile.type", allowed=_PROFILES)(pod)
    if value_at(pod.spec, path) is None:
        for container in containers(pod):
            if value_at(container.body, path) is None:
                yield f"neither {container.path} nor its pod has a seccompProfile"


def _privilege_escalation(pod: PodTemplate) -> Iterator[str]:
    for container in containers(pod):
        value = value_at(container.body, "securityContext.allowPrivilegeEscalation")
        if value is not False:
            state = "not set" if value is None else json.dumps(value)
            yield f"{container.path}.securityContext.allowPrivilegeEscalation is {state}"


def _capabilities(pod: PodTemplate) -> Iterator[str]:
    for container in containers(pod):
        at = f"{container.path}.securityContext.capabilities"
        if "ALL" not in listed(container.body, "securityContext.capabilities.drop"):
            yield f"{at}.drop does not have ALL"
        for name in listed(container.body, "securityContext.capabilities.add"):
            if name != "NET_BIND_SERVICE":
                yield f"{at}.add has {name}"


def _run_as_non_root(pod: PodTemplate) -> Iterator[str]:
    path = "securityContext.runAsNonRoot"
    yield from _in_contexts("runAsNonRoot", allowed=(True,))(pod)
    if value_at(pod.spec, path) is None:
        for container in containers(pod):
            if value_at(container.body, path) is None:
                yield f"neither {container.path} nor its pod has a runAsNonRoot"


def _run_as_user(pod: PodTemplate) -> Iterator[str]:
    for at, body in _contexts(pod):
        if value_at(body, "securityContext.runAsUser") == 0:
            yield f"{at}.securityContext.runAsUser is 0"


class _Control(NamedTuple):
    """One control of the standard: its name, the remedy, and what breaks it in a pod."""

    name: str
    fix: str
    check: _Check


_LEAVE_OUT = "leave it out"
_CONTROLS = (
    _Control("host-process", _LEAVE_OUT, _in_contexts("windowsOptions.hostProcess", allowed=_NO)),
    _Control("host-namespaces", _LEAVE_OUT, _host_namespaces),
    _Control("privileged-containers", _LEAVE_OUT, _in_contexts("privileged", allowed=_NO)),
    _Control("host-path-volumes", "use a PersistentVolumeClaim or an emptyDir", _host_path_volumes),
    _Control("host-ports", "leave it out and reach the pod by a Service", _host_ports),
    _Control("host-probes", "leave it out; the pod's own address is the default", _host_probes),
    _Control("app-armor", "use RuntimeDefault or Localhost, or leave it out", _app_armor),
    _Control("se-linux", f"leave it out, or use type {' or '.join(_SELINUX_TYPES)}", _selinux),
    _Control("proc-mount", "leave it out", _in_contexts("procMount", allowed=("Default",))),
    _Control("sysctls", f"use only {', '.join(_SYSCTLS)}", _sysctls),
    _Control("volume-types", f"use one of {', '.join(sorted(_VOLUME_TYPES))}", _volume_types),
    _Control("privilege-escalation", "set it to false", _privilege_escalation),
    _Control("run-as-non-root", "set runAsNonRoot to true on the pod", _run_as_non_root),
    _Control("run-as-non-root-user", "set a number above 0, or leave it out", _run_as_user),
    _Control("seccomp", "set type RuntimeDefault on the pod", _seccomp),
    _Control("capabilities", "drop ALL and add at most NET_BIND_SERVICE", _capabilities),
)

NAMES = (*(f"pod-security/{control.name}" for control in _CONTROLS), NUMERIC_USER)
