"""The answers of the stub: what an API server of the local environment's version could say.

They are written by hand, so each object is held against the schemas of that version, and against
what belongs together in a cluster.
"""

from collections.abc import Iterator
from typing import Any

import pytest

from apps.environments import LOCAL
from constructs_lib.cli.rendered import Key, key_of
from tests.cli.stub import CLASSES, HERE, LOOK, NODE, api_server, recorded
from tests.schemas import kubernetes_problems

NAMES = sorted(file.stem for file in (HERE / "answers").glob("*.json"))
VERSION = LOCAL.cluster.kubernetes


def bodies(kind: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """The objects of a kind, each with the answer that it is in."""
    for name in NAMES:
        for body in recorded(name)["items"]:
            if body["kind"] == kind:
                yield f"{name}: {body['metadata']['name']}", body


@pytest.mark.parametrize("name", NAMES)
def test_every_object_fits_the_schema(name: str) -> None:
    answer = recorded(name)
    assert answer.keys() == {"apiVersion", "items", "kind", "metadata"}
    assert [p for body in answer["items"] for p in kubernetes_problems(body, VERSION)] == []


def test_what_is_answered_before_anything_is_applied_fits_the_schema() -> None:
    objects = [*CLASSES["items"], NODE, api_server("172.18.0.2", 6443)]
    assert [p for body in objects for p in kubernetes_problems(body, VERSION)] == []


@pytest.mark.parametrize("name", NAMES)
def test_objects_are_referred_to_by_the_uids_they_have(name: str) -> None:
    objects = recorded(name)["items"]
    uids = {key_of(body): body["metadata"]["uid"] for body in objects}
    for body in objects:
        for owner in body["metadata"].get("ownerReferences", ()):
            key = Key(owner["kind"], body["metadata"]["namespace"], owner["name"])
            assert owner["uid"] == uids[key]
        about = body.get("involvedObject")
        if about:
            assert about["uid"] == uids[key_of({**about, "metadata": about})]


def test_only_a_pod_that_is_placed_has_what_its_node_gives_it() -> None:
    found = {name: body for name, body in bodies("Pod") if "nodeName" not in body["spec"]}
    assert {name.partition(":")[0] for name in found} == {"pending-cpu", "pending-volume"}
    for name, body in found.items():
        assert body["status"].keys() == {"phase", "qosClass", "conditions"}, name


@pytest.mark.parametrize("name", NAMES)
def test_kinds_come_in_the_order_they_are_asked_for(name: str) -> None:
    asked = LOOK.removeprefix("get ").split(",")
    kinds = [f"{key_of(body).kind.lower()}s" for body in recorded(name)["items"]]
    places = [[one.partition(".")[0] for one in asked].index(kind) for kind in kinds]
    assert places == sorted(places)


def test_the_scheduler_writes_events_of_the_newer_api() -> None:
    found = [body for _, body in bodies("Event") if "default-sch" in body["reportingComponent"]]
    assert found
    for body in found:
        assert (body["firstTimestamp"], body["lastTimestamp"], body["source"]) == (None, None, {})
        assert body["eventTime"]


@pytest.mark.parametrize("phase", ["Failed", "Succeeded"])
def test_conditions_of_a_pod_that_has_ended_say_so(phase: str) -> None:
    reason = {"Failed": "PodFailed", "Succeeded": "PodCompleted"}[phase]
    ended = [body for _, body in bodies("Pod") if body["status"]["phase"] == phase]
    assert ended
    for body in ended:
        found = {one["type"]: one for one in body["status"]["conditions"]}
        assert {found["Ready"]["reason"], found["ContainersReady"]["reason"]} == {reason}
