"""Which failures have a second try in CI, and which have none."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.live.verdicts import DataLostError, about_data

TOP = Path(__file__).parents[2]
PYTEST = (sys.executable, "-m", "pytest", "--rootdir=.", "--color=no")
TESTS = """
import pytest

from tests.live.verdicts import about_data

tries = []

def test_once_late():
    tries.append(1)
    assert len(tries) == 2

@pytest.mark.parametrize("number", range(3))
def test_always_late(number):
    assert False

def test_data_is_gone():
    with about_data():
        assert [7] == []
"""


def test_lost_data_is_told_as_such() -> None:
    with pytest.raises(DataLostError, match="7"), about_data():
        assert [7] == []
    with about_data():
        assert not []


def test_what_was_late_has_one_more_try_and_what_is_lost_has_none(tmp_path: Path) -> None:
    (tmp_path / "test_tries.py").write_text(TESTS)
    makefile = (TOP / "Makefile").read_text(encoding="utf-8")
    (options,) = re.findall(r"^SECOND_TRY := (.*)$", makefile, re.MULTILINE)
    done = subprocess.run(
        [*PYTEST, *shlex.split(options), "test_tries.py"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(TOP), "PYTEST_ADDOPTS": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    told = done.stdout.splitlines()
    assert "4 failed, 1 passed, 3 rerun" in told[-1]
    assert sum("assert 1 == 2" in line for line in told) == 1, "the first failure is shown"
