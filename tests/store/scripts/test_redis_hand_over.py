"""How a Redis pod stops and is probed, by dash and by BusyBox, with pods that are files."""

# ruff: noqa: N802  (a test bears the id of its row)

from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.store.scripts.redis_members import HAND_OVER, SENTINEL, SERVER, Members

SHELLS = [pytest.param(["dash"], id="dash"), pytest.param(["busybox", "sh"], id="busybox")]
HERE = "127.0.0.1"
FAILOVER = "SENTINEL FAILOVER cache"


@pytest.fixture(params=SHELLS)
def members(request: pytest.FixtureRequest, tmp_path: Path) -> Members:
    """Pod ``m-0``, a master with two replicas in step, which two Sentinels would replace."""
    shell: Sequence[str] = list(request.param)
    made = Members(tmp_path, shell, "m-0")
    made.role(HERE, "master")
    replicate(made, "m-1", "m-2")
    for other in ("m-1", "m-2"):
        made.role(other, "slave")
        made.answer(other, "INFO replication", "slave_repl_offset:100\r\n")
        made.view(other, "m-0", 1)
        made.answer(other, FAILOVER, "OK\n", port=SENTINEL)
    return made


def replicate(members: Members, *online: str) -> None:
    lines = [
        f"slave{n}:ip={name},port=6379,state=online,offset=90,lag=0"
        for n, name in enumerate(online)
    ]
    text = "\r\n".join(["role:master", *lines, "master_repl_offset:100", ""])
    members.answer(HERE, "INFO replication", text)


def questions(members: Members, *words: str) -> list[str]:
    """Who was asked what, of what has one of the ``words`` in it."""
    return [question for question in members.asked if any(word in question for word in words)]


def test_F4_writes_stop_before_another_one_is_made_the_master(members: Members) -> None:
    members.role("m-2", "slave", nth=1)
    members.role("m-2", "master")
    done = members.run("hand-over.sh")

    assert done.returncode == 0
    assert "has handed over" in done.stderr
    assert questions(members, "CLIENT", "FAILOVER") == [
        f"{HERE} {SERVER} CLIENT PAUSE {HAND_OVER + 30}000 WRITE",
        f"m-1 {SENTINEL} {FAILOVER}",
    ]


def test_a_replica_has_nothing_to_hand_over(members: Members) -> None:
    members.role(HERE, "slave")
    assert members.run("hand-over.sh").returncode == 0
    assert members.asked == [f"{HERE} {SERVER} ROLE"]


def test_a_master_without_replicas_goes_on_to_its_end(members: Members) -> None:
    replicate(members)
    done = members.run("hand-over.sh")
    assert "no replica is in step" in done.stderr
    assert questions(members, "CLIENT", "FAILOVER") == []


def test_F4_a_replica_that_lags_is_waited_for(members: Members) -> None:
    for nth in (1, 2, 3):
        members.answer("m-1", "INFO replication", "slave_repl_offset:99\r\n", nth=nth)
    members.role("m-1", "slave", nth=1)
    members.role("m-1", "master")
    assert "has handed over" in members.run("hand-over.sh").stderr
    words = [question.split(" ", 2)[2] for question in members.asked]
    assert words[: words.index(FAILOVER)].count("INFO replication") >= 4


def test_a_replica_that_stays_behind_ends_it_and_writes_go_on(members: Members) -> None:
    members.answer("m-1", "INFO replication", "slave_repl_offset:99\r\n")
    done = members.run("hand-over.sh")
    assert "replicas lag behind" in done.stderr
    assert questions(members, "CLIENT", "FAILOVER")[-1] == f"{HERE} {SERVER} CLIENT UNPAUSE"
    assert HAND_OVER // 2 <= members.seconds < HAND_OVER


def test_F4_a_sentinel_that_finds_no_good_replica_is_asked_again(members: Members) -> None:
    for other in ("m-1", "m-2"):
        for nth in (1, 2):
            members.answer(other, FAILOVER, "NOGOODSLAVE No suitable\n", port=SENTINEL, nth=nth)
    for nth in range(1, 5):
        members.role("m-1", "slave", nth=nth)
    members.role("m-1", "master")
    assert "has handed over" in members.run("hand-over.sh").stderr
    asked = [question.split()[0] for question in questions(members, "FAILOVER")]
    assert asked[:5] == ["m-1", "m-2", "m-1", "m-2", "m-1"]


