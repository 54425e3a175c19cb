"""What consumers use to test their own apps.

::

    def test_orders_is_restricted() -> None:
        objects = synth(lambda app: Orders(app, PROD))
        assert_restricted(objects)
        assert one(objects, "Deployment", "orders-api")["spec"]["replicas"] == 3
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import cdk8s

from constructs_lib.chart import AppChart
from constructs_lib.checking import (
    Demands,
    by_environment,
    found_by,
    judged,
    not_waived,
)
from constructs_lib.errors import NovaError, nearest
from constructs_lib.rendering import Document, Rendered, rendered
from constructs_lib.rules import FLEET_RULES, Fleet, Known, Rule, Waiver
from constructs_lib.rules.findings import described
from constructs_lib.rules.pod_security import numeric_user, restricted
from constructs_lib.rules.revisions import refused_changes
from constructs_lib.rules.waivers import UNUSED


class Objects(list[Document]):
    """The objects of some charts, and what is known of where they run."""

    def __init__(self, charts: Sequence[Rendered] = ()) -> None:
        super().__init__(item for chart in charts for item in chart.objects)
        self._charts = tuple(charts)

    def charts(self) -> list[Rendered]:
        """The charts with what the list holds by now, in the first of each environment.

        What was added to the list is in every environment, and what was taken out in none.
        """
        owners = {id(item): chart.environment for chart in self._charts for item in chart.objects}
        found: list[Rendered] = []
        for name, (first, *others) in by_environment(self._charts).items():
            here = [item for item in self if owners.get(id(item), name) == name]
            found.append(first._replace(objects=here))
            found += [chart._replace(objects=[]) for chart in others]
        return found


def synth(*builds: Callable[[cdk8s.App], AppChart]) -> Objects:
    """The objects of the charts that ``builds`` put into one app, as they would be written."""
    app = cdk8s.App()
    for build in builds:
        build(app)
    return Objects(rendered(app))


def one(objects: Sequence[Document], kind: str, name: str) -> Document:
    """The object ``kind`` ``name``.

    Raises ``NovaError`` with the nearest name if there is none, and with the namespaces where
    several have one.
    """
    of_kind = [item for item in objects if item["kind"] == kind]
    found = [item for item in of_kind if item["metadata"]["name"] == name]
    if len(found) == 1:
        return found[0]
    if found:
        places = ", ".join(str(item["metadata"].get("namespace")) for item in found)
        msg = f"{len(found)} objects are {kind} {name!r}: in {places}"
    else:
        names = [item["metadata"]["name"] for item in of_kind]
        msg = f"no {kind} is called {name!r}: {nearest(name, names)}"
    raise NovaError(msg)


def assert_restricted(objects: Sequence[Document]) -> None:
    """Every pod keeps Pod Security ``restricted``, with a numeric user that is not root."""
    findings = [*restricted(objects), *numeric_user(objects)]
    assert not findings, "\n".join(map(str, findings))  # noqa: S101  (an assertion for tests)


def assert_rules(
    objects: Sequence[Document],
    *,
    rules: Sequence[Rule] = FLEET_RULES,
    known: Known | None = None,
    waivers: Sequence[Waiver] = (),
) -> None:
    """The objects keep every rule that a synth of a whole environment checks, and find a node.

    ``known`` lists what the cluster has besides, where :func:`synth` cannot know it from the
    charts; ``waivers`` what may break a rule for a while: those of ``write_apps`` do, since none is
    called unused that is for an environment, or for an object in a namespace, that is not among the
    objects. Objects that come from
    elsewhere than :func:`synth`, such as files, name no environment and no cluster: rules run over
    them, and nothing is placed. Raises ``PropsError`` for what is no rule and no waiver.
    """
    charts = objects.charts() if isinstance(objects, Objects) else []
    names = {"", *by_environment(charts)}
    demands = Demands(rules, known or Known(), waivers)
    demands.check()
    here = [waiver for waiver in waivers if waiver.environment in names]
    if charts:
        left = list(judged(charts, demands._replace(waivers=here)).findings)
    else:
        left = not_waived(found_by(rules, Fleet(objects, demands.known)), here)
    there = {described(item) for item in objects}
    for chart in charts:
        there.update(f"{chart.environment}: {described(item)}" for item in chart.objects)
    left = [
        item
        for item in left
        if item.rule != UNUSED or "/" not in item.object or item.object in there
    ]
    assert not left, "\n".join(map(str, left))  # noqa: S101  (an assertion for tests)


def assert_applies_over(before: Sequence[Document], after: Sequence[Document]) -> None:
    """A cluster that has ``before`` takes ``after``: nothing changes that can never change.

    ``before`` is what was rendered last, such as the files of the main branch.
    """
    findings = refused_changes(before, after)
    assert not findings, "\n".join(map(str, findings))  # noqa: S101  (an assertion for tests)
