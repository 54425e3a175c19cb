"""Draws the dashboard of a service that has had trouble, where ``--pictures FOLDER`` asks for it.

    make pictures-live

Discovery and durations are not as rendered: see `watching.py`. Pictures show five minutes that are
an hour and forty minutes to the rules.
"""

import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

import cdk8s
import pytest

from tests.live.drawn import drawn
from tests.live.shop import SECRETS, Cache, Shop, customers
from tests.live.watching import Watched

pytestmark = [
    pytest.mark.full,
    pytest.mark.images(
        "redis", "oliver006/redis_exporter", "orders", "prom/prometheus", "prom/alertmanager"
    ),
]

SPEED = 20
LARGEST = 150_000
PHASES: Sequence[tuple[int, Mapping[str, float]]] = (
    (75, {}),
    (30, {"slow": 0.3}),
    (60, {}),
    (35, {"fail": 0.04}),
    (100, {}),
)
"""Seconds, and the trouble in that time."""


def test_pictures_of_a_service(pytestconfig: pytest.Config) -> None:
    folder: Path | None = pytestconfig.getoption("--pictures")
    if folder is None:
        pytest.skip("nobody asks for pictures: --pictures FOLDER")
    charts = [Shop(cdk8s.App()), Cache(cdk8s.App())]
    with Watched(charts, SECRETS, speed=SPEED).running() as watched:
        with customers(watched, every=0.1, count=3) as shoppers, ExitStack() as more:
            for number, (lasts, trouble) in enumerate(PHASES):
                shoppers.trouble(**trouble)
                if number in (1, 3):
                    more.enter_context(customers(watched, every=0.2, count=2))
                time.sleep(lasts)
        pictures = drawn(watched, "shop/shop-orders.json")

    assert len(pictures) >= 4
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in pictures.items():
        assert len(text.encode()) < LARGEST, name
        (folder / name).write_text(text, encoding="utf-8")