def test_one_sentinel_is_asked_for_all(members: Members) -> None:
    # A second one that has not heard of the first one's choice would choose again.
    for nth in range(1, 9):
        members.role("m-2", "slave", nth=nth)
    members.role("m-2", "master")
    members.run("hand-over.sh")
    asked = questions(members, "FAILOVER")
    assert {question.split()[0] for question in asked} == {"m-1"}


def test_a_sentinel_that_knows_another_master_is_not_asked_for_one(members: Members) -> None:
    members.view("m-1", "m-2", 2)
    members.role("m-2", "slave", nth=1)
    members.role("m-2", "master")
    members.run("hand-over.sh")
    assert questions(members, "FAILOVER") in ([], [f"m-2 {SENTINEL} {FAILOVER}"])


def test_where_nobody_is_chosen_the_server_stops_in_time_and_as_it_is(members: Members) -> None:
    done = members.run("hand-over.sh")
    assert done.returncode == 0
    assert "the Sentinels have chosen no other master" in done.stderr
    # What it took now, the one that may be chosen yet would not have.
    assert questions(members, "UNPAUSE") == []
    assert members.seconds == HAND_OVER


def outlasted(members: Members) -> int:
    done = members.run("outlast.sh", OUTLAST_SECONDS="5", LINGER_SECONDS="3")
    assert done.returncode == 0
    return members.seconds


def test_a_sentinel_of_a_replica_stops_at_once(members: Members) -> None:
    members.role(HERE, "slave")
    assert outlasted(members) == 0


def test_a_sentinel_stays_until_the_others_name_the_next_master(members: Members) -> None:
    for nth in (1, 2, 3):
        members.role(HERE, "master", nth=nth)
    members.role(HERE, "")
    for nth in (1, 2, 3):
        members.view("m-1", "m-0", 1, nth=nth)
    for other in ("m-1", "m-2"):
        members.view(other, "m-1", 2)
    assert 2 <= outlasted(members) <= 3
    assert len(questions(members, "VIEW")) == 8


def test_a_sentinel_stays_no_longer_than_it_may(members: Members) -> None:
    assert outlasted(members) == 8


@pytest.mark.parametrize(
    ("answer", "alive"),
    [
        ("PONG", True),
        ("LOADING Redis is loading the dataset in memory", True),
        ("MASTERDOWN Link with MASTER is down", True),
        ("BUSY Redis is busy running a script", True),
        ("NOAUTH Authentication required.", False),
        ("", False),
    ],
)
def test_F7_a_server_is_alive_whatever_it_says_of_its_master(
    members: Members, answer: str, *, alive: bool
) -> None:
    members.answer(HERE, "PING", answer)
    assert (members.run("alive.sh", str(SERVER)).returncode == 0) is alive
    assert members.asked == [f"{HERE} {SERVER} PING"]


@pytest.mark.parametrize(
    ("told", "ready"),
    [
        ("role:master", True),
        ("role:slave master_link_status:up master_sync_in_progress:0", True),
        ("role:slave master_link_status:up master_sync_in_progress:1", False),
        ("role:slave master_link_status:down master_sync_in_progress:0", False),
        ("role:slave master_link_status:down master_sync_in_progress:1", False),
        ("", False),
    ],
)
def test_F4_a_server_is_ready_when_it_is_in_step(
    members: Members, told: str, *, ready: bool
) -> None:
    members.answer(HERE, "PING", "PONG")
    members.answer(HERE, "INFO replication", told.replace(" ", "\r\n"))
    assert (members.run("ready.sh").returncode == 0) is ready


@pytest.mark.parametrize(("since", "ready"), [("30", True), ("-1", False)])
def test_F7_a_replica_that_has_been_in_step_goes_on_where_stale_reads_may(
    members: Members, since: str, *, ready: bool
) -> None:
    members.answer(HERE, "PING", "PONG")
    told = "role:slave\nmaster_link_status:down\nmaster_sync_in_progress:0\n"
    members.answer(HERE, "INFO replication", f"{told}master_link_down_since_seconds:{since}\n")
    assert (members.run("ready.sh", STALE_READS="yes").returncode == 0) is ready


def test_a_probe_leaves_no_process_to_the_server(members: Members) -> None:
    # BusyBox' timeout does, and a server collects it only while it saves.
    members.answer(HERE, "PING", "PONG")
    members.answer(HERE, "INFO replication", "role:master\n")
    members.run("alive.sh", str(SERVER))
    members.run("ready.sh")
    assert members.asked
    assert not members.limited
