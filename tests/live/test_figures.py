"""The table of what the live tests have measured."""

import re
import subprocess
import sys
from pathlib import Path

from tests.live.figures import Figures

TESTS = """
import pytest

@pytest.mark.parametrize("seconds", [2.0, 1.0, 4.04])
def test_kill(figures, seconds):
    figures.add("redis", "kill", seconds, acknowledged=10, lost=1, writers=int(seconds))

@pytest.mark.full
def test_twenty(figures):
    figures.add("redis", "twenty", 1.0, acknowledged=1, lost=0)
"""


def test_runs_of_a_scenario_are_one_row() -> None:
    figures = Figures()
    assert figures.text() == ""
    figures.add("redis", "kill", 2.0, acknowledged=10, lost=1, writers=1)
    figures.add("nats", "kill", 0.5, acknowledged=5, lost=0)
    figures.add("redis", "kill", 4.0, acknowledged=7, lost=0, writers=2)
    figures.add("redis", "kill", 3.0, acknowledged=0, lost=0)

    head, rule, *rows = figures.markdown().splitlines()
    assert head.count("|") == rule.count("|") == 10
    assert rows == [
        "| redis | kill | 3 | 2.0 s | 3.0 s | 4.0 s | 17 | 1 | 2 |",
        "| nats | kill | 1 | 0.5 s | 0.5 s | 0.5 s | 5 | 0 | - |",
    ]
    assert len({len(line) for line in figures.text().splitlines()}) == 1


def test_the_table_is_shown_and_written_and_long_scenarios_are_left_out(tmp_path: Path) -> None:
    # Beside the conftest of the live tests, as a test of its own would be.
    (tmp_path / "test_one.py").write_text(TESTS, encoding="utf-8")
    (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = --strict-markers\n", encoding="utf-8")
    command = [
        *(sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-m", "not full"),
        *("-p", "tests.live.conftest", "--rootdir", str(tmp_path)),
        *("--figures", str(tmp_path / "new/figures.md"), str(tmp_path / "test_one.py")),
    ]
    done = subprocess.run(
        command, cwd=Path(__file__).parents[2], check=False, capture_output=True, text=True
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert "3 passed, 1 deselected" in done.stdout
    assert re.search(r"kill +3 +1.0 s +2.0 s +4.0 s +30 +3 +4$", done.stdout, re.MULTILINE)
    written = (tmp_path / "new/figures.md").read_text(encoding="utf-8")
    assert "| redis | kill | 3 | 1.0 s | 2.0 s | 4.0 s | 30 | 3 | 4 |\n" in written
    assert "twenty" not in written
