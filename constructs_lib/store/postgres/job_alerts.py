"""When a Job of a store has failed."""

from __future__ import annotations

from constructs_lib.kube.alerts import Alert
from constructs_lib.store.engine import Place


def job_alert(place: Place, job: str, *, name: str, summary: str) -> Alert:
    """Fires while the newest Job ``<job>-<hash>`` is one that has failed.

    Earlier ones are of what was declared before, and stay where nobody removes them.
    """
    which = f'namespace="{place.namespace}", job_name=~"{job}-[0-9a-f]+"'
    # Of the Job: whoever tells of it moves, and would begin the alert anew.
    created = f"max by (namespace, job_name) (kube_job_created{{{which}}})"
    failed = f'max by (namespace, job_name) (kube_job_failed{{{which}, condition="true"}})'
    newest = f"max by (namespace) ({created})"
    return Alert(
        name=name,
        expression=f"{created} == on (namespace) group_left () {newest}"
        f" and on (namespace, job_name) {failed} == 1",
        lasts="1m",
        summary=summary,
        action="Read the log of Job {{ $labels.job_name }}; delete the Job once the cause is gone, "
        "and it is made anew.",
    )
