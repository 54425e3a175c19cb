"""How full the volumes of a store are, and when they will be.

Series of volumes have the label ``instance`` of the kubelet that tells, so a volume whose pod moves
to another node has two for a moment; expressions here are of claims.
"""

from __future__ import annotations

from constructs_lib.kube.alerts import Alert

_HOURS = 24
"""How far ahead is looked: a day, in which somebody can grow the claim by daylight."""

_CLAIM = "max by (namespace, persistentvolumeclaim)"


def claims_of(namespace: str, *parts: str) -> str:
    """Labels that select series of the volumes that the servers of ``parts`` have."""
    names = "|".join(f"data-{part}-[0-9]+" for part in parts)
    return f'namespace="{namespace}", persistentvolumeclaim=~"{names}"'


def free_share(claims: str) -> str:
    """Share of each volume that is left; ``claims`` are labels that select its series."""
    return f"{_free(claims)} / {_CLAIM} (kubelet_volume_stats_capacity_bytes{{{claims}}})"


def full_ahead(claims: str) -> str:
    """Bytes that will be left on each volume in a day, if it fills as in the last six hours."""
    return f"predict_linear({_free(claims)}[6h:5m], {_HOURS} * 3600)"


def filling_soon(kind: str, claims: str, *, consequence: str) -> Alert:
    """That a volume will be full within a day, if it goes on filling as in the last six hours.

    A volume more than half empty alarms nobody: after a restore or a copy of everything the line is
    steep for a while, and leads nowhere.
    """
    return Alert(
        name=f"{kind}VolumeFullSoon",
        expression=f"{full_ahead(claims)} < 0 and {free_share(claims)} < 0.5",
        lasts="1h",
        summary=f"{{{{ $labels.persistentvolumeclaim }}}} will be full within {_HOURS} hours, if it"
        f" goes on filling as it does; {consequence}.",
        action="See what grows. If it is meant to, grow the claim before it is full.",
    )


def _free(claims: str) -> str:
    return f"{_CLAIM} (kubelet_volume_stats_available_bytes{{{claims}}})"
