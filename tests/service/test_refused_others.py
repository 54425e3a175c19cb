"""Schedules, external services and Secrets that cannot work are refused."""

from dataclasses import replace
from typing import Any

import pytest

from constructs_lib.environment import DevelopmentLiterals, ExternalSecretStore
from constructs_lib.kube.workloads import Schedule
from constructs_lib.refs import Cidrs
from constructs_lib.secrets import AppSecretProps
from tests.environments import STAND_IN
from tests.service.cases import BROKER, DATABASE, SECRET
from tests.service.refusals import Refusal, assert_refused, cron_job, external


def secret(**changes: Any) -> AppSecretProps:
    """The smallest Secret with changes."""
    return replace(SECRET, **changes)


_SPECIAL = Cidrs(
    tuple(
        f"{address}/32"
        for address in (
            *("192.0.2.1", "192.0.2.1", "127.0.0.1"),
            *("169.254.0.1", "224.0.0.1", "0.0.0.0"),  # noqa: S104  (refused)
        )
    )
)

REFUSALS = {
    "schedule": Refusal(
        cron_job(schedule=Schedule(cron="0 3 * *")),
        "schedule.cron = '0 3 * *': is no schedule of five fields; write minute "
        "hour day month weekday, such as '0 3 * * *'",
    ),
    "schedule-of-words": Refusal(
        cron_job(schedule=Schedule(cron="at three in the morning")),
        "schedule.cron = 'at three in the morning': has 'at' for the minute; use 0 to 59, "
        "a-b, */n or *",
        "schedule.cron = 'at three in the morning': has 'three' for the hour; use 0 to 23, "
        "a-b, */n or *",
        "schedule.cron = 'at three in the morning': has 'in' for the day of month; use 1 to "
        "31, a-b, */n or *",
        "schedule.cron = 'at three in the morning': has 'the' for the month; use 1 to 12, "
        "a-b, */n or *",
        "schedule.cron = 'at three in the morning': has 'morning' for the day of week; use 0 "
        "to 6, a-b, */n or *",
    ),
    "schedule-descriptor": Refusal(
        cron_job(schedule=Schedule(cron="@reboot")),
        "schedule.cron = '@reboot': is no schedule of five fields; write minute "
        "hour day month weekday, such as '0 3 * * *'",
    ),
    "schedule-times": Refusal(
        cron_job(
            schedule=Schedule(
                cron="@daily",
                starting_deadline_seconds=5,
                active_deadline_seconds=0,
                retries=-1,
                history=-1,
            )
        ),
        "schedule.starting_deadline_seconds = 5: is shorter than the "
        "controller's own period; use 10 or more",
        "schedule.active_deadline_seconds = 0: ends every run; use 1 or more",
        "schedule.retries = -1: is negative; use 0 or more",
        "schedule.history = -1: is negative; use 0 or more",
    ),
    "external-host": Refusal(
        external(host="db"), "host = 'db': is not a host name; write one such as api.example.com"
    ),
    "external-without-peers": Refusal(
        external(endpoint=replace(DATABASE, peers=())),
        "endpoint.peers = (): names nobody behind it; give the endpoint peers: Pods or Cidrs",
    ),
    "external-range-without-host": Refusal(
        external(endpoint=BROKER),
        "endpoint.peers = (Cidrs(blocks=('10.20.0.0/16',), "
        "excluding=('10.20.1.0/24',)),): are whole ranges, to which no client "
        "can be sent; give host, or single addresses (/32)",
    ),
    "external-of-two-families": Refusal(
        external(endpoint=replace(DATABASE, peers=(Cidrs(("192.0.2.1/32", "2001:db8::1/128")),))),
        "endpoint.peers = (Cidrs(blocks=('192.0.2.1/32', '2001:db8::1/128'), "
        "excluding=()),): mix IPv4 and IPv6, and an EndpointSlice holds one "
        "family; list addresses of one family",
    ),
    "external-wildcard": Refusal(
        external(host="*.example.com"),
        "host = '*.example.com': is no host that clients can be sent to; name one host",
    ),
    "external-addresses": Refusal(
        external(endpoint=replace(DATABASE, peers=(_SPECIAL,))),
        *(
            f"endpoint.peers = {why}; list each address of a machine once"
            for why in (
                "'192.0.2.1': is listed twice",
                "'127.0.0.1': is loopback",
                "'169.254.0.1': is link-local",
                "'224.0.0.1': is multicast",
                "'0.0.0.0': is unspecified",
            )
        ),
    ),
    "secret-without-keys": Refusal(
        secret(keys=()), "keys = (): is a Secret of nothing; list at least one key"
    ),
    "secret-key-twice": Refusal(
        secret(keys=("a", "a")), "keys = 'a': is listed twice; list each key once"
    ),
    "secret-key-name-2": Refusal(
        secret(keys=("a b",)),
        "keys = 'a b': is not an environment variable name; use letters, digits, "
        "'_', '-' and '.', no digit first",
    ),
    "secret-development-key": Refusal(
        secret(development={"pasword": "x"}),
        "development = 'pasword': is no key of it; did you mean 'password'?",
    ),
    "secret-object-name": Refusal(
        secret(name="My_Secret"),
        "name = 'My_Secret': is not a DNS name; use lower case letters, digits, "
        "'-' and '.', alphanumeric at both ends",
    ),
    "secret-literal-in-production": Refusal(
        secret(development={"password": "x"}, source=DevelopmentLiterals()),
        "source = DevelopmentLiterals(): environment 'prod' may not render "
        "literal secrets; leave source out, or mark the environment with "
        "secrets=DevelopmentLiterals()",
    ),
    "secret-literal-without-value": Refusal(
        SECRET,
        "development = []: has no value for password in 'local'; add 'password' to it",
        environment=STAND_IN,
    ),
    "secret-store": Refusal(
        secret(source=ExternalSecretStore("my_vault", refresh="hourly")),
        "source.name = 'my_vault': is not a DNS name; use lower case letters, "
        "digits, '-' and '.', alphanumeric at both ends",
        "source.refresh = 'hourly': is not a duration; write one such as '1h' or '30m'",
    ),
}


@pytest.mark.parametrize("refusal", REFUSALS.values(), ids=REFUSALS.keys())
def test_is_refused(refusal: Refusal) -> None:
    assert_refused(refusal)
