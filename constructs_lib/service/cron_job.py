"""NovaCronJob: a pod that runs on a schedule."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Literal

from constructs import Construct

from constructs_lib.environment import Environment
from constructs_lib.errors import Problem
from constructs_lib.kube import workloads
from constructs_lib.kube.containers import NATIVE_SIDECARS, native_sidecar_problems
from constructs_lib.naming import CRON_JOB_LIMIT
from constructs_lib.service import checks
from constructs_lib.service.pod import pod_template
from constructs_lib.service.pod_construct import PodConstruct
from constructs_lib.service.props import NovaCronJobProps
from constructs_lib.tree import takes_props


@takes_props
class NovaCronJob(PodConstruct[NovaCronJobProps]):
    """A scheduled job.

    After construction the chart holds its CronJob, ServiceAccount, ConfigMaps and NetworkPolicy.
    """

    _workload_kind: ClassVar[Literal["Deployment", "CronJob"]] = "CronJob"

    def __init__(self, scope: Construct, id: str, props: NovaCronJobProps) -> None:  # noqa: A002
        """Build the job ``id``; raises ``PropsError`` with everything wrong in ``props``."""
        super().__init__(scope, id, props, expected=NovaCronJobProps, problems=_problems)
        self._add_account()
        self._add_configuration()
        self._add_cron_job()
        self._add_monitor()
        self._add_network_policy([])
        self._finish()

    def _add_cron_job(self) -> None:
        template = pod_template(self._context, self._props)
        body = workloads.cron_job(self._metadata(self.name), template, self._props.schedule)
        self._add("cron-job", body)


def _problems(name: str, props: NovaCronJobProps, environment: Environment) -> Iterator[Problem]:
    yield from checks.pod_problems(name, props, environment, limit=CRON_JOB_LIMIT)
    without = "leave the sidecar out, or upgrade the cluster"
    native = environment.cluster.at_least(NATIVE_SIDECARS)
    yield from native_sidecar_problems("sidecars", props.sidecars, environment.cluster, fix=without)
    for index, item in enumerate(props.sidecars):
        if not item.native:
            why = "goes on running, so that no run ever completes"
            fix = "leave native=False out" if native else without
            yield Problem(f"sidecars[{index}].native", item.native, why, fix)
