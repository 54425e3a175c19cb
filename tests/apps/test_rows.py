"""Every row of the requirements has a test that bears its id."""

import re
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
ROWS = (
    *(f"A{number}" for number in range(1, 15)),
    *(f"B{number}" for number in range(1, 11)),
    *(f"C{number}" for number in range(1, 11)),
    *(f"E{number}" for number in range(1, 8)),
    # Ways in which stores of others have failed.
    *(f"F{number}" for number in range(1, 23)),
    *(f"G{number}" for number in range(1, 14)),
    *(f"L{number}" for number in range(1, 7)),
    *(f"D{number}" for number in range(1, 4)),
    *("M1", "M2"),
)


@pytest.fixture(scope="module")
def rows_of_tests() -> frozenset[str]:
    """Ids in the names of all tests that need no real servers; ``G3_to_G5`` counts for its ends."""
    names = [
        name
        for file in TESTS.rglob("test_*.py")
        if "live" not in file.relative_to(TESTS).parts
        for name in re.findall(r"def (test_\w+)\(", file.read_text(encoding="utf-8"))
    ]
    return frozenset(row for name in names for row in re.findall(r"(?<=_)[A-M]\d+(?=_)", name))


@pytest.mark.parametrize("row", ROWS)
def test_a_row_has_a_test(rows_of_tests: frozenset[str], row: str) -> None:
    assert row in rows_of_tests
