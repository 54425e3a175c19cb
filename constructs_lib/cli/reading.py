"""From the JSON that kubectl answers with to typed values.

What an answer leaves out reads as empty: a controller writes a status when it gets there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from constructs_lib.cli.answers import Body, Condition, Container, Ended, Event, Pod, Snapshot
from constructs_lib.cli.rendered import Key, key_of
from constructs_lib.rules.pods import mapping, value_at


def snapshot(objects: Iterable[Body]) -> Snapshot:
    """The objects of an answer, of whatever kinds."""
    others: dict[Key, Body] = {}
    pods: list[Pod] = []
    events: list[Event] = []
    for body in objects:
        match body.get("kind"):
            case "Pod":
                pods.append(_pod(body))
            case "Event":
                events.append(_event(body))
            case _:
                others[key_of(body)] = body
    owners = {key: owner for key, body in others.items() if (owner := _owner(body))}
    return Snapshot(others, tuple(pods), tuple(sorted(events, key=lambda e: e.last)), owners)


def conditions(body: Body) -> dict[str, Condition]:
    """The conditions of an object, by type."""
    return {
        str(entry.get("type")): Condition(
            str(entry.get("status", "")), _text(entry, "reason"), _text(entry, "message")
        )
        for entry in value_at(body, "status.conditions") or ()
    }


def _pod(body: Body) -> Pod:
    status = mapping(body.get("status"))
    metadata = mapping(body.get("metadata"))
    return Pod(
        key=key_of(body),
        owner=_owner(body),
        phase=_text(status, "phase"),
        reason=_text(status, "reason"),
        message=_text(status, "message"),
        conditions=conditions(body),
        containers=(
            *(
                _container(entry, initial=True)
                for entry in status.get("initContainerStatuses") or ()
            ),
            *(_container(entry, initial=False) for entry in status.get("containerStatuses") or ()),
        ),
        claims=tuple(
            str(value_at(volume, "persistentVolumeClaim.claimName"))
            for volume in value_at(body, "spec.volumes") or ()
            if mapping(volume).get("persistentVolumeClaim")
        ),
        created=_text(metadata, "creationTimestamp"),
        node=_text(mapping(body.get("spec")), "nodeName"),
        ending=_ending(metadata),
        finalizers=tuple(map(str, metadata.get("finalizers") or ())),
    )


def _ending(metadata: Body) -> str:
    """When the deletion of an object was asked for: its time stamp is when it is to be over."""
    until = _text(metadata, "deletionTimestamp")
    grace = timedelta(seconds=int(metadata.get("deletionGracePeriodSeconds") or 0))
    try:
        return f"{datetime.fromisoformat(until) - grace:%Y-%m-%dT%H:%M:%SZ}"
    except ValueError:
        return until


def _container(status: Body, *, initial: bool) -> Container:
    waiting = mapping(value_at(status, "state.waiting"))
    return Container(
        name=_text(status, "name"),
        image=_text(status, "image"),
        initial=initial,
        ready=bool(status.get("ready")),
        running=value_at(status, "state.running") is not None,
        restarts=int(status.get("restartCount") or 0),
        waiting=_text(waiting, "reason"),
        message=_text(waiting, "message"),
        ended=_ended(value_at(status, "state.terminated")),
        before=_ended(value_at(status, "lastState.terminated")),
    )


def _ended(body: Any) -> Ended | None:
    if not isinstance(body, Mapping):
        return None
    code = int(body.get("exitCode") or 0)
    return Ended(code, _text(body, "reason"), _text(body, "message"))


def _event(body: Body) -> Event:
    about = mapping(body.get("involvedObject"))
    # Which of the times is written depends on the API that the event came by.
    times = (body.get("lastTimestamp"), value_at(body, "series.lastObservedTime"))
    last = next((t for t in (*times, body.get("eventTime"), body.get("firstTimestamp")) if t), "")
    return Event(
        about=Key(_text(about, "kind"), _text(about, "namespace"), _text(about, "name")),
        reason=_text(body, "reason"),
        message=_text(body, "message"),
        warning=body.get("type") == "Warning",
        last=str(last),
    )


def _owner(body: Body) -> Key | None:
    namespace = key_of(body).namespace
    for entry in value_at(body, "metadata.ownerReferences") or ():
        if entry.get("controller"):
            return Key(str(entry.get("kind")), namespace, str(entry.get("name")))
    return None


def _text(body: Body, name: str) -> str:
    return " ".join(str(body.get(name) or "").split())
