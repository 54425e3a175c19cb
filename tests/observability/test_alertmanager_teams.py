"""A stack knows whose alerts there will be, and refuses routes that miss somebody."""

from dataclasses import replace

import pytest

from constructs_lib.errors import PropsError
from constructs_lib.kube.signals import Signals
from constructs_lib.observability.alertmanager import Alertmanager
from constructs_lib.observability.construct import ObservabilityStack
from constructs_lib.observability.props import ObservabilityStackProps
from constructs_lib.observability.routing import Routing, Team
from tests.environments import MODERN
from tests.observability.alertmanager_cases import SMALL
from tests.store.rendering import new_chart

WATCHED = Signals(kind="service", name="pay", app="pay", namespace="pay", team="payments")


def _stack(*teams: str, default: str | None = None) -> ObservabilityStackProps:
    routes = tuple(Team(name, critical=("hook",), warning=("hook",)) for name in teams)
    routing = Routing(receivers=SMALL.receivers, teams=routes, default=default)
    return ObservabilityStackProps(
        watches=(WATCHED,), alertmanager=Alertmanager(routing=routing), kube_state_metrics=None
    )


def test_a_team_of_what_is_watched_without_a_route_is_refused() -> None:
    with pytest.raises(PropsError, match=r"alertmanager\.routing\.teams .*no route for 'payments'"):
        ObservabilityStack(new_chart(MODERN), "stack", _stack("checkout"))


def test_the_team_of_the_stack_itself_needs_a_route_too() -> None:
    with pytest.raises(PropsError, match="no route for 'checkout'"):
        ObservabilityStack(new_chart(MODERN), "stack", _stack("payments"))


@pytest.mark.parametrize(
    "props", [_stack("payments", "checkout"), _stack(default="hook")], ids=["routes", "default"]
)
def test_routes_of_all_teams_or_a_default_are_taken(props: ObservabilityStackProps) -> None:
    small = replace(MODERN, replicated_stores=False)
    stack = ObservabilityStack(new_chart(small), "stack", props)

    assert "alertmanager" in {signals.kind for signals in stack.signals}
