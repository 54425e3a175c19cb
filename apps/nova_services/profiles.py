"""What each of the five services differs in."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from apps.secrets import DEVELOPMENT_PASSWORD
from constructs_lib.resources import Resources
from constructs_lib.service import KafkaConsumer

_LARGE: Final = Resources(cpu="500m", memory="512Mi", cpu_limit="2000m", memory_limit="2Gi")
_SMALL: Final = Resources(cpu="250m", memory="256Mi", cpu_limit="1000m", memory_limit="512Mi")


@dataclass(frozen=True)
class Profile:
    """One service."""

    port: int
    """Where it serves HTTP, health and metrics."""

    replicas: int = 2
    """Its pods at the least. How many there can be, ``CLIENTS`` of nova-data says: each has pools
    of connections."""

    resources: Resources = _SMALL

    calls: tuple[str, ...] = ()
    """Services that it calls."""

    consumes: tuple[KafkaConsumer, ...] = ()

    secrets: tuple[str, ...] = ()
    """Keys of its Secret besides those that every service has."""


PROFILES: Final[Mapping[str, Profile]] = {
    "user-service": Profile(port=8080, replicas=3, resources=_LARGE, calls=("auth-service",)),
    "auth-service": Profile(port=8084, calls=("user-service",), secrets=("JWT_PRIVATE_KEY_PEM",)),
    "search-service": Profile(
        port=8086,
        calls=("user-service",),
        # What changes in the databases, row by row: the position stands beside the index.
        consumes=(
            KafkaConsumer(
                name="CDC_CONSUMER",
                group="search-service",
                topics=("cdc.nova_core.users", "cdc.nova_messaging.messaging"),
                done="with-result",
            ),
        ),
    ),
    "streaming-api": Profile(
        port=8081,
        calls=("auth-service", "user-service"),
        consumes=(KafkaConsumer(group="streaming-api", topics=("users.events",)),),
    ),
    "messaging-service": Profile(
        port=3000,
        replicas=3,
        resources=_LARGE,
        calls=("auth-service", "user-service"),
        # The messaging-service of nova-messaging reads this topic too, in a group of its own.
        consumes=(KafkaConsumer(group="nova-services-messaging", topics=("messaging.messages",)),),
        secrets=("APNS_KEY_P8",),
    ),
}

SHARED_SECRETS: Final[Mapping[str, str]] = {
    "KAFKA_BROKERS": "kafka:9092",
    "CLICKHOUSE_URL": "http://clickhouse:8123",
    "JWT_PUBLIC_KEY_PEM": DEVELOPMENT_PASSWORD,
}
"""Keys of every service's Secret, and what they hold on somebody's own machine."""
