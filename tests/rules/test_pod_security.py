"""Each control of the Pod Security Standard, broken once, and pods that keep all of them."""

from typing import Any

import pytest

from constructs_lib.rules.pod_security import numeric_user, restricted
from tests.rules.specs import CONTAINER, TEMPLATE, container, deployment, guarded, pod, secured


def volume(kind: str) -> dict[str, Any]:
    return pod(volumes=[{"name": "data", kind: {}}])


def probing(action: str) -> dict[str, Any]:
    return {action: {"host": "10.0.0.1", "port": 80}}


LEFT_OUT = "leave it out"
CONTEXT = f"{CONTAINER}.securityContext"
SYSCTL = [{"name": "kernel.msgmax", "value": "1"}]
ADDED = {"drop": ["ALL"], "add": ["NET_BIND_SERVICE", "NET_ADMIN"]}

BROKEN = [
    (
        "host-process",
        guarded(windowsOptions={"hostProcess": True}),
        f"{CONTEXT}.windowsOptions.hostProcess is true",
        LEFT_OUT,
    ),
    (
        "host-process",
        secured(windowsOptions={"hostProcess": True}),
        f"{TEMPLATE}.securityContext.windowsOptions.hostProcess is true",
        LEFT_OUT,
    ),
    ("host-namespaces", pod(hostNetwork=True), f"{TEMPLATE}.hostNetwork is true", LEFT_OUT),
    ("host-namespaces", pod(hostPID=True), f"{TEMPLATE}.hostPID is true", LEFT_OUT),
    ("host-namespaces", pod(hostIPC=True), f"{TEMPLATE}.hostIPC is true", LEFT_OUT),
    ("privileged-containers", guarded(privileged=True), f"{CONTEXT}.privileged is true", LEFT_OUT),
    (
        "host-path-volumes",
        volume("hostPath"),
        f"{TEMPLATE}.volumes[data] is of type hostPath",
        "use a PersistentVolumeClaim or an emptyDir",
    ),
    (
        "host-ports",
        container(ports=[{"containerPort": 80}, {"containerPort": 81, "hostPort": 81}]),
        f"{CONTAINER}.ports[1].hostPort is 81",
        "reach the pod by a Service",
    ),
    (
        "host-probes",
        container(readinessProbe=probing("httpGet")),
        f'{CONTAINER}.readinessProbe.httpGet.host is "10.0.0.1"',
        LEFT_OUT,
    ),
    (
        "host-probes",
        container(lifecycle={"preStop": probing("tcpSocket")}),
        f'{CONTAINER}.lifecycle.preStop.tcpSocket.host is "10.0.0.1"',
        LEFT_OUT,
    ),
    (
        "app-armor",
        guarded(appArmorProfile={"type": "Unconfined"}),
        f'{CONTEXT}.appArmorProfile.type is "Unconfined"',
        "use RuntimeDefault or Localhost",
    ),
    (
        "se-linux",
        secured(seLinuxOptions={"type": "spc_t"}),
        f'{TEMPLATE}.securityContext.seLinuxOptions.type is "spc_t"',
        "use type container_t or",
    ),
    (
        "se-linux",
        guarded(seLinuxOptions={"user": "root"}),
        f'{CONTEXT}.seLinuxOptions.user is "root"',
        LEFT_OUT,
    ),
    (
        "se-linux",
        guarded(seLinuxOptions={"role": "admin"}),
        f'{CONTEXT}.seLinuxOptions.role is "admin"',
        LEFT_OUT,
    ),
    ("proc-mount", guarded(procMount="Unmasked"), f'{CONTEXT}.procMount is "Unmasked"', LEFT_OUT),
    (
        "sysctls",
        secured(sysctls=SYSCTL),
        f"{TEMPLATE}.securityContext.sysctls has kernel.msgmax",
        "use only kernel.shm_rmid_forced, ",
    ),
    ("volume-types", volume("nfs"), f"{TEMPLATE}.volumes[data] is of type nfs", "use one of conf"),
    (
        "privilege-escalation",
        guarded(allowPrivilegeEscalation=None),
        f"{CONTEXT}.allowPrivilegeEscalation is not set",
        "set it to false",
    ),
    (
        "privilege-escalation",
        guarded(allowPrivilegeEscalation=True),
        f"{CONTEXT}.allowPrivilegeEscalation is true",
        "set it to false",
    ),
    (
        "run-as-non-root",
        secured(runAsNonRoot=None),
        f"neither {CONTAINER} nor its pod has a runAsNonRoot",
        "set runAsNonRoot to true on the pod",
    ),
    (
        "run-as-non-root",
        guarded(runAsNonRoot=False),
        f"{CONTEXT}.runAsNonRoot is false",
        "set runAsNonRoot to true on the pod",
    ),
    (
        "run-as-non-root-user",
        guarded(runAsUser=0),
        f"{CONTEXT}.runAsUser is 0",
        "set a number above 0",
    ),
    (
        "run-as-non-root-user",
        secured(runAsUser=0),
        f"{TEMPLATE}.securityContext.runAsUser is 0",
        "set a number above 0",
    ),
    (
        "seccomp",
        secured(seccompProfile=None),
        f"neither {CONTAINER} nor its pod has a seccompProfile",
        "set type RuntimeDefault on the pod",
    ),
    (
        "seccomp",
        guarded(seccompProfile={"type": "Unconfined"}),
        f'{CONTEXT}.seccompProfile.type is "Unconfined"',
        "set type RuntimeDefault on the pod",
    ),
    (
        "capabilities",
        guarded(capabilities={"drop": ["NET_RAW"]}),
        f"{CONTEXT}.capabilities.drop does not have ALL",
        "drop ALL",
    ),
    (
        "capabilities",
        guarded(capabilities=ADDED),
        f"{CONTEXT}.capabilities.add has NET_ADMIN",
        "add at most NET_BIND_SERVICE",
    ),
]


