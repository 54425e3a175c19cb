"""Live tests run where everything is there that they need, and say what is missing elsewhere."""

from pathlib import Path

import pytest

from tests.live.figures import Figures
from tests.live.machine import missing, missing_for_volumes

_FOLDER = Path(__file__).parent
_MARKERS = (
    "images(*names): images whose programs have to be here",
    "bounded_claims: volumes of a bounded size have to be possible here",
    "full: takes minutes, and is left out of `make test-live`",
)
_FIGURES = pytest.StashKey[Figures]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--figures", type=Path, metavar="FILE", help="write the table of figures")
    parser.addoption("--pictures", type=Path, metavar="FOLDER", help="draw a service's dashboard")


def pytest_configure(config: pytest.Config) -> None:
    config.stash[_FIGURES] = Figures()
    for line in _MARKERS:
        config.addinivalue_line("markers", line)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if _FOLDER in item.path.parents:
            marks = item.iter_markers("images")
            reason = missing(*(name for mark in marks for name in mark.args))
            if not reason and item.get_closest_marker("bounded_claims"):
                reason = missing_for_volumes()
            if reason:
                item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(scope="session")
def figures(pytestconfig: pytest.Config) -> Figures:
    """What is measured, shown when all tests are done."""
    return pytestconfig.stash[_FIGURES]


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    measured = config.stash[_FIGURES]
    if text := measured.text():
        terminalreporter.section("figures")
        terminalreporter.line(text)
        if file := config.getoption("--figures"):
            measured.write(file)
