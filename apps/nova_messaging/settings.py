"""Settings of messaging-service, by group; nothing in here is secret."""

from typing import Final

from constructs_lib.refs import Binding
from constructs_lib.service import KafkaConsumer

MIB: Final = 2**20

DATABASE: Final = {
    # Of all pods together they have to fit the login's connections: see its ``idle``.
    "DATABASE_MIN_CONNECTIONS": "2",
    "DATABASE_CONNECT_TIMEOUT_SECONDS": "5",
    "DATABASE_IDLE_TIMEOUT_SECONDS": "600",
    "DATABASE_STATEMENT_TIMEOUT_MS": "5000",
}

REDIS: Final = {
    "REDIS_CONNECT_TIMEOUT_MS": "1000",
    "REDIS_COMMAND_TIMEOUT_MS": "500",
    "REDIS_PRESENCE_TTL_SECONDS": "60",
}

_MESSAGES_TOPIC: Final = "messaging.messages"

CONSUMER: Final = KafkaConsumer(group="messaging-service", topics=(_MESSAGES_TOPIC,))
"""What it reads of Kafka."""

KAFKA: Final = {
    "KAFKA_CLIENT_ID": "messaging-service",
    "KAFKA_TOPIC_MESSAGES": _MESSAGES_TOPIC,
    "KAFKA_PRODUCER_ACKS": "all",
}

WEBSOCKET: Final = {
    "WS_MAX_FRAME_SIZE": str(MIB),
    "WS_MAX_CONNECTIONS": "10000",
    "WS_PING_INTERVAL_SECONDS": "30",
    "WS_PONG_TIMEOUT_SECONDS": "10",
}

VIDEO_CALLS: Final = {
    "VIDEO_CALL_MAX_DURATION_HOURS": "12",
    "VIDEO_CALL_MAX_PARTICIPANTS": "8",
    "VIDEO_CALL_RING_TIMEOUT_SECONDS": "45",
}

MESSAGES: Final = {
    "MESSAGE_MAX_LENGTH": "4096",
    "MESSAGE_RETENTION_DAYS": "365",
    "MESSAGE_EDIT_WINDOW_MINUTES": "15",
}

PERFORMANCE: Final = {
    "WORKER_THREADS": "4",
    "REQUEST_TIMEOUT_SECONDS": "30",
    "OUTBOX_BATCH_SIZE": "100",
}


def settings(database: Binding, redis: Binding) -> dict[str, str]:
    """All of them; pools are as large as the stores expect."""
    return {
        "DATABASE_MAX_CONNECTIONS": str(database.pool),
        **DATABASE,
        "REDIS_POOL_SIZE": str(redis.pool),
        **REDIS,
        **KAFKA,
        **WEBSOCKET,
        **VIDEO_CALLS,
        **MESSAGES,
        **PERFORMANCE,
    }
