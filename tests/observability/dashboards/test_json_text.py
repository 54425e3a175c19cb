"""Dashboards as text that people read."""

import json

from constructs_lib.observability.dashboards.json_text import json_text


def test_what_is_short_is_one_line_with_its_keys_in_order() -> None:
    assert json_text({"b": [1, None, True], "a": {}}) == '{"a": {}, "b": [1, null, true]}'


def test_what_is_long_is_one_line_an_entry() -> None:
    value = {"panels": [{"title": "rate" * 15, "id": 1}, {"title": "rate" * 20, "id": 22}]}

    assert json_text(value).splitlines() == [
        "{",
        ' "panels": [',
        f'  {{"id": 1, "title": "{"rate" * 15}"}},',
        "  {",
        '   "id": 22,',
        f'   "title": "{"rate" * 20}"',
        "  }",
        " ]",
        "}",
    ]


def test_nothing_is_lost_and_no_line_that_could_be_shorter_is_long() -> None:
    value = {"a": ["x" * 50, {"q": "y" * 120, "é": [[], {}, ["z" * 99]]}], "n": 1.5}
    text = json_text(value)

    assert json.loads(text) == value
    assert [line for line in text.splitlines() if len(line) > 100] == [
        f'   "q": "{"y" * 120}",',
        f'    ["{"z" * 99}"]' if f'["{"z" * 99}"]' in text else f'     "{"z" * 99}"',
    ]
