"""Groups of consumers, over everything that an environment renders."""

from dataclasses import replace

import cdk8s
import pytest

from constructs_lib.chart import AppChart
from constructs_lib.errors import RuleError
from constructs_lib.kube.images import AppImage
from constructs_lib.kube.network import Traffic
from constructs_lib.output import checked
from constructs_lib.refs import Binding, Cidrs, Endpoint, Pods, Port
from constructs_lib.rules.consumers import groups
from constructs_lib.service import (
    ExternalService,
    ExternalServiceProps,
    KafkaConsumer,
    NatsConsumer,
    NovaWorker,
    NovaWorkerProps,
)
from tests.environments import MODERN

KAFKA = Endpoint("kafka", "kafka", Port("kafka", 9092), peers=(Cidrs(("10.40.1.10/32",)),))
OTHER = replace(KAFKA, peers=(Cidrs(("10.40.2.10/32",)),))
NATS = Endpoint("nats", "nats", Port("nats", 4222), peers=(Pods("nats", labels={"app": "n"}),))
READER = KafkaConsumer(group="mail", topics=("orders",))
WORKER = NovaWorkerProps(image=AppImage("api", tag="1"), consumes=(READER,))


def found(**workers: NovaWorkerProps) -> list[str]:
    """What the rule says of workers, each in an app of its own."""
    app = cdk8s.App()
    for name, props in workers.items():
        NovaWorker(AppChart(app, name, environment=MODERN, team="mail"), "reader", props)
    try:
        checked(app, rules=(groups,))
    except RuleError as error:
        return [str(finding) for finding in error.findings if "consumers/group" in str(finding)]
    return []


def test_two_workloads_in_one_group_take_messages_from_each_other() -> None:
    (finding,) = found(one=replace(WORKER, uses=(KAFKA,)), two=replace(WORKER, uses=(KAFKA,)))
    assert finding == (
        "prod: Deployment two/reader: reads orders in the Kafka group mail at 10.40.1.10/32 port "
        "9092, and so does Deployment one/reader: each message reaches one of the two; give it a "
        "group of its own, or say shared=True in both if they are one consumer (consumers/group)"
    )


def test_a_broker_is_one_by_whatever_name_it_is_called() -> None:
    app = cdk8s.App()
    for name in ("one", "two"):
        chart = AppChart(app, name, environment=MODERN, team="mail")
        broker = ExternalService(chart, f"kafka-{name}", ExternalServiceProps(KAFKA)).endpoint
        NovaWorker(chart, "reader", replace(WORKER, uses=(Binding.of(broker, "KAFKA"),)))
    with pytest.raises(RuleError, match="consumers/group"):
        checked(app, rules=(groups,))


@pytest.mark.parametrize(
    "other",
    [
        replace(WORKER, uses=(OTHER,)),
        replace(WORKER, uses=(replace(KAFKA, port=Port("kafka", 9093)),)),
        replace(WORKER, uses=(KAFKA,), consumes=(replace(READER, group="sms"),)),
        replace(WORKER, uses=(KAFKA,), consumes=(NatsConsumer(group="mail", subjects=("a",)),)),
        replace(WORKER, uses=(KAFKA,), consumes=(replace(READER, topics=("users", "posts")),)),
    ],
    ids=["broker", "port", "group", "kind", "topics"],
)
def test_what_is_another_group_passes(other: NovaWorkerProps) -> None:
    assert found(one=replace(WORKER, uses=(KAFKA,)), two=other) == []


def test_a_group_may_be_shared_if_both_say_so() -> None:
    one = replace(WORKER, uses=(KAFKA,))
    shared = replace(one, consumes=(replace(READER, shared=True),))
    assert found(one=shared, two=shared) == []
    assert len(found(one=one, two=shared)) == len(found(one=shared, two=one)) == 1


def test_two_consumers_of_one_workload_are_one_program() -> None:
    both = (READER, replace(READER, name="B", topics=("users",)))
    assert found(one=replace(WORKER, uses=(KAFKA,), consumes=both)) == []


def test_brokers_in_the_cluster_and_behind_addresses_are_known_too() -> None:
    reader = NatsConsumer(group="mail", subjects=("orders.>",))
    inside = replace(WORKER, uses=(NATS,), consumes=(reader,))
    (finding,) = found(one=inside, two=inside)
    assert "reads orders.> in the NATS group mail at pods app=n in nats port 4222" in finding
    outside = Traffic((Cidrs(("10.40.1.10/32",)),), ports=(9092,))
    (finding,) = found(one=replace(WORKER, uses=(KAFKA,)), two=replace(WORKER, egress=(outside,)))
    assert "at 10.40.1.10/32 port 9092" in finding


@pytest.mark.parametrize(
    ("one", "two", "clash"),
    [
        ("orders.new", "orders.paid", False),
        ("orders.>", "orders", False),
        ("orders.*", "orders.new.eu", False),
        ("orders.*.eu", "orders.new.us", False),
        ("orders.new", "orders.new", True),
        ("orders.>", "orders.new.eu", True),
        ("*.new", "orders.*", True),
        ("*.paid.>", "orders.>", True),
        ("orders.*.eu", "orders.>", True),
    ],
)
def test_a_queue_group_clashes_where_subjects_overlap(one: str, two: str, *, clash: bool) -> None:
    first, second = (
        replace(WORKER, uses=(NATS,), consumes=(NatsConsumer(group="mail", subjects=subjects),))
        for subjects in (("users", one), (two,))
    )
    assert bool(found(one=first, two=second)) == bool(found(one=second, two=first)) == clash


def test_another_store_of_both_is_taken_for_no_broker() -> None:
    clicks = Binding.of(replace(KAFKA, peers=(Cidrs(("10.40.9.9/32",)),)), "CLICKHOUSE")
    one = replace(WORKER, uses=(KAFKA, clicks))
    assert found(one=one, two=replace(WORKER, uses=(OTHER, clicks))) == []
    assert found(one=one, two=one) == []


def test_of_several_that_may_be_the_broker_each_consumer_names_its_own() -> None:
    clicks = Binding.of(replace(KAFKA, peers=(Cidrs(("10.40.9.9/32",)),)), "CLICKHOUSE")
    one, two = (
        replace(WORKER, uses=(kafka, clicks), consumes=(replace(READER, broker=kafka),))
        for kafka in (KAFKA, OTHER)
    )
    assert found(one=one, two=two) == []
    (finding,) = found(one=one, two=one)
    assert "reads orders in the Kafka group mail at 10.40.1.10/32 port 9092" in finding
    assert len(found(one=one, two=replace(WORKER, uses=(KAFKA,)))) == 1


@pytest.mark.parametrize(
    ("addresses", "clash"),
    [
        (Cidrs(("10.40.1.0/24",)), True),
        (Cidrs(("10.40.1.10/32", "10.40.1.11/32")), True),
        (Cidrs(("10.40.2.0/24",)), False),
        (Cidrs(("2001:db8::/64",)), False),
        (Cidrs(("10.40.1.0/24",), excluding=("10.40.1.10/32",)), False),
        (Cidrs(("0.0.0.0/0",)), False),
    ],
    ids=["range", "one-of-two", "other-range", "other-version", "hole", "anywhere"],
)
def test_addresses_are_compared_as_ranges(addresses: Cidrs, *, clash: bool) -> None:
    one = replace(WORKER, uses=(KAFKA,))
    two = replace(WORKER, uses=(replace(KAFKA, peers=(addresses,)),))
    assert bool(found(one=one, two=two)) == clash
