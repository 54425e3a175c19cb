"""What somebody has to know of pods, by what the API server knows of them."""

from __future__ import annotations

from collections.abc import Iterator

from constructs_lib.kube.alerts import Alert

PAGE = "kube-state-metrics"

_CONTAINER = "max by (namespace, pod, container, reason)"
_BROKEN = "ImagePullBackOff|ErrImagePull|InvalidImageName|CreateContainerConfigError"

# A pod of a Deployment or a Job has two parts behind the workload's name, one of a StatefulSet its
# number. Where a long name was cut this is not the workload's, and nothing is held back by it.
_WORKLOAD = '{{ reReplaceAll "-([a-z0-9]+-[a-z0-9]{5}|[0-9]+)$" "" $labels.pod }}'
_ABOUT = {"namespace": "{{ $labels.namespace }}", "service": _WORKLOAD}


def pod_alerts(here: str) -> Iterator[Alert]:
    """Alerts about the pods of the namespaces that ``here`` selects.

    Expressions are of the pod: whoever tells of it moves too, and would begin an alert anew.
    """
    yield _looping(here)
    yield _cannot_start(here)
    yield _not_ready(here)
    yield _out_of_memory(here)


def _waiting(here: str, reasons: str) -> str:
    """Containers, those that run before the others too, that wait for one of ``reasons``.

    One that waits for its next attempt runs for moments in between, so the last minutes count.
    """
    both = " or ".join(
        f'max_over_time({name}{{{here}, reason=~"{reasons}"}}[5m])'
        for name in (
            "kube_pod_container_status_waiting_reason",
            "kube_pod_init_container_status_waiting_reason",
        )
    )
    return f"{_CONTAINER} ({both}) >= 1"


def _looping(here: str) -> Alert:
    return Alert(
        name="PodCrashLooping",
        expression=_waiting(here, "CrashLoopBackOff"),
        lasts="15m",
        summary="Container {{ $labels.container }} of {{ $labels.pod }} in {{ $labels.namespace }}"
        " ends again and again.",
        action="kubectl logs -n {{ $labels.namespace }} {{ $labels.pod }} -c"
        " {{ $labels.container }} --previous",
        page=PAGE,
        labels=_ABOUT,
    )


def _cannot_start(here: str) -> Alert:
    return Alert(
        name="PodCannotStart",
        expression=_waiting(here, _BROKEN),
        lasts="10m",
        summary="Container {{ $labels.container }} of {{ $labels.pod }} in {{ $labels.namespace }}"
        " does not start: {{ $labels.reason }}.",
        action="kubectl describe pod -n {{ $labels.namespace }} {{ $labels.pod }}: image, tag,"
        " registry credentials, Secrets and ConfigMaps it names.",
        page=PAGE,
        labels=_ABOUT,
    )


def _not_ready(here: str) -> Alert:
    ready = f'max by (namespace, pod) (kube_pod_status_ready{{{here}, condition="true"}})'
    ended = f'kube_pod_status_phase{{{here}, phase=~"Succeeded|Failed"}} == 1'
    return Alert(
        name="PodNotReady",
        expression=f"{ready} == 0 unless on (namespace, pod) {ended}",
        lasts="15m",
        summary="{{ $labels.pod }} in {{ $labels.namespace }} has not been ready for a quarter of"
        " an hour.",
        action="kubectl describe pod -n {{ $labels.namespace }} {{ $labels.pod }}: is it placed,"
        " does its readiness probe answer?",
        page=PAGE,
        labels=_ABOUT,
    )


def _out_of_memory(here: str) -> Alert:
    which = "namespace, pod, container"
    restarts = f"increase(kube_pod_container_status_restarts_total{{{here}}}[10m])"
    killed = f'kube_pod_container_status_last_terminated_reason{{{here}, reason="OOMKilled"}}'
    return Alert(
        name="ContainerOutOfMemory",
        expression=f"max by ({which}) ({restarts}) > 0 and on ({which}) {killed} == 1",
        lasts="0s",
        summary="Container {{ $labels.container }} of {{ $labels.pod }} in {{ $labels.namespace }}"
        " was killed at its memory limit.",
        action="Does it need more, or does it leak? Compare its memory over days.",
        page=PAGE,
        labels=_ABOUT,
    )
