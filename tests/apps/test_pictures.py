"""The pictures in the pages are those of the systems as they are."""

import re
from pathlib import Path

import pytest

from apps.nova_services.profiles import PROFILES
from apps.pictures import PAGES, pictures, refreshed


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_pictures_are_up_to_date(page: Path) -> None:
    text = page.read_text(encoding="utf-8")

    assert "```mermaid" in text
    assert refreshed(text, pictures()) == text, "out of date: run python -m apps.pictures"


def test_every_app_with_workloads_is_drawn() -> None:
    shown = {
        app for page in PAGES for app in re.findall("<!-- picture: ([a-z-]+) -->", page.read_text())
    }
    assert shown == pictures().keys()


def test_a_stale_picture_is_replaced() -> None:
    stale = "before\n<!-- picture: catga -->\nold\n<!-- end of picture -->\nafter\n"
    assert refreshed(stale, {"catga": "flowchart LR\n"}) == (
        "before\n<!-- picture: catga -->\n\n```mermaid\nflowchart LR\n```\n\n"
        "<!-- end of picture -->\nafter\n"
    )


def test_every_call_is_an_arrow() -> None:
    lines = pictures()["nova-services"].splitlines()
    calls = {(name, other) for name, profile in PROFILES.items() for other in profile.calls}
    drawn = {
        tuple(end.removeprefix("nova_services__").replace("_", "-") for end in line.split(" -.-> "))
        for line in map(str.strip, lines)
        if " -.-> " in line
    }
    assert drawn == calls
