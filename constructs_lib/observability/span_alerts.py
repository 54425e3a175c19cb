"""What somebody has to know of a pipeline of traces: Jaeger's, or the collector's before it.

Lost traces hurt nobody who uses the systems, so all of it waits for the morning.
"""

from __future__ import annotations

from constructs_lib.kube.alerts import Alert

_REFUSED = "otelcol_receiver_refused_spans_total"
_DROPPED = "otelcol_exporter_enqueue_failed_spans_total"
_FAILED = "otelcol_exporter_send_failed_spans_total"


def pipeline_alerts(prefix: str, pods: str, *, beyond: str) -> tuple[Alert, ...]:
    """Alerts called ``<prefix>...`` about the pods that ``pods`` selects.

    ``beyond`` is what it passes spans on to.
    """
    return (
        Alert(
            name=f"{prefix}SpansRefused",
            expression=f"sum by (namespace, pod) (rate({_REFUSED}{{{pods}}}[5m])) > 0",
            lasts="10m",
            summary="{{ $labels.pod }} refuses {{ $value | humanize }} spans/s.",
            action="It is short of memory: raise its limit, run more pods, or sample more.",
        ),
        Alert(
            name=f"{prefix}SpansDropped",
            expression=f"sum by (namespace, pod) (rate({_DROPPED}{{{pods}}}[5m])) > 0",
            lasts="10m",
            summary="{{ $labels.pod }} drops {{ $value | humanize }} spans/s: its queue is full.",
            action=f"See whether {beyond} keeps up; a longer queue only bridges short times.",
        ),
        Alert(
            name=f"{prefix}ExportFailing",
            expression=f"sum by (namespace, pod) (rate({_FAILED}{{{pods}}}[5m])) > 0",
            lasts="10m",
            summary=f"{{{{ $labels.pod }}}} fails to pass spans on to {beyond}.",
            action="Look for 'Exporting failed' in its log: it says why.",
        ),
        Alert(
            name=f"{prefix}QueueFilling",
            expression=f"max by (namespace, pod) (otelcol_exporter_queue_size{{{pods}}}"
            f" / otelcol_exporter_queue_capacity{{{pods}}}) > 0.8",
            lasts="5m",
            summary="The queue of {{ $labels.pod }} is {{ $value | humanizePercentage }} full.",
            action=f"{beyond} takes spans more slowly than they come.",
        ),
    )
