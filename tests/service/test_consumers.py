"""Consumers of Kafka and NATS, as settings."""

from dataclasses import replace

import pytest

from constructs_lib.errors import PropsError
from constructs_lib.kube.network import Traffic
from constructs_lib.refs import Binding, Cidrs
from constructs_lib.service import KafkaConsumer, NatsConsumer
from tests.environments import BARE
from tests.service.cases import BROKER, CACHE, WORKER
from tests.service.rendering import of_kind, rendered

KAFKA = KafkaConsumer(group="search", topics=("posts", "users"))
NATS = NatsConsumer(group="mail", subjects=("mail.*", "orders.>"))


def settings(*consumes: KafkaConsumer | NatsConsumer) -> dict[str, str]:
    """The settings of a worker that consumes these."""
    objects = rendered(replace(WORKER, consumes=consumes, uses=(BROKER,)), BARE)
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
        (replace(KAFKA, dead_letter_topic=""), "dead_letter_topic = '': is no topic of Kafka"),
        (replace(KAFKA, group="a,b"), "dead_letter_topic = 'a,b.dead-letter': is no topic of"),
        (replace(KAFKA, dead_letter_topic="a/b"), "dead_letter_topic = 'a/b': is no topic of"),
        (replace(NATS, dead_letter_subject="failed.>"), "is no subject to send to; join words"),
    ],
)
def test_what_does_not_fit_is_refused(consumer: KafkaConsumer | NatsConsumer, message: str) -> None:
    with pytest.raises(PropsError) as refused:
        settings(consumer)
    assert message in str(refused.value)


@pytest.mark.parametrize("topic", ["a b", "a,b", "", ".", "..", "ä", "a" * 250])
def test_what_kafka_calls_no_topic_is_refused(topic: str) -> None:
    with pytest.raises(PropsError, match=r"consumes\[0\].topics\[1\] = '.*: is no topic of Kafka"):
        settings(replace(KAFKA, topics=("posts", topic)))


@pytest.mark.parametrize("topic", ["a", "cdc.nova_core.users", "A-1", "...", "a" * 249])
def test_what_kafka_calls_a_topic_is_read(topic: str) -> None:
    assert settings(replace(KAFKA, topics=(topic,)))["KAFKA_CONSUMER_TOPICS"] == topic


@pytest.mark.parametrize(
    "subject", ["", "a..b", "a b", "a.>.b", ".a", "a.", "a,b", "a*", "a.b>", ">a", "a.*b"]
)
def test_what_nats_calls_no_subject_is_refused(subject: str) -> None:
    with pytest.raises(
        PropsError, match=r"subjects\[1\] = '.*': is no subject of NATS; join words"
    ):
        settings(replace(NATS, subjects=("orders.>", subject)))


@pytest.mark.parametrize("subject", ["a", "a.b", "*", "*.a.*", "$JS.EVENT.>"])
def test_what_nats_calls_a_subject_is_received(subject: str) -> None:
    assert settings(replace(NATS, subjects=(subject,)))["NATS_CONSUMER_SUBJECTS"] == subject


@pytest.mark.parametrize("uses", [(), (CACHE,)], ids=["none", "a-store"])
def test_who_consumes_without_a_way_to_a_broker_is_refused(uses: tuple[Binding, ...]) -> None:
    with pytest.raises(PropsError) as refused:
        rendered(replace(WORKER, consumes=(KAFKA, NATS), uses=uses), BARE)
    assert (
        "consumes = 'search, mail': has no way to a broker; name the broker in uses, or its "
        "addresses in egress"
    ) in str(refused.value)


def test_a_broker_that_a_consumer_names_is_one_of_those_it_uses() -> None:
    named = replace(KAFKA, broker=BROKER)
    assert settings(named) == settings(KAFKA)
    other = replace(KAFKA, broker=replace(BROKER, service="other"))
    with pytest.raises(PropsError, match=r"consumes\[0\].broker = 'other': is no broker in uses"):
        settings(other)


def test_a_broker_may_be_an_address() -> None:
    there = Traffic((Cidrs(("10.40.1.10/32",)),), ports=(9092,))
    objects = rendered(replace(WORKER, consumes=(KAFKA,), egress=(there,)), BARE)
    assert of_kind(objects, "ConfigMap")["data"]["KAFKA_CONSUMER_GROUP"] == "search"


@pytest.mark.parametrize("subject", ["mail.failed", "orders.failed", "orders.new.failed"])
def test_failures_never_come_back_to_who_failed(subject: str) -> None:
    with pytest.raises(PropsError, match="gets it for ever"):
        settings(replace(NATS, dead_letter_subject=subject))


@pytest.mark.parametrize("subject", ["mail", "orders", "mail.new.failed", "failed.orders"])
def test_subjects_apart_take_failures(subject: str) -> None:
    given = settings(replace(NATS, dead_letter_subject=subject))
    assert given["NATS_CONSUMER_DEAD_LETTER_SUBJECT"] == subject
