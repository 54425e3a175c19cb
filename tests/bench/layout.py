"""The layout that every measured way of writing has: one App, a chart for each system.

Twenty services to a chart, as a team's system has them: cdk8s sorts dependencies in more than
linear time of an App's charts and of a chart's objects, so a layout of extremes would measure that.
"""

from collections.abc import Iterator

SERVICES_IN_A_CHART = 20


def portions(count: int, size: int) -> Iterator[tuple[str, list[str]]]:
    """``count`` names in charts of ``size``, each chart with its own name."""
    names = [f"service-{number:04}" for number in range(count)]
    for start in range(0, count, size):
        yield f"system-{start // size:02}", names[start : start + size]
