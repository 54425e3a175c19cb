"""Every parser reads the text alike, and a person reads it line by line."""

from enum import StrEnum

import pytest
import yaml

from constructs_lib.yaml_text import to_yaml


class Mode(StrEnum):
    FAST = "fast"


@pytest.mark.parametrize(
    "text",
    ["1e3", "12345e6", "-1.5E+10", "0o17", "0x1f", "017", "yes", "on", "null", "~", "1_000", ""],
)
def test_text_that_some_parser_takes_for_something_else_is_quoted(text: str) -> None:
    written = to_yaml([{"value": text}])
    assert written == f"value: '{text}'\n"


@pytest.mark.parametrize("text", ["v1.2.3", "100m", "1Gi", "a: b", "# no", "- no", "*", "&", "é"])
def test_any_text_comes_back(text: str) -> None:
    assert yaml.safe_load(to_yaml([{"value": text}])) == {"value": text}


def test_files_stand_in_lines_of_their_own() -> None:
    assert to_yaml([{"file": "one\ntwo\n"}]) == "file: |\n  one\n  two\n"


def test_what_stands_in_two_places_is_written_out_twice() -> None:
    labels = {"app": "a"}
    assert "&" not in to_yaml([{"one": labels, "two": labels}])


def test_a_member_of_a_text_enumeration_is_its_text() -> None:
    assert to_yaml([{"mode": Mode.FAST}]) == "mode: fast\n"


def test_numbers_and_truth_stay_what_they_are() -> None:
    values = {"count": 3, "share": 0.5, "on": True, "none": [], "nothing": {}}
    assert yaml.safe_load(to_yaml([values])) == values


def test_documents_are_separated() -> None:
    assert to_yaml([{"a": 1}, {"b": 2}]) == "a: 1\n---\nb: 2\n"
