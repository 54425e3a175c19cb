"""How a Redis pod starts, by dash and by BusyBox, with pods that are files.

Every row is a way in which others have ended up with two masters, or with none.
"""

# ruff: noqa: N802  (a test bears the id of its row)

import re
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from tests.store.scripts.redis_members import PATIENCE, SENTINEL, Members

SHELLS = [pytest.param(["dash"], id="dash"), pytest.param(["busybox", "sh"], id="busybox")]


@pytest.fixture(params=SHELLS)
def shell(request: pytest.FixtureRequest) -> Sequence[str]:
    return list(request.param)


@pytest.fixture
def make(shell: Sequence[str], tmp_path: Path) -> Callable[[str], Members]:
    return lambda host: Members(tmp_path, shell, host)


Make = Callable[[str], Members]


@pytest.mark.parametrize("host", ["m-1", "m-2"])
@pytest.mark.parametrize("kept", [False, True], ids=["empty", "with data"])
def test_F1_a_later_pod_is_no_master_while_nobody_answers(
    make: Make, host: str, *, kept: bool
) -> None:
    members = make(host)
    if kept:
        members.keep_data()
    assert members.become() == "m-0"


def test_F1_the_first_pod_is_the_master_once_all_others_say_that_they_hold_nothing(
    make: Make,
) -> None:
    members = make("m-0")
    for other in ("m-1", "m-2"):
        members.holds(other, data=False)
    assert members.become() == "master"


@pytest.mark.parametrize("answering", [[], ["m-1"]], ids=["none", "one"])
def test_F1_the_first_pod_with_an_empty_volume_waits_for_those_that_may_hold_data(
    make: Make, answering: list[str]
) -> None:
    members = make("m-0")
    for other in answering:
        members.holds(other, data=False)
    assert members.become().startswith("waits for another master, since this volume is empty")


def test_F1_after_a_stop_of_all_the_last_master_is_the_master(make: Make) -> None:
    members = make("m-2")
    members.keep_data()
    members.keep_choice("m-2", 7)
    assert members.become() == "master"
    # Not at once: another may be one by now.
    assert members.seconds >= PATIENCE


def test_F1_after_a_stop_of_all_the_others_follow_the_last_master(make: Make) -> None:
    members = make("m-0")
    members.keep_data()
    members.keep_choice("m-2", 7)
    members.role("m-2", "master")
    assert members.become() == "m-2"


def test_F2_a_restarted_pod_waits_for_answers_that_come_late(make: Make) -> None:
    members = make("m-0")
    members.keep_data()
    members.keep_choice("m-0", 1)
    for nth in (1, 2, 3):
        members.answer("m-1", "VIEW", "", port=SENTINEL, nth=nth)
        members.role("m-2", "", nth=nth)
    members.view("m-1", "m-2", 2)
    members.role("m-2", "master")
    assert members.become() == "m-2"
    assert members.seconds >= 3


def test_F2_a_pod_does_not_ask_itself(make: Make) -> None:
    members = make("m-0")
    members.view("m-0", "m-0", 9)
    members.view("m-1", "m-1", 2)
    members.role("m-1", "master")
    assert members.become() == "m-1"
    assert {question.split()[0] for question in members.asked} == {"m-1", "m-2"}


def test_F2_a_pod_that_the_others_still_name_waits_while_they_miss_it(make: Make) -> None:
    members = make("m-0")
    members.keep_data()
    for nth in (1, 2, 3):
        members.view("m-1", "m-0", 1, flags="s_down,master,o_down", nth=nth)
    members.view("m-1", "m-1", 2)
    members.view("m-2", "m-0", 1, flags="master")
    for nth in (1, 2, 3):
        members.role("m-1", "slave", nth=nth)
    members.role("m-1", "master")
    assert members.become() == "m-1"


def test_F2_a_pod_that_the_others_name_and_do_not_miss_goes_on(make: Make) -> None:
    members = make("m-0")
    members.keep_data()
    for other in ("m-1", "m-2"):
        members.view(other, "m-0", 1)
        members.role(other, "slave")
    assert members.become() == "master"
    assert members.seconds == 0


