"""When a Job of a store has failed."""

from __future__ import annotations

from constructs_lib.kube.alerts import Alert
from constructs_lib.store.engine import Place


def job_alert(place: Place, job: str, *, name: str, summary: str) -> Alert:
    """Fires while the newest Job ``<job>-<hash>`` is one that has failed.

    Earlier ones are of what was declared before, and stay where nobody removes them.
    """
    which = f'namespace="{place.namespace}", job_name=~"{job}-[0-9a-f]+"'
    newest = f"max by (namespace) (kube_job_created{{{which}}})"
    return Alert(
        name=name,
        expression=f"kube_job_created{{{which}}} == on (namespace) group_left () {newest}"
        f' and on (namespace, job_name) kube_job_failed{{{which}, condition="true"}} == 1',
        lasts="1m",
        summary=summary,
        action="Read the log of Job {{ $labels.job_name }}; delete the Job once the cause is gone, "
        "and it is made anew.",
    )
