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
from constructs_lib.errors import NovaError, nearest
from constructs_lib.output import Document, render
from constructs_lib.rules import FLEET_RULES
from constructs_lib.rules.pod_security import numeric_user, restricted
from constructs_lib.rules.revisions import refused_changes


def synth(*builds: Callable[[cdk8s.App], AppChart]) -> list[Document]:
    """The objects of the charts that ``builds`` put into one app, as they would be written."""
    app = cdk8s.App()
    for build in builds:
        build(app)
    return [document for objects in render(app).values() for document in objects]


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


def assert_rules(objects: Sequence[Document]) -> None:
    """The objects keep every rule that a synth of a whole environment checks."""
    findings = [finding for rule in FLEET_RULES for finding in rule(objects)]
    assert not findings, "\n".join(map(str, findings))  # noqa: S101  (an assertion for tests)


def assert_applies_over(before: Sequence[Document], after: Sequence[Document]) -> None:
    """A cluster that has ``before`` takes ``after``: nothing changes that can never change.

    ``before`` is what was rendered last, such as the files of the main branch.
    """
    findings = refused_changes(before, after)
    assert not findings, "\n".join(map(str, findings))  # noqa: S101  (an assertion for tests)
