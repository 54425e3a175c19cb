"""Live tests run where everything is there that they need, and say what is missing elsewhere."""

from pathlib import Path

import pytest

from tests.live.machine import missing

_FOLDER = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if _FOLDER in item.path.parents:
            marks = item.iter_markers("images")
            reason = missing(*(name for mark in marks for name in mark.args))
            if reason:
                item.add_marker(pytest.mark.skip(reason=reason))


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "images(*names): images whose programs have to be here")
