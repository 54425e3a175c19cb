# ruff: noqa: INP001 (a program of its own, that no module of the library imports)
"""Brings a running cluster to the configuration that is declared, by Patroni's REST API.

What a new cluster begins with (``bootstrap.dcs``) is never read again, so a change of it reaches a
running one this way only. It may run as often as one likes. Where a parameter takes a restart,
members are restarted one after the other, the primary last, each when the one before is in step.

Arguments: the file with what is declared. Variables: MEMBERS, the base URLs of all members;
WAIT_SECONDS, how long they may take to answer; PATRONI_RESTAPI_USERNAME and -PASSWORD; CA_FILE,
where members show certificates.
"""

from __future__ import annotations

import base64
import json
import os
import ssl
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import Request, urlopen

Config = dict[str, Any]

PAUSE_SECONDS = 2.0
ANSWER_SECONDS = 10.0
RESTART_SECONDS = 120.0
ROUNDS = 3
"""Once for what is restarted, once for replicas that could only follow their primary, and one."""

OWNED = ("postgresql", "slots")
"""Sections that hold what is declared and nothing else. Others may hold what people set, such as
``pause``."""


class ClusterError(Exception):
    """The cluster does not do what it is asked for."""


def main() -> None:
    """Apply the file and restart what waits for it."""
    declared = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))["bootstrap"]["dcs"]
    deadline = time.monotonic() + float(os.environ["WAIT_SECONDS"])
    member = available(os.environ["MEMBERS"].split(), deadline)
    current = asked(member, "/config")
    change = difference(current, declared)
    if change:
        # Names alone: a setting can hold a secret.
        say(f"changes {', '.join(sorted(paths(change)))}")
        asked(member, "/config", "PATCH", change)
        # Every member looks at it once in a loop, and tells what it makes of it in the next one.
        time.sleep(2 * float(declared["loop_wait"]) + 1)
    else:
        say("nothing to change")
    restart_pending(member, paused=bool(current.get("pause")))


def difference(current: Config, declared: Config) -> Config:
    """The patch that makes ``current`` say what is declared; None in it removes a key."""
    change = {name: item for name, item in declared.items() if name not in current}
    for name, item in declared.items():
        if name not in current or current[name] == item:
            continue
        both = isinstance(item, dict) and isinstance(current[name], dict)
        change[name] = exact(current[name], item) if both else item
    return change | {name: None for name in OWNED if name in current and name not in declared}


def exact(current: Config, declared: Config) -> Config:
    """The same for a section that is to hold nothing else."""
    gone = dict.fromkeys(name for name in current if name not in declared)
    kept = {name: item for name, item in current.items() if name in declared}
    return difference(kept, declared) | gone


def paths(change: Config, above: str = "") -> Iterator[str]:
    """Names of what is changed, with those of their sections."""
    for name, item in change.items():
        if isinstance(item, dict) and item:
            yield from paths(item, f"{above}{name}.")
        else:
            yield f"{above}{name}"


def restart_pending(member: str, *, paused: bool) -> None:
    """Restart members until none waits for it."""
    for _ in range(ROUNDS):
        waiting = pending(member)
        if not waiting:
            say("no member waits for a restart")
            return
        if paused:
            msg = f"the cluster is paused, and {names(waiting)} wait for a restart"
            raise ClusterError(msg)
        for item in sorted(waiting, key=leads):
            restart(member, item)
    if waiting := pending(member):
        msg = f"{names(waiting)} still wait for a restart"
        raise ClusterError(msg)


def restart(member: str, item: Config) -> None:
    """Restart one member, and wait until it is in step again."""
    say(f"restarts {item['name']}")
    url = item["api_url"].removesuffix("/patroni")
    body = {"restart_pending": True, "timeout": int(RESTART_SECONDS)}
    asked(url, "/restart", "POST", body, seconds=RESTART_SECONDS + ANSWER_SECONDS)
    deadline = time.monotonic() + RESTART_SECONDS
    while not in_step(member, item["name"]):
        if time.monotonic() > deadline:
            msg = f"{item['name']} is not in step {RESTART_SECONDS:.0f} s after its restart"
            raise ClusterError(msg)
        time.sleep(PAUSE_SECONDS)
    # What it tells of itself is as old as its last loop.
    time.sleep(PAUSE_SECONDS)


def pending(member: str) -> list[Config]:
    """Members that wait for a restart."""
    found: list[Config] = asked(member, "/cluster")["members"]
    return [item for item in found if item.get("pending_restart")]


def in_step(member: str, name: str) -> bool:
    """Whether a member leads or streams, and somebody leads."""
    members = {item["name"]: item for item in asked(member, "/cluster")["members"]}
    state = members.get(name, {}).get("state")
    led = any(leads(item) and item["state"] == "running" for item in members.values())
    return led and state in ("running", "streaming")


def leads(item: Config) -> bool:
    """Whether it is the primary, or that of a cluster which follows another."""
    return item["role"] in ("leader", "standby_leader")


def names(members: list[Config]) -> str:
    """For people."""
    return ", ".join(item["name"] for item in members)


def available(urls: list[str], deadline: float) -> str:
    """The first member that knows of a primary which runs; waits until the deadline."""
    while True:
        problem = "nobody answers"
        for url in urls:
            try:
                members = asked(url, "/cluster")["members"]
            except ClusterError as error:
                problem = str(error)
                continue
            if any(leads(item) and item["state"] == "running" for item in members):
                return url
            problem = f"{url} knows of no primary"
        if time.monotonic() > deadline:
            raise ClusterError(problem)
        time.sleep(PAUSE_SECONDS)


def asked(
    url: str,
    path: str,
    method: str = "GET",
    body: Config | None = None,
    *,
    seconds: float = ANSWER_SECONDS,
) -> Any:
    """What a member answers, read as JSON where it is; raises `ClusterError`."""
    user = f"{os.environ['PATRONI_RESTAPI_USERNAME']}:{os.environ['PATRONI_RESTAPI_PASSWORD']}"
    headers = {"Authorization": f"Basic {base64.b64encode(user.encode()).decode()}"}
    data = None if body is None else json.dumps(body).encode()
    request = Request(url + path, data=data, headers=headers, method=method)  # noqa: S310
    authority = os.environ.get("CA_FILE")
    context = ssl.create_default_context(cafile=authority) if authority else None
    try:
        with urlopen(request, timeout=seconds, context=context) as response:  # noqa: S310
            text = response.read().decode()
    except (URLError, OSError) as error:
        reason = error.read().decode() if hasattr(error, "read") else ""
        msg = f"{method} {url}{path}: {error} {reason}".rstrip()
        raise ClusterError(msg) from error
    return json.loads(text) if text.startswith(("{", "[")) else text


def say(text: str) -> None:
    """Tell it at once."""
    print(text, flush=True)  # noqa: T201


if __name__ == "__main__":
    try:
        main()
    except ClusterError as error:
        sys.exit(str(error))
