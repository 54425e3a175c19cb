"""Cases of alerts, one file for each kind of signals in ``alerts/``, and promtool that tries them.

Each alert has cases in which it fires and others in which it keeps quiet, with the series that
Prometheus would have scraped. ``values`` are written as promtool does: ``0+1x20`` is 0, 1, 2 and so
on up to 20, ``0+0x20`` is 0 all the time. https://prometheus.io/docs/prometheus/latest/configuration/unit_testing_rules/
"""

import re
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import yaml

CASES = Path(__file__).parent / "alerts"
_HEXADECIMAL = re.compile(r"(?<![\w.+-])0x(?=\d)")
_LABELS = re.compile(r"\$labels\.(\w+)")


@dataclass(frozen=True, kw_only=True)
class Case:
    """What is scraped, and which alerts are firing then."""

    series: Mapping[str, str]
    """Values of each series, one for each ``interval``."""

    at: str = "20m"
    """When it is looked whether alerts fire."""

    interval: str = "1m"
    """Time between two values, and between two evaluations."""

    labels: Mapping[str, str] = field(default_factory=dict)
    """Labels that the alert has; where it keeps quiet, those that none of its name has."""

    alerts: int = 1
    """How many of them fire."""

    at_least: bool = False
    """Whether more of them may."""


@dataclass(frozen=True, kw_only=True)
class AlertCases:
    """Cases of one alert."""

    alert: str
    fires: tuple[Case, ...]
    quiet: tuple[Case, ...]

    @property
    def labels(self) -> frozenset[str]:
        """Names of the labels that it was seen to have."""
        return frozenset(name for case in self.fires for name in case.labels)


def cases(name: str) -> tuple[AlertCases, ...]:
    """Those of the file ``alerts/<name>.yaml``."""
    read = yaml.safe_load((CASES / f"{name}.yaml").read_text())
    return tuple(
        AlertCases(
            alert=alert,
            fires=tuple(_case(case) for case in _several(item["fires"])),
            quiet=tuple(_case(case) for case in _several(item["quiet"])),
        )
        for alert, item in read.items()
    )


def elsewhere(item: AlertCases, namespace: str) -> AlertCases:
    """What makes it fire, in another namespace than ``namespace``: it keeps quiet."""
    label = f'namespace="{namespace}"'
    quiet = tuple(
        replace(
            case,
            series={
                name.replace(label, 'namespace="elsewhere"'): values
                for name, values in case.series.items()
            },
            labels={},
        )
        for case in item.fires
    )
    return AlertCases(alert=item.alert, fires=(), quiet=quiet)


def told_twice(item: AlertCases, *, once: bool) -> AlertCases:
    """What makes it fire, told by two at a time, as while a pod or a kubelet is replaced.

    Whoever tells of it has an ``instance``, and a ``pod`` where the series has none of its own.
    ``once`` is whether it fires as often as before.
    """
    fires = tuple(
        replace(
            case,
            series={
                _told_by(number, name): values
                for number in (1, 2)
                for name, values in case.series.items()
            },
            at_least=not once,
        )
        for case in item.fires
        if not any("instance=" in name for name in case.series)
    )
    return AlertCases(alert=item.alert, fires=fires, quiet=())


def _told_by(number: int, series: str) -> str:
    """``series`` as the pod of that number tells it."""
    name, _, labels = series.removesuffix("}").partition("{")
    pod = "" if re.search(r"\bpod=", labels) else f', pod="teller-{number}"'
    return f'{name}{{{labels}{", " if labels else ""}instance="10.0.0.{number}:80"{pod}}}'


def quoted_labels(rule: Mapping[str, Any]) -> frozenset[str]:
    """Labels that the texts of an alert quote."""
    texts = (text for key in ("annotations", "labels") for text in rule.get(key, {}).values())
    return frozenset(name for text in texts for name in _LABELS.findall(text))


def judged(groups: list[Any], tried: tuple[AlertCases, ...], folder: Path) -> str:
    """What promtool says of ``tried`` against the rules of ``groups``; nothing if all is right."""
    for item in tried:
        # Of its own rules alone, since each one takes its time for every minute of a case.
        rules = {"groups": list(_groups_for(groups, item.alert))}
        (folder / f"{item.alert}.rules.yaml").write_text(yaml.safe_dump(rules))
        tests = {
            "rule_files": [f"{item.alert}.rules.yaml"],
            "evaluation_interval": "1m",
            "tests": list(_tests(item)),
        }
        (folder / f"{item.alert}.yaml").write_text(yaml.safe_dump(tests, sort_keys=False))
    command = ["promtool", "test", "rules", *(f"{item.alert}.yaml" for item in tried)]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else done.stdout + done.stderr


def _groups_for(groups: list[Any], alert: str) -> Iterator[Mapping[str, Any]]:
    """The groups with what is recorded, and the alerts of that name."""
    for group in groups:
        rules = [rule for rule in group["rules"] if rule.get("alert", alert) == alert]
        if rules:
            yield {**group, "rules": rules}


def _several(item: Any) -> list[Any]:
    return item if isinstance(item, list) else [item]


def _case(item: Mapping[str, Any]) -> Case:
    series = {name: _values(values) for name, values in item["series"].items()}
    return Case(**{**item, "series": series})


def _values(values: object) -> str:
    """As they are written; YAML and promtool take ``0x20`` for one sample of 32."""
    if not isinstance(values, str) or _HEXADECIMAL.search(values):
        msg = f"write 0+0x20 for 21 samples of 0, and several samples as a string: {values}"
        raise ValueError(msg)
    return values


def _tests(item: AlertCases) -> Iterator[Mapping[str, Any]]:
    for case in item.fires:
        yield _test(item.alert, case, fires=True)
    for case in item.quiet:
        yield _test(item.alert, case, fires=False)


def _test(alert: str, case: Case, *, fires: bool) -> Mapping[str, Any]:
    labels = {"alertname": alert, "alertstate": "firing", **case.labels}
    chosen = ", ".join(f'{name}="{value}"' for name, value in labels.items())
    samples = [{"labels": "{}", "value": case.alerts}] if fires else []
    count = f"count(ALERTS{{{chosen}}})"
    if case.at_least:
        count = f"clamp_max({count}, {case.alerts})"
    return {
        "name": f"{alert} {'fires' if fires else 'is quiet'}",
        "interval": case.interval,
        "input_series": [
            {"series": name, "values": values} for name, values in case.series.items()
        ],
        "promql_expr_test": [{"expr": count, "eval_time": case.at, "exp_samples": samples}],
    }
