"""Props that are to be refused, with what the error says of them."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from constructs_lib.environment import Environment
from constructs_lib.errors import PropsError
from constructs_lib.service import (
    ExternalServiceProps,
    NovaCronJobProps,
    NovaServiceProps,
    NovaWorkerProps,
)
from constructs_lib.values import Value
from tests.environments import MODERN
from tests.service.cases import CRON_JOB, EXTERNAL, SERVICE, WORKER
from tests.service.rendering import CONSTRUCTS, new_chart


class Refusal:
    """Props, and each problem that is told of them."""

    def __init__(
        self, props: Value, *told: str, environment: Environment = MODERN, name: str = "orders"
    ) -> None:
        self.props = props
        self.told = told
        self.environment = environment
        self.name = name


def wrong(value: object) -> Any:
    """``value`` where its type does not belong."""
    return value


def service(**changes: Any) -> NovaServiceProps:
    """The smallest service with changes."""
    return replace(SERVICE, **changes)


def worker(**changes: Any) -> NovaWorkerProps:
    """The smallest worker with changes."""
    return replace(WORKER, **changes)


def cron_job(**changes: Any) -> NovaCronJobProps:
    """The smallest scheduled job with changes."""
    return replace(CRON_JOB, **changes)


def external(**changes: Any) -> ExternalServiceProps:
    """The smallest external service with changes."""
    return replace(EXTERNAL, **changes)


def assert_refused(refusal: Refusal) -> None:
    """The construct says exactly what is told, and leaves nothing in the chart."""
    construct = CONSTRUCTS[type(refusal.props)]
    chart = new_chart(refusal.environment)
    where = f"shop/{refusal.name} ({getattr(construct, '__name__', '')})"
    with pytest.raises(PropsError, match=f"^{re.escape(message(where, refusal.told))}$"):
        construct(chart, refusal.name, refusal.props)
    assert chart.to_json() == []
    assert chart.node.children == []


def message(where: str, told: Sequence[str]) -> str:
    """The whole text of the error."""
    count = "1 problem" if len(told) == 1 else f"{len(told)} problems"
    return "\n".join([f"{where}: {count}", *(f"  {line}" for line in told)])
