"""What the notes of writers say: how long nothing was accepted, and by how many at once."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """One write, by the clock of `time.monotonic`."""

    number: int
    began: float
    ended: float
    acknowledged: bool
    text: str
    """Who has acknowledged it, or what went wrong."""


@dataclass(frozen=True, kw_only=True)
class Outage:
    """A time without acknowledged writes."""

    began: float
    ended: float

    @property
    def seconds(self) -> float:
        """How long it was."""
        return self.ended - self.began


def parsed(line: str) -> Attempt:
    """An attempt, from a line of `program.py`."""
    sign, number, began, ended, text = line.rstrip("\n").split(" ", 4)
    return Attempt(
        number=int(number),
        began=float(began),
        ended=float(ended),
        acknowledged=sign == "+",
        text=text,
    )


def longest_outage(attempts: Iterable[Attempt], since: float) -> Outage:
    """The longest time between two acknowledged writes that has ended after ``since``; raises
    `LookupError` where none has been acknowledged after it."""
    times = sorted(item.ended for item in attempts if item.acknowledged)
    if not times or times[-1] <= since:
        msg = f"nothing has been acknowledged after {since}"
        raise LookupError(msg)
    before = max((moment for moment in times if moment <= since), default=since)
    after = [before, *(moment for moment in times if moment > since)]
    gaps = [Outage(began=began, ended=ended) for began, ended in pairwise(after)]
    return max(gaps, key=lambda gap: gap.seconds)


def writers_at_once(attempts: Iterable[Attempt], silence: float = 1.0) -> int:
    """How many have acknowledged writes at the same time, at most. Who has acknowledged nothing for
    ``silence`` seconds is not taken for one that could have."""
    terms: dict[str, list[list[float]]] = defaultdict(list)
    for item in sorted(attempts, key=lambda item: item.ended):
        if item.acknowledged:
            own = terms[item.text]
            if own and item.ended - own[-1][1] <= silence:
                own[-1][1] = item.ended
            else:
                own.append([item.ended, item.ended])
    spans = [span for own in terms.values() for span in own]
    return max((sum(start <= at <= end for start, end in spans) for at, _ in spans), default=0)