def test_F2_a_pod_that_was_away_for_long_lets_itself_be_replaced(make: Make) -> None:
    members = make("m-0")
    members.keep_data()
    for other in ("m-1", "m-2"):
        members.view(other, "m-0", 1, silence=2600, nth=1)
        members.view(other, "m-0", 1, flags="s_down,master", silence=5100, nth=2)
        members.view(other, "m-2", 2)
        for nth in (1, 2):
            members.role(other, "slave", nth=nth)
    members.role("m-2", "master")
    assert members.become() == "m-2"


def test_F2_a_pod_that_was_away_for_long_goes_on_where_nobody_could_replace_it(make: Make) -> None:
    members = make("m-0")
    members.keep_data()
    for other in ("m-1", "m-2"):
        members.view(other, "m-0", 1, silence=2600)
    assert members.become() == "master"
    assert members.seconds == 0


def test_F2_an_empty_pod_that_the_others_name_has_them_choose_another(make: Make) -> None:
    members = make("m-0")
    for other in ("m-1", "m-2"):
        members.view(other, "m-0", 1, nth=1)
        members.view(other, "m-2", 2)
        members.holds(other, data=True)
        members.role(other, "slave", nth=1)
    members.role("m-2", "master")
    assert members.become() == "m-2"
    assert [q for q in members.asked if "FAILOVER" in q] == ["m-2 26379 SENTINEL FAILOVER cache"]


def test_the_latest_choice_counts(make: Make) -> None:
    members = make("m-0")
    members.keep_data()
    members.keep_choice("m-0", 5)
    members.view("m-1", "m-1", 4)
    members.view("m-2", "m-2", 6)
    for other in ("m-1", "m-2"):
        members.role(other, "master")
    assert members.become() == "m-2"


def test_F3_who_is_named_has_to_be_a_master(make: Make) -> None:
    members = make("m-0")
    members.keep_data()
    for other in ("m-1", "m-2"):
        members.view(other, "m-2", 3, nth=1)
        members.view(other, "m-1", 4)
        members.role(other, "slave", nth=1)
    members.role("m-2", "slave")
    members.role("m-1", "master")
    assert members.become() == "m-1"


def test_F3_who_is_named_and_no_master_is_followed_in_the_end_so_that_it_can_be_replaced(
    make: Make,
) -> None:
    members = make("m-0")
    members.keep_data()
    for other in ("m-1", "m-2"):
        members.view(other, "m-2", 3)
        members.role(other, "slave")
    assert members.become() == "m-2"
    assert members.seconds >= PATIENCE


@pytest.mark.parametrize("view", ["", "\n", "ERR No such master with that name\n"])
def test_F5_an_answer_that_names_nobody_is_none(make: Make, view: str) -> None:
    members = make("m-1")
    members.keep_data()
    for other in ("m-0", "m-2"):
        members.answer(other, "VIEW", view, port=SENTINEL)
    members.role("m-0", "master")
    assert members.become() == "m-0"


def test_F5_a_pod_that_is_named_is_no_second_master_beside_one_there_is(make: Make) -> None:
    members = make("m-0")
    members.keep_data()
    for other in ("m-1", "m-2"):
        members.view(other, "m-0", 1)
    members.role("m-2", "master")
    # However long it takes: what the other one has taken meanwhile would be gone.
    assert members.become().startswith("waits for the Sentinels to replace this pod")


def test_F5_one_that_became_the_master_meanwhile_is_followed(make: Make) -> None:
    members = make("m-0")
    members.keep_data()
    members.role("m-1", "slave", nth=1)
    members.role("m-1", "master")
    assert members.become() == "m-1"
    assert members.seconds < PATIENCE


def test_F5_of_two_masters_none_is_chosen_by_chance(make: Make) -> None:
    members = make("m-0")
    members.keep_data()
    for other in ("m-1", "m-2"):
        members.role(other, "master")
    assert members.become().startswith("waits for the Sentinels to replace this pod")


