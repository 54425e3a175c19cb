"""Consumers of Kafka and NATS, as settings."""

from dataclasses import replace

import pytest

from constructs_lib.errors import PropsError
from constructs_lib.service import KafkaConsumer, NatsConsumer
from tests.environments import BARE
from tests.service.cases import WORKER
from tests.service.rendering import of_kind, rendered

KAFKA = KafkaConsumer(group="search", topics=("posts", "users"))
NATS = NatsConsumer(group="mail", subjects=("mail.*", "orders.>"))


def settings(*consumes: KafkaConsumer | NatsConsumer) -> dict[str, str]:
    """The settings of a worker that consumes these."""
    objects = rendered(replace(WORKER, consumes=consumes), BARE)
    return dict(of_kind(objects, "ConfigMap")["data"])


def test_a_kafka_consumer_commits_after_the_work() -> None:
    assert settings(KAFKA) == {
        "KAFKA_CONSUMER_GROUP": "search",
        "KAFKA_CONSUMER_TOPICS": "posts,users",
        "KAFKA_CONSUMER_ENABLE_AUTO_COMMIT": "false",
        "KAFKA_CONSUMER_DONE": "after-work",
        "KAFKA_CONSUMER_RETRIES": "3",
        "KAFKA_CONSUMER_RETRY_DELAY_MS": "1000",
        "KAFKA_CONSUMER_DEAD_LETTER_TOPIC": "search.dead-letter",
    }


def test_offsets_may_be_stored_with_the_result() -> None:
    given = settings(replace(KAFKA, done="with-result"))
    assert given["KAFKA_CONSUMER_DONE"] == "with-result"
    assert given["KAFKA_CONSUMER_ENABLE_AUTO_COMMIT"] == "false"


def test_a_nats_consumer_gets_each_message_once_more_than_it_is_retried() -> None:
    given = settings(replace(NATS, retries=4))
    assert given["NATS_CONSUMER_MAX_DELIVER"] == "5"
    assert given["NATS_CONSUMER_DEAD_LETTER_SUBJECT"] == "dead-letter.mail"


def test_two_consumers_need_names_of_their_own() -> None:
    with pytest.raises(PropsError, match=r"consumes\[1\].name = 'KAFKA_CONSUMER': is the section"):
        settings(KAFKA, KAFKA)
    given = settings(KAFKA, replace(KAFKA, name="CDC", group="cdc"))
    assert (given["KAFKA_CONSUMER_GROUP"], given["CDC_GROUP"]) == ("search", "cdc")


@pytest.mark.parametrize(
    ("consumer", "message"),
    [
        (replace(KAFKA, topics=()), "topics = (): reads nothing"),
        (replace(KAFKA, dead_letter_topic="posts"), "is read again by the consumer"),
        (replace(KAFKA, group="a b"), "group = 'a b': is no name of a group"),
        (replace(KAFKA, retries=-1), "retries = -1: is negative"),
        (replace(KAFKA, name="a b"), "name = 'a b'"),
        (replace(NATS, subjects=()), "subjects = (): receives nothing"),
        (replace(NATS, ack_wait_ms=0), "ack_wait_ms = 0: leaves no time"),
    ],
)
def test_what_does_not_fit_is_refused(consumer: KafkaConsumer | NatsConsumer, message: str) -> None:
    with pytest.raises(PropsError) as refused:
        settings(consumer)
    assert message in str(refused.value)


@pytest.mark.parametrize("subject", ["mail.failed", "orders.failed", "orders.new.failed"])
def test_failures_never_come_back_to_who_failed(subject: str) -> None:
    with pytest.raises(PropsError, match="gets it for ever"):
        settings(replace(NATS, dead_letter_subject=subject))


@pytest.mark.parametrize("subject", ["mail", "orders", "mail.new.failed", "failed.orders"])
def test_subjects_apart_take_failures(subject: str) -> None:
    given = settings(replace(NATS, dead_letter_subject=subject))
    assert given["NATS_CONSUMER_DEAD_LETTER_SUBJECT"] == subject
