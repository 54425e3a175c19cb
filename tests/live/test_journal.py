"""Waiting for what happens in a cluster."""

import threading
import time

from tests.live.journal import Journal


def test_a_condition_that_takes_long_holds_up_nothing() -> None:
    journal = Journal()
    asked, go_on = threading.Event(), threading.Event()

    def condition() -> bool:
        asked.set()
        return go_on.wait(10)

    waiting = threading.Thread(target=journal.wait, args=(condition, 10))
    waiting.start()
    assert asked.wait(10)
    noting = threading.Thread(target=journal.note, args=("pod", "runs"))
    noting.start()
    noting.join(5)
    noted = not noting.is_alive()
    go_on.set()
    waiting.join()
    noting.join()

    assert noted
    assert journal.lines("runs")


def test_what_happens_while_a_condition_is_asked_is_not_missed() -> None:
    journal = Journal()
    asked: list[int] = []

    def condition() -> bool:
        asked.append(journal.size())
        if journal.size() == 3:
            return True
        journal.note("pod", "runs")
        return False

    assert journal.wait(condition, 10)
    assert asked == [0, 1, 2, 3]


def test_a_condition_has_its_last_chance_when_the_time_is_over() -> None:
    journal = Journal()
    began = time.monotonic()

    assert not journal.wait(lambda: False, 0.1)
    assert journal.wait(lambda: time.monotonic() - began > 0.2, 0.3)
    assert journal.wait(lambda: True, 0)
