"""What holds for all rules together."""

import copy
import importlib
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from constructs_lib.rules import FLEET_RULES, RULE_NAMES, Finding, Fleet, Known
from constructs_lib.rules.findings import misspelt, nearest
from constructs_lib.rules.revisions import IMMUTABLE
from constructs_lib.rules.secrets import NO_LITERALS
from tests.rules.shop import KNOWN, Break, found, shop

ROOT = Path(__file__).parents[2]
TOPICS = (
    *(
        "addresses",
        "classes",
        "disruption",
        "lifecycle",
        "policies",
        "ports",
        "quotas",
        "references",
    ),
    *("routes", "scraped", "selectors", "targets"),
)
ELSEWHERE = ("consumers/", "hosts/", "identity/", "pod-security/", "pools/", "waivers/")
"""Rules whose tests change no shop."""

APART = ("autoscaling/requests", "autoscaling/one-scaler", "disruption/one-budget")
"""Rules that need more than one change, or an object more."""


def breaks() -> list[Break]:
    """The changes of all topics, each of which breaks one rule."""
    modules = [importlib.import_module(f"tests.rules.test_{topic}") for topic in TOPICS]
    return [each for module in modules for each in module.BREAKS]


def test_the_app_of_these_tests_keeps_every_rule() -> None:
    assert found() == []


def test_each_rule_has_a_test_that_breaks_it() -> None:
    broken = {each.rule for each in breaks()}
    expected = {name for name in RULE_NAMES if not name.startswith(ELSEWHERE)}
    assert broken == expected - set(APART)


PAGE = (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| `([a-z-]+/[a-z-]+)` \| (.+) \| (.+) \| (.+) \|$", PAGE, flags=re.MULTILINE)
"""Name, what it proves, example and fix of each rule."""


def test_the_page_lists_the_rules_that_there_are() -> None:
    assert [row[0] for row in ROWS] == [*RULE_NAMES, NO_LITERALS, IMMUTABLE]


def test_the_examples_of_the_page_are_what_rules_say() -> None:
    messages: dict[str, list[str]] = defaultdict(list)
    for each in breaks():
        messages[each.rule] += [finding.message for finding in found(each.change)]
    untrue = [
        (rule, example)
        for rule, _, example, _ in ROWS
        if rule in messages and not any(example in message for message in messages[rule])
    ]
    assert untrue == []


JUNK: tuple[Any, ...] = (None, "x", 7, ["x"])


def spoilt(node: Any) -> Iterator[Any]:
    """Copies of ``node``, each with one value in it replaced by one of another type."""
    if isinstance(node, dict | list):
        for step in node if isinstance(node, dict) else range(len(node)):
            for inner in (*JUNK, *spoilt(node[step])):
                changed = copy.copy(node)
                changed[step] = inner
                yield changed


@pytest.mark.parametrize("index", range(len(shop())))
def test_no_rule_fails_on_what_an_api_server_would_refuse(index: int) -> None:
    objects = shop()
    for body in spoilt({"spec": objects[index].get("spec")}):
        spoilt_object = {**objects[index], **body}
        fleet = Fleet([*objects[:index], spoilt_object, *objects[index + 1 :]], KNOWN)
        for rule in FLEET_RULES:
            assert all(isinstance(finding, Finding) for finding in rule(fleet))


def test_rules_take_any_sequence_of_objects() -> None:
    known = {"classes/"}
    for rule in FLEET_RULES:
        assert [f for f in rule(shop()) if f.rule.split("/")[0] not in known] == []
    assert Fleet.of(fleet := Fleet(shop(), Known())) is fleet


def test_the_nearest_name_is_told() -> None:
    assert nearest("apu", ["api", "db"]) == "the nearest is api"
    assert nearest("zzz", ["b", "a"]) == "there is a, b"
    assert nearest("zzz", "abcdefg") == "there is a, b, c, d, e and 2 more"
    assert nearest("zzz", []) == "there is none"


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        *(
            ("shopp", "shop"),
            ("shpo", "shop"),
            ("sho", "shop"),
            ("shup", "shop"),
            ("user", "users"),
        ),
        *(("observabilty", "observability"), ("nova-databse", "nova-database")),
        *(("novadata", "nova-data"), ("nova-dtaa", "nova-data"), ("xshop", "shop")),
    ],
)
def test_a_slip_of_the_hand_is_told_from_a_name_of_its_own(name: str, meant: str) -> None:
    assert misspelt(name, ["zzz", meant]) == meant


@pytest.mark.parametrize(
    ("name", "other"),
    [
        *(("team-b", "team-a"), ("shop-2", "shop-1"), ("shop1", "shop"), ("dev", "dex")),
        *(
            ("nova-data", "nova-database"),
            ("kafka", "catga"),
            ("shop", "shop"),
            ("shop-eu", "shop"),
        ),
    ],
)
def test_a_name_of_its_own_is_no_slip(name: str, other: str) -> None:
    assert misspelt(name, [other]) is None
