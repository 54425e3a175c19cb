"""What the live tests have measured, as a table."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

_HEAD = (
    *("engine", "scenario", "runs", "recovery: least", "median", "most"),
    *("acknowledged", "lost", "writers at once"),
)
_WORDS = 2
"""Columns that hold words."""


@dataclass
class Row:
    """A scenario of an engine, run once or several times."""

    recovery: list[float] = field(default_factory=list)
    acknowledged: int = 0
    lost: int = 0
    writers: int | None = None


class Figures:
    """All rows, in the order in which they were first added to."""

    def __init__(self) -> None:
        self._rows: dict[tuple[str, str], Row] = {}

    def add(
        self,
        engine: str,
        scenario: str,
        seconds: float,
        *,
        acknowledged: int,
        lost: int,
        writers: int | None = None,
    ) -> None:
        """Note a run: seconds until writes were accepted again, how many had been acknowledged
        and how many of these were gone, and how many servers took writes at once, None where
        nobody has counted them."""
        row = self._rows.setdefault((engine, scenario), Row())
        row.recovery.append(seconds)
        row.acknowledged += acknowledged
        row.lost += lost
        if writers is not None:
            row.writers = max(row.writers or 0, writers)

    def text(self) -> str:
        """The table for a terminal; empty where nothing was measured."""
        cells = self._cells()
        if not cells:
            return ""
        lines = [_HEAD, *cells]
        widths = [max(len(line[n]) for line in lines) for n in range(len(_HEAD))]
        return "\n".join(_aligned(line, widths, "  ") for line in lines)

    def markdown(self) -> str:
        """The table for a document."""
        rule = [*["---"] * _WORDS, *["---:"] * (len(_HEAD) - _WORDS)]
        lines = [_HEAD, rule, *self._cells()]
        return "".join(f"| {' | '.join(line)} |\n" for line in lines)

    def write(self, file: Path) -> None:
        """The table as a file of Markdown."""
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(self.markdown(), encoding="utf-8")

    def _cells(self) -> list[Sequence[str]]:
        return [
            (
                *(engine, scenario, str(len(row.recovery))),
                *(f"{of(row.recovery):.1f} s" for of in _SUMMARIES),
                *(str(number) for number in (row.acknowledged, row.lost)),
                "-" if row.writers is None else str(row.writers),
            )
            for (engine, scenario), row in self._rows.items()
        ]


_SUMMARIES: Sequence[Callable[[list[float]], float]] = (min, median, max)


def _aligned(line: Sequence[str], widths: Sequence[int], gap: str) -> str:
    words = zip(line[:_WORDS], widths[:_WORDS], strict=True)
    numbers = zip(line[_WORDS:], widths[_WORDS:], strict=True)
    cells = [*(word.ljust(n) for word, n in words), *(text.rjust(n) for text, n in numbers)]
    return gap.join(cells)
