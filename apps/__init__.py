"""The systems. An app is added by adding it to ``APPS``; nothing is discovered."""

from collections.abc import Callable
from typing import Final

import constructs_lib.node  # noqa: F401  (chooses the Node.js that jsii starts, before it does)

import cdk8s
from constructs import Construct

from apps.catga.chart import Catga
from apps.nova_data.database import NovaDatabase
from apps.nova_data.redis import NovaRedis
from apps.nova_messaging.chart import NovaMessaging
from apps.nova_platform import NovaPlatform
from apps.nova_services.chart import NovaServices
from apps.observability.chart import Observability
from constructs_lib.chart import AppChart
from constructs_lib.environment import Environment

APPS: Final[tuple[Callable[[Construct, Environment], AppChart], ...]] = (
    NovaDatabase,
    NovaMessaging,
    NovaPlatform,
    NovaRedis,
    NovaServices,
)
"""Apps that one stack watches."""

ALONE: Final[tuple[Callable[[Construct, Environment], AppChart], ...]] = (Catga,)
"""Apps that are watched by a stack of their own."""


def charts(environment: Environment) -> list[AppChart]:
    """Every app for ``environment``, and the stack that watches ``APPS``.

    Each is in a tree of its own: cdk8s sorts the dependencies of a tree in more than linear time.
    """
    watched = [put(cdk8s.App(), environment) for put in APPS]
    alone = [put(cdk8s.App(), environment) for put in ALONE]
    signals = [item for chart in watched for item in chart.signals]
    return [*watched, *alone, Observability(cdk8s.App(), environment, signals)]
