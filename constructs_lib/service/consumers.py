"""Consumers of a log or a queue: in which group, when a message counts as done, and if it fails."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar, Literal

from constructs_lib.errors import Problem
from constructs_lib.naming import variable_problems
from constructs_lib.refs import Endpoint, VariableStyle, variable_name
from constructs_lib.subjects import overlap
from constructs_lib.values import Value

Done = Literal["after-work", "with-result"]
"""When a message counts as done, which the application decides and never a timer of its client.

``after-work``: the application commits after the work. A crash between the two has the work done
twice, so writes have to be idempotent (at least once). ``with-result``: the position is stored in
one transaction with the result, and read from there at the start (exactly once)."""

_TOPIC = re.compile(r"(?!\.{1,2}$)[a-zA-Z0-9._-]{1,249}")
"""https://github.com/apache/kafka/blob/4.0.0/clients/src/main/java/org/apache/kafka/common/internals/Topic.java"""

# A comma would end the name in the setting that lists them.
_SUBJECT = re.compile(r"(?:(?:\*|[^\s.,*>]+)\.)*(?:>|\*|[^\s.,*>]+)")
"""https://docs.nats.io/nats-concepts/subjects"""


class Consumer(Value):
    """What consumers of every broker have; not used itself."""

    section: ClassVar[str]
    """Section of its settings, where the consumer has no name."""

    group: str
    """Name that the members of one consumer share: each message goes to one of them."""

    name: str | None = None
    """Section of its settings in upper snake case, for a workload with several consumers; None is
    ``KAFKA_CONSUMER`` or ``NATS_CONSUMER``."""

    done: Done = "after-work"
    """When a message counts as done. Default ``after-work``: at least once."""

    retries: int = 3
    """Further attempts at a message whose work failed. Default 3."""

    retry_delay_ms: int = 1000
    """Time before the first of them, which a program may lengthen. Default 1 s."""

    shared: bool = False
    """Whether workloads of other names are members of the group as well, so that each message goes
    to a pod of one of them. Default False: a second workload that reads the same in this group is
    refused."""

    broker: Endpoint | None = None
    """Which endpoint in ``uses`` it reads from, for a workload where several may be the broker.
    None is the only one that may; where there are more, nobody can tell whether another workload
    reads in this group at the same broker, and nothing is refused."""

    @property
    def reads(self) -> tuple[str, ...]:
        """Topics or subjects that it reads."""
        raise NotImplementedError

    @property
    def own_section(self) -> str:
        """Section of its settings."""
        return self.name or self.section

    def problems(self) -> Iterator[Problem]:
        """A group that brokers take, and numbers."""
        if not self.group or set(self.group) & set(" \t\r\n.*>/\\"):
            fix = "use letters, digits, '-' and '_'"
            yield Problem("group", self.group, "is no name of a group", fix)
        if self.name is not None:
            yield from variable_problems("name", self.name)
        for name in ("retries", "retry_delay_ms"):
            if getattr(self, name) < 0:
                yield Problem(name, getattr(self, name), "is negative", "use 0 or more")

    def settings(self, style: VariableStyle) -> dict[str, str]:
        """What the program has to know, as settings."""
        values = {
            "GROUP": self.group,
            **self._of_broker(),
            "DONE": self.done,
            "RETRIES": str(self.retries),
            "RETRY_DELAY_MS": str(self.retry_delay_ms),
        }
        return {variable_name(self.own_section, key, style): text for key, text in values.items()}

    def _of_broker(self) -> dict[str, str]:
        raise NotImplementedError


