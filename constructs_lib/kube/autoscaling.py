"""HorizontalPodAutoscaler (autoscaling/v2).

https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field
from typing import Literal

from constructs_lib.errors import Problem
from constructs_lib.kube.body import Body, body
from constructs_lib.quantity import INT32, quantity_problems
from constructs_lib.values import Value

_HOUR = 3600
_HALF_HOUR = 1800


class ScalingPolicy(Value):
    """How far one step may go."""

    percent: int | None = None
    """Share of the current replicas; either this or ``pods``."""

    pods: int | None = None
    """Number of pods; either this or ``percent``."""

    period_seconds: int = 60
    """Time within which the step may be taken once, at most 1800. Default 60 s."""

    def problems(self) -> Iterator[Problem]:
        """One measure, positive, over a period the API takes."""
        if (self.percent is None) == (self.pods is None):
            missing = self.percent is None
            why = "is missing, and so is pods" if missing else "and pods exclude each other"
            yield Problem("percent", self.percent, why, "give percent or pods")
        for name in ("percent", "pods"):
            number = getattr(self, name)
            if number is not None and number < 1:
                yield Problem(name, number, "lets nothing happen", "use 1 or more")
        if not 1 <= self.period_seconds <= _HALF_HOUR:
            fix = "use 1 to 1800"
            yield Problem("period_seconds", self.period_seconds, "is out of range", fix)


class ScalingRules(Value):
    """How fast replicas change in one direction."""

    stabilization_seconds: int | None = None
    """How far back recommendations are looked at before acting, 0 to 3600; None leaves Kubernetes'
    own: 0 s up, 300 s down."""

    policies: tuple[ScalingPolicy, ...] = ()
    """Steps allowed; none leaves Kubernetes' own: up by 4 pods or 100 % every 15 s, down by 100 %
    every 15 s."""

    select: Literal["Max", "Min", "Disabled"] | None = None
    """Which policy counts where there are several; ``Disabled`` never scales in this direction.
    None leaves Kubernetes' own, ``Max``."""

    def problems(self) -> Iterator[Problem]:
        """The window is one the API takes."""
        window = self.stabilization_seconds
        if window is not None and not 0 <= window <= _HOUR:
            yield Problem("stabilization_seconds", window, "is out of range", "use 0 to 3600")


class PodsMetric(Value):
    """A metric of the pods themselves, from the custom metrics API."""

    name: str = field(kw_only=False)
    """Metric name."""

    average_value: str
    """Value per pod to keep to, a quantity."""

    def problems(self) -> Iterator[Problem]:
        """The target is a quantity."""
        yield from quantity_problems("average_value", self.average_value, example="100")


class ExternalMetric(Value):
    """A metric of something else, such as a queue's length, from the external metrics API."""

    name: str = field(kw_only=False)
    """Metric name."""

    average_value: str
    """Value per pod to keep to, a quantity."""

    labels: Mapping[str, str] = field(default_factory=dict)
    """Labels of the series."""

    def problems(self) -> Iterator[Problem]:
        """The target is a quantity."""
        yield from quantity_problems("average_value", self.average_value, example="100")


class Autoscaling(Value):
    """How many pods run, by load. Replicas are then left out of the Deployment."""

    minimum: int
    """Fewest pods, 1 or more."""

    maximum: int
    """Most pods."""

    cpu: int | None = None
    """Average CPU to keep to, in percent of the request; None does not look at CPU."""

    memory: int | None = None
    """Average memory to keep to, in percent of the request; None does not look at memory."""

    metrics: tuple[PodsMetric | ExternalMetric, ...] = ()
    """Further metrics; the one that asks for the most pods wins."""

    scale_up: ScalingRules = ScalingRules()
    """Limits on growing. Default: Kubernetes' own."""

    scale_down: ScalingRules = ScalingRules(stabilization_seconds=300)
    """Limits on shrinking. Default: only after 300 s of less load."""

    def problems(self) -> Iterator[Problem]:
        """Bounds in order, and something to scale by."""
        if self.minimum < 1:
            yield Problem("minimum", self.minimum, "lets the service vanish", "use 1 or more")
        if self.maximum < self.minimum:
            why = f"is below the minimum of {self.minimum}"
            yield Problem("maximum", self.maximum, why, "raise it, or lower the minimum")
        if self.maximum > INT32:
            yield Problem(
                "maximum", self.maximum, "is more than the API takes", f"use at most {INT32}"
            )
        for name in ("cpu", "memory"):
            percent = getattr(self, name)
            if percent is not None and percent < 1:
                yield Problem(name, percent, "is no percentage", "use 1 or more, for example 70")
        if self.cpu is None and self.memory is None and not self.metrics:
            fix = "give cpu, memory or metrics"
            yield Problem("cpu", self.cpu, "leaves nothing to scale by", fix)


def horizontal_pod_autoscaler(
    metadata: Body, autoscaling: Autoscaling, *, kind: str, target: str
) -> Body:
    """The autoscaler of workload ``target``."""
    rules = {"scaleUp": autoscaling.scale_up, "scaleDown": autoscaling.scale_down}
    spec = body(
        scaleTargetRef={"apiVersion": "apps/v1", "kind": kind, "name": target},
        minReplicas=autoscaling.minimum,
        maxReplicas=autoscaling.maximum,
        metrics=_metrics(autoscaling),
        behavior=body(**{name: _rules(rule) for name, rule in rules.items()}),
    )
    return {
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "metadata": metadata,
        "spec": spec,
    }


def _rules(rules: ScalingRules) -> Body:
    policies = [
        {
            "type": "Percent" if policy.percent is not None else "Pods",
            "value": policy.percent if policy.percent is not None else policy.pods,
            "periodSeconds": policy.period_seconds,
        }
        for policy in rules.policies
    ]
    return body(
        stabilizationWindowSeconds=rules.stabilization_seconds,
        selectPolicy=rules.select,
        policies=policies,
    )


def _metrics(autoscaling: Autoscaling) -> list[Body]:
    metrics: list[Body] = []
    for name, percent in (("cpu", autoscaling.cpu), ("memory", autoscaling.memory)):
        if percent is not None:
            target = {"type": "Utilization", "averageUtilization": percent}
            metrics.append({"type": "Resource", "resource": {"name": name, "target": target}})
    for metric in autoscaling.metrics:
        target = {"type": "AverageValue", "averageValue": metric.average_value}
        if isinstance(metric, PodsMetric):
            pods = {"metric": {"name": metric.name}, "target": target}
            metrics.append({"type": "Pods", "pods": pods})
        else:
            selector = body(matchLabels=dict(metric.labels)) or None
            named = body(name=metric.name, selector=selector)
            metrics.append({"type": "External", "external": {"metric": named, "target": target}})
    return metrics
