"""What somebody has decided to live with, and when that ends."""

from dataclasses import replace
from datetime import date

import pytest

from constructs_lib.rules import Finding, Waiver, waived
from tests.rules.shop import Change, found

BLOCKED = Change("PodDisruptionBudget api", "spec.maxUnavailable", 0)
DAY = date(2030, 1, 31)
WAIVER = Waiver(
    rule="disruption/drain",
    object="PodDisruptionBudget shop/api",
    reason="nodes are replaced by hand until the cache can fail over",
    until=DAY,
)


def left(*waivers: Waiver, today: date = DAY, prefix: str = "") -> list[Finding]:
    findings = [Finding(f.rule, f"{prefix}{f.object}", f.message, f.fix) for f in found(BLOCKED)]
    return waived(findings, waivers, today=today)


def test_a_waiver_holds_to_the_end_of_its_last_day() -> None:
    assert [finding.rule for finding in left()] == ["disruption/drain"]
    assert left(WAIVER) == []


def test_an_ended_waiver_is_found_beside_what_it_covered() -> None:
    blocked, ended = left(WAIVER, today=date(2030, 2, 1))
    assert blocked.rule == "disruption/drain"
    assert (ended.rule, ended.object) == ("waivers/expired", "PodDisruptionBudget shop/api")
    assert ended.message == (
        "the waiver of disruption/drain ended on 2030-01-31 "
        "(nodes are replaced by hand until the cache can fail over)"
    )


@pytest.mark.parametrize(
    ("rule", "name"),
    [
        ("disruption/drains", "PodDisruptionBudget shop/api"),
        ("disruption/drain", "PodDisruptionBudget shop/apis"),
        ("disruption/drain", "dev: PodDisruptionBudget shop/api"),
    ],
)
def test_a_waiver_of_nothing_is_found(rule: str, name: str) -> None:
    waiver = Waiver(rule=rule, object=name, reason="as agreed", until=DAY)
    blocked, unused = left(waiver, prefix="prod: ")
    assert blocked.rule == "disruption/drain"
    assert (unused.rule, unused.object) == ("waivers/unused", name)
    assert unused.message == f"the waiver of {rule} (as agreed) covers no finding"


def test_a_waiver_without_a_reason_is_found() -> None:
    (finding,) = left(replace(WAIVER, reason=" "))
    assert finding.rule == "waivers/reason"
    assert finding.message == "the waiver of disruption/drain gives no reason"


def test_a_waiver_is_for_every_environment_or_for_one() -> None:
    assert left(WAIVER, prefix="prod: ") == []
    name = "prod: PodDisruptionBudget shop/api"
    own = Waiver(rule="disruption/drain", object=name, reason="as agreed", until=DAY)
    assert left(own, prefix="prod: ") == []
    assert [finding.rule for finding in left(own, prefix="dev: ")] == [
        "disruption/drain",
        "waivers/unused",
    ]
