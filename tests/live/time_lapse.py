"""Rules and settings that wait for minutes, made to wait for as long as a test may take.

One figure divides every duration that is written in rules and configurations: windows of rates,
offsets, how long an alert has to hold, times between scrapes, evaluations and messages. So all of
them keep their proportions. Bare numbers in expressions (thresholds, seconds of a metric) stay as
they are, and what happens takes its own time: a program that starts, a message on its way.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

_MILLISECONDS = {"ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000, "w": 604_800_000}
_PART = re.compile(r"(\d+)(ms|[smhdw])")
_DURATION = r"(?:\d+(?:ms|[smhdw]))+"
_IN_EXPRESSIONS = re.compile(rf"(?<=[\[:]){_DURATION}(?=[\]:])|(?<=offset ){_DURATION}")
_SETTINGS = frozenset({"scrape_interval", "scrape_timeout", "evaluation_interval"})
_ROUTES = frozenset({"group_wait", "group_interval", "repeat_interval"})


@dataclass(frozen=True)
class TimeLapse:
    """Durations, ``speed`` times as short."""

    speed: int

    def shorter(self, duration: str) -> str:
        """``duration``, as Prometheus writes it."""
        return f"{-(-_milliseconds(duration) // self.speed)}ms"

    def seconds(self, duration: str) -> float:
        """How many seconds are left of ``duration``."""
        return seconds(duration) / self.speed

    def rules(self, file: Mapping[str, Any]) -> dict[str, Any]:
        """A file of rules: windows and offsets in expressions, how long alerts have to hold, and
        how often a group runs."""
        return {**file, "groups": [self._group(item) for item in file["groups"]]}

    def scrapes(self, configuration: Mapping[str, Any]) -> dict[str, Any]:
        """The configuration of Prometheus. A scrape may take as long as it is to the next one: what
        is left of ten seconds is too little for a machine that does all of this at once."""
        whole = {
            **configuration,
            "global": self._settings(configuration["global"], _SETTINGS),
            "scrape_configs": [
                self._settings(job, _SETTINGS) for job in configuration["scrape_configs"]
            ],
        }
        for item in (whole["global"], *whole["scrape_configs"]):
            item["scrape_timeout"] = item["scrape_interval"]
        return whole

    def routes(self, configuration: Mapping[str, Any]) -> dict[str, Any]:
        """The configuration of Alertmanager: when the messages of a group are sent."""
        return {**configuration, "route": self._route(configuration["route"])}

    def _group(self, item: Mapping[str, Any]) -> dict[str, Any]:
        rules = [self._rule(rule) for rule in item["rules"]]
        return {**self._settings(item, frozenset({"interval"})), "rules": rules}

    def _rule(self, item: Mapping[str, Any]) -> dict[str, Any]:
        expression = _IN_EXPRESSIONS.sub(lambda found: self.shorter(found[0]), item["expr"])
        lasts = {"for": self.shorter(item["for"])} if "for" in item else {}
        return {**item, **lasts, "expr": expression}

    def _route(self, route: Mapping[str, Any]) -> dict[str, Any]:
        found = self._settings(route, _ROUTES)
        if "routes" in found:
            found["routes"] = [self._route(item) for item in found["routes"]]
        return found

    def _settings(self, given: Mapping[str, Any], names: frozenset[str]) -> dict[str, Any]:
        return {
            name: self.shorter(value) if name in names else value for name, value in given.items()
        }


def seconds(duration: str) -> float:
    """How many seconds ``duration`` is."""
    return _milliseconds(duration) / 1000


def without_durations(expression: str) -> str:
    """``expression`` with every duration alike."""
    return _IN_EXPRESSIONS.sub("5m", expression)


def differences(before: Any, after: Any, key: str = "") -> Iterator[str]:
    """Names of the settings in which two configurations differ."""
    if isinstance(before, dict) and isinstance(after, dict):
        for name in before.keys() | after.keys():
            if name not in before or name not in after:
                yield name
            else:
                yield from differences(before[name], after[name], name)
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for one, other in zip(before, after, strict=True):
            yield from differences(one, other, key)
    elif before != after:
        yield key


def _milliseconds(duration: str) -> int:
    return sum(int(number) * _MILLISECONDS[unit] for number, unit in _PART.findall(duration))
