"""Whether a workload keeps to the connections that its stores expect of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from constructs_lib.environment import Environment
from constructs_lib.errors import Problem
from constructs_lib.kube.workloads import RollingUpdate
from constructs_lib.refs import Binding
from constructs_lib.service.pod_props import PodProps
from constructs_lib.service.props import NovaWorkerProps

_OF_A_POOL = re.compile(r"(?:POOL_SIZE|MAX_CONNECTIONS|PoolSize|MaxConnections)$")
"""Ends of names by which bindings tell a program how large its pool may be."""


def expectation_problems(props: NovaWorkerProps, environment: Environment) -> Iterator[Problem]:
    """Whether a store expects as many pods as there can be: it has bounded their connections."""
    most = min(props.most, 1) if environment.single_replica else props.most
    strategy = props.rollout.strategy
    added = strategy.pods_added(most) if isinstance(strategy, RollingUpdate) else 0
    for index, item in enumerate(props.uses):
        if not isinstance(item, Binding):
            continue
        pool = "" if item.pool is None else f" of {item.pool} connections each"
        if item.pods is not None and item.pods < most:
            why = f"is what the store expects{pool}, and there can be {most} pods"
            fix = f"let the store expect {most} pods, or run fewer"
            yield Problem(f"uses[{index}].pods", item.pods, why, fix)
        if item.surge is not None and item.surge < added:
            why = f"is what the store expects a rollout to add{pool}, and it can add {added} pods"
            fix = f"let the store expect surge={added}, or roll with a smaller max_surge"
            yield Problem(f"uses[{index}].surge", item.surge, why, fix)


def pool_setting_problems(props: PodProps) -> Iterator[Problem]:
    """Whether settings that bindings give have an effect, and no pool grows beyond its binding."""
    for name in sorted(props.bound.keys() & props.settings.keys()):
        why = "is hidden by the binding's variable of that name"
        fix = "put it into variables, which go before those of bindings"
        yield Problem(f"settings[{name!r}]", props.settings[name], why, fix)
    bounds = {
        name: item.pool
        for item in props.bindings
        for name in item.variables
        if item.pool is not None and _OF_A_POOL.search(name)
    }
    given: dict[str, Mapping[str, object]] = {
        "variables": props.variables,
        "migration.variables": props.migration.variables if props.migration else {},
    }
    for where, entries in given.items():
        for name in sorted(bounds.keys() & entries.keys()):
            text, pool = entries[name], bounds[name]
            # What a Secret, a ConfigMap or another variable holds is not known here.
            if not isinstance(text, str) or "$(" in text:
                continue
            if not (text.isdecimal() and 1 <= int(text) <= pool):
                why = f"replaces a pool of {pool} connections, which the store has counted with"
                fix = f"use 1 to {pool}, or let the store expect a larger pool"
                yield Problem(f"{where}[{name!r}]", text, why, fix)