@pytest.mark.parametrize(
    ("control", "spec", "message", "fix"), BROKEN, ids=[case[0] for case in BROKEN]
)
def test_a_broken_control_is_found(
    control: str, spec: dict[str, Any], message: str, fix: str
) -> None:
    (finding,) = restricted([deployment(pod()), deployment(spec)])
    assert finding.rule == f"pod-security/{control}"
    assert finding.object == "Deployment shop/api"
    assert finding.message == message
    assert fix in finding.fix
    assert str(finding) == f"Deployment shop/api: {message}; {finding.fix} ({finding.rule})"


def test_an_apparmor_annotation_is_read_where_the_field_does_not_exist_yet() -> None:
    key = "container.apparmor.security.beta.kubernetes.io/api"
    (finding,) = restricted([deployment(pod(), {key: "unconfined"})])
    assert finding.rule == "pod-security/app-armor"
    assert finding.message == f'annotation {key} is "unconfined"'
    assert restricted([deployment(pod(), {key: "runtime/default", "other": "unconfined"})]) == []


KEPT = {
    "smallest": pod(),
    "settings on the container": pod(
        securityContext=None,
        containers=guarded(runAsNonRoot=True, runAsUser=1, seccompProfile={"type": "Localhost"})[
            "containers"
        ],
    ),
    "a low port": guarded(capabilities={"drop": ["ALL"], "add": ["NET_BIND_SERVICE"]}),
    "allowed values": secured(
        sysctls=[{"name": "net.ipv4.tcp_syncookies", "value": "1"}],
        seLinuxOptions={"type": "container_t", "level": "s0"},
        appArmorProfile={"type": "RuntimeDefault"},
    ),
    "said to be off": pod(hostNetwork=False, hostPID=False, volumes=None),
    "a probe of its own": container(livenessProbe={"httpGet": {"port": 80, "path": "/"}}),
    "volumes": pod(volumes=[{"name": k, k: {}} for k in ("secret", "configMap", "emptyDir")]),
}


@pytest.mark.parametrize("spec", KEPT.values(), ids=KEPT.keys())
def test_a_pod_that_keeps_the_controls_has_no_findings(spec: dict[str, Any]) -> None:
    assert restricted([deployment(spec)]) == []
    assert numeric_user([deployment(spec)]) == []


def test_objects_that_make_no_pods_have_no_findings() -> None:
    service = {"kind": "Service", "metadata": {"name": "api"}, "spec": {"ports": []}}
    assert restricted([service, {"kind": "Deployment", "metadata": {}}]) == []


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        (secured(runAsUser=None), f"neither {CONTAINER} nor its pod has a runAsUser"),
        (secured(runAsUser=0), f"{CONTAINER} runs as user 0"),
        (guarded(runAsUser="app"), f'{CONTAINER} runs as user "app"'),
    ],
    ids=["absent", "root", "name"],
)
def test_a_container_without_a_numeric_user_is_found(spec: dict[str, Any], message: str) -> None:
    (finding,) = numeric_user([deployment(spec)])
    assert finding.rule == "pod-security/numeric-user"
    assert finding.object == "Deployment shop/api"
    assert finding.message == message
    assert finding.fix == "set runAsUser to a number above 0, on the container or on the pod"
