"""The systems. An app is added by adding it to ``APPS``; nothing is discovered."""

from collections.abc import Callable
from typing import Final

import constructs_lib.node  # noqa: F401  (chooses the Node.js that jsii starts, before it does)

from constructs import Construct

from apps.catga.chart import Catga
from apps.nova_data.database import NovaDatabase
from apps.nova_data.redis import NovaRedis
from apps.nova_messaging.chart import NovaMessaging
from apps.nova_platform import NovaPlatform
from apps.nova_services.chart import NovaServices
from constructs_lib.chart import AppChart
from constructs_lib.environment import Environment

APPS: Final[tuple[Callable[[Construct, Environment], AppChart], ...]] = (
    Catga,
    NovaDatabase,
    NovaMessaging,
    NovaPlatform,
    NovaRedis,
    NovaServices,
)