class KafkaConsumer(Consumer):
    """A member of a Kafka consumer group. Offsets are the application's to commit, always.

    https://kafka.apache.org/documentation/#consumerconfigs_enable.auto.commit
    """

    section: ClassVar[str] = "KAFKA_CONSUMER"

    topics: tuple[str, ...]
    """Topics that it reads."""

    dead_letter_topic: str | None = None
    """Topic of messages that failed at every attempt; None is ``<group>.dead-letter``."""

    @property
    def reads(self) -> tuple[str, ...]:
        """Topics that it reads."""
        return self.topics

    @property
    def dead_letters(self) -> str:
        """Topic of messages that failed at every attempt."""
        given = self.dead_letter_topic
        return f"{self.group}.dead-letter" if given is None else given

    def problems(self) -> Iterator[Problem]:
        """Topics, none of which is that of its own failures."""
        yield from super().problems()
        if not self.topics:
            yield Problem("topics", self.topics, "reads nothing", "name at least one topic")
        for index, topic in enumerate(self.topics):
            yield from _topic_problems(f"topics[{index}]", topic)
        yield from _topic_problems("dead_letter_topic", self.dead_letters)
        if self.dead_letters in self.topics:
            why = "is read again by the consumer that failed at it, for ever"
            yield Problem("dead_letter_topic", self.dead_letters, why, "use a topic of its own")

    def _of_broker(self) -> dict[str, str]:
        return {
            "TOPICS": ",".join(self.topics),
            "ENABLE_AUTO_COMMIT": "false",
            "DEAD_LETTER_TOPIC": self.dead_letters,
        }


class NatsConsumer(Consumer):
    """A member of a NATS queue group, or of a durable JetStream consumer of that name.

    It acknowledges explicitly. https://docs.nats.io/nats-concepts/jetstream/consumers
    """

    section: ClassVar[str] = "NATS_CONSUMER"

    subjects: tuple[str, ...]
    """Subjects that it receives, for example ``orders.>``."""

    ack_wait_ms: int = 30_000
    """How long the work may take until the message goes to another member. Default 30 s, the
    server's own."""

    dead_letter_subject: str | None = None
    """Subject of messages that failed at every attempt; None is ``dead-letter.<group>``."""

    @property
    def reads(self) -> tuple[str, ...]:
        """Subjects that it receives."""
        return self.subjects

    @property
    def dead_letters(self) -> str:
        """Subject of messages that failed at every attempt."""
        given = self.dead_letter_subject
        return f"dead-letter.{self.group}" if given is None else given

    def problems(self) -> Iterator[Problem]:
        """Subjects, none of which takes in that of its own failures."""
        yield from super().problems()
        if not self.subjects:
            yield Problem("subjects", self.subjects, "receives nothing", "name at least one")
        if self.ack_wait_ms < 1:
            yield Problem("ack_wait_ms", self.ack_wait_ms, "leaves no time", "use 1 or more")
        yield from self._subject_problems()
        for subject in self.subjects:
            if overlap(subject, self.dead_letters):
                why = f"is taken in by {subject!r}: the consumer that failed at it gets it for ever"
                fix = "use a subject outside of those it receives"
                yield Problem("dead_letter_subject", self.dead_letters, why, fix)

    def _subject_problems(self) -> Iterator[Problem]:
        for index, subject in enumerate(self.subjects):
            if not _SUBJECT.fullmatch(subject):
                fix = "join words with '.', '*' in place of one word, '>' in place of the last ones"
                yield Problem(f"subjects[{index}]", subject, "is no subject of NATS", fix)
        failed = self.dead_letters
        if not _SUBJECT.fullmatch(failed) or set(failed) & set("*>"):
            fix = "join words with '.'"
            yield Problem("dead_letter_subject", failed, "is no subject to send to", fix)

    def _of_broker(self) -> dict[str, str]:
        return {
            "SUBJECTS": ",".join(self.subjects),
            "ACK_WAIT_MS": str(self.ack_wait_ms),
            "MAX_DELIVER": str(self.retries + 1),
            "DEAD_LETTER_SUBJECT": self.dead_letters,
        }


def _topic_problems(field: str, topic: str) -> Iterator[Problem]:
    """Whether ``topic`` can be one of Kafka's."""
    if not _TOPIC.fullmatch(topic):
        fix = "use at most 249 letters, digits, '.', '_' and '-'"
        yield Problem(field, topic, "is no topic of Kafka", fix)