def test_F6_a_server_is_announced_and_followed_by_name(make: Make) -> None:
    members = make("m-1")
    members.view("m-2", "m-0", 1)
    members.role("m-0", "master")
    assert members.become() == "m-0"
    text = (members.data / "conf/redis.conf").read_text()
    assert "\nreplica-announce-ip m-1\nreplica-announce-port 6379\n" in text
    assert "\nrequirepass secret\nmasterauth secret\n" in text
    assert not re.search(r"\d+\.\d+\.\d+\.\d+", text)


def sentinel_file(members: Members) -> list[str]:
    assert members.run("start-sentinel.sh").returncode == 0
    return (members.data / "conf/sentinel.conf").read_text().splitlines()


def test_F6_a_sentinel_knows_all_others_by_name_before_it_has_met_them(make: Make) -> None:
    lines = sentinel_file(make("m-1"))
    assert lines[0] == "sentinel monitor cache m-0 6379 2"
    assert "sentinel announce-ip m-1" in lines
    assert [line for line in lines if "known-replica" in line] == [
        "sentinel known-replica cache m-1 6379",
        "sentinel known-replica cache m-2 6379",
    ]
    known = [line.split()[3] for line in lines if "known-sentinel" in line]
    assert known == ["m-0", "m-2"]


def test_a_sentinel_without_its_volume_is_no_further_one(make: Make) -> None:
    members = make("m-1")
    first = [line for line in sentinel_file(members) if "myid" in line]
    (members.data / "conf/sentinel.conf").unlink()
    assert [line for line in sentinel_file(members) if "myid" in line] == first


def test_F1_a_sentinel_goes_on_with_what_it_knew_and_had_voted_for(make: Make) -> None:
    members = make("m-1")
    members.keep_choice("m-2", 4, "sentinel leader-epoch cache 5", "sentinel current-epoch 6")
    lines = sentinel_file(members)
    assert lines[0] == "sentinel monitor cache m-2 6379 2"
    assert "sentinel config-epoch cache 4" in lines
    assert {"sentinel leader-epoch cache 5", "sentinel current-epoch 6"} <= set(lines)
    # Its own volume is enough.
    assert members.asked == []


def test_a_sentinel_without_its_volume_takes_what_the_others_say(make: Make) -> None:
    members = make("m-1")
    members.view("m-2", "m-2", 4)
    lines = sentinel_file(members)
    assert lines[0] == "sentinel monitor cache m-2 6379 2"
    assert "sentinel config-epoch cache 0" in lines


@pytest.mark.parametrize("script", ["start-member.sh", "start-sentinel.sh", "start-standalone.sh"])
def test_a_password_that_somebody_would_have_to_quote_is_refused(make: Make, script: str) -> None:
    done = make("m-0").run(script, REDISCLI_AUTH='a"b')
    assert done.returncode == 1
    assert "the password holds characters besides" in done.stderr


def test_a_master_that_nobody_replaces_starts_empty_only_with_empty_replicas(make: Make) -> None:
    members = make("m-0")
    replicas = {"REPLICAS": "r-0 r-1"}
    members.holds("r-0", data=False)
    assert "waits: this volume is empty, and r-1" in members.become("start-master.sh", **replicas)
    members.holds("r-1", data=False)
    assert members.become("start-master.sh", **replicas) == "master"


def test_a_master_that_nobody_replaces_stays_down_rather_than_empty_its_replicas(
    make: Make,
) -> None:
    members = make("m-0")
    members.holds("r-0", data=True)
    assert "r-0 holds data, which it would lose" in members.become(
        "start-master.sh", REPLICAS="r-0"
    )
    members.keep_data()
    assert members.become("start-master.sh", REPLICAS="r-0") == "master"


def test_a_replica_that_never_leads_follows_at_once(make: Make) -> None:
    members = make("m-1")
    assert members.become("start-replica.sh", MASTER="m-0") == "m-0"
    assert members.asked == []
