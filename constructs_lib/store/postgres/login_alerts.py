"""Logins that are about to run out of connections."""

from __future__ import annotations

from collections.abc import Sequence

from constructs_lib.kube.alerts import Alert
from constructs_lib.store.postgres.values import Login


def login_alerts(logins: Sequence[Login], pods: str) -> tuple[Alert, ...]:
    """One alert for each login, by its own limit; ``pods`` are the servers, as labels of a query.

    A server refuses a login beyond its limit long before it has no connection left at all.
    """
    return tuple(_near_limit(login, pods) for login in logins)


def _near_limit(login: Login, pods: str) -> Alert:
    # Each server counts by itself, and no workers of a parallel query.
    counted = f'{pods}, usename="{login.name}", backend_type!="parallel worker"'
    return Alert(
        name="PostgresLoginNearLimit",
        expression=f"max by (pod) (sum by (pod, instance) (pg_stat_activity_count{{{counted}}}))"
        f" > 0.9 * {login.connections}",
        labels={"login": login.name},
        summary=f"Login {login.name} has {{{{ $value }}}} of its {login.connections} connections to"
        " {{ $labels.pod }}.",
        action="Beyond its limit its clients are refused, and others are not. See"
        " pg_stat_activity for what its connections do; idle ones point to a pool too large.",
    )
