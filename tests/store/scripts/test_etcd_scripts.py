"""The scripts of etcd's jobs, by dash and by BusyBox, with members that are files."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.store.scripts.etcd_members import Members, run

SHELLS = [pytest.param(["dash"], id="dash"), pytest.param(["busybox", "sh"], id="busybox")]
pytestmark = pytest.mark.parametrize("shell", SHELLS)


def test_the_leader_is_last(shell: Sequence[str], tmp_path: Path) -> None:
    members = Members(tmp_path)
    for number, name in enumerate("abc", start=1):
        members.status(name, number, leader=2)

    assert members.defragment(shell).returncode == 0
    assert members.defragmented == ["a", "c", "b"]


def test_a_member_with_little_to_give_back_is_left_alone(
    shell: Sequence[str], tmp_path: Path
) -> None:
    members = Members(tmp_path)
    for number, name in enumerate("abc", start=1):
        members.status(name, number, leader=1, used=90 if name == "b" else 80)

    done = members.defragment(shell)
    assert members.defragmented == ["c", "a"]
    assert "http://b:2379 is left alone: it uses 90 of 100 bytes" in done.stdout


def test_a_member_that_takes_no_writes_is_defragmented_whatever_it_says_it_uses(
    shell: Sequence[str], tmp_path: Path
) -> None:
    members = Members(tmp_path)
    alarm = ',"errors":["memberID:1 alarm:NOSPACE "]'
    for number, name in enumerate("abc", start=1):
        members.status(name, number, leader=1, used=95, rest=alarm)

    done = members.defragment(shell)
    assert done.returncode == 0
    assert members.defragmented == ["b", "c", "a"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("missing", "http://c:2379 does not answer"),
        ("leaderless", "http://c:2379 knows no leader"),
        ("other leader", "members disagree who leads"),
    ],
)
def test_nothing_is_done_unless_all_are_well(
    shell: Sequence[str], tmp_path: Path, change: str, message: str
) -> None:
    members = Members(tmp_path)
    for number, name in enumerate("abc", start=1):
        members.status(name, number, leader=1)
    match change:
        case "missing":
            (members.answers / "c-status").unlink()
        case "leaderless":
            members.status("c", 3, leader=0)
        case _:
            members.status("c", 3, leader=3)

    done = members.defragment(shell)
    assert done.returncode != 0
    assert message in done.stdout
    assert members.defragmented == []


def without_c(folder: Path) -> Members:
    """Members of whom ``c`` has lost its data."""
    members = Members(folder)
    for number, name in enumerate("ab", start=1):
        members.status(name, number, leader=2)
        members.listed(name, (1, "a", "a"), (2, "b", "b"), (33, "c", "c"))
    return members


REMOVAL = 'a remove {"ID":"33"}'
ADDITION = 'a add {"peerURLs":["http://c:2380"]}'


def test_a_lost_member_leaves_and_is_entered_anew(shell: Sequence[str], tmp_path: Path) -> None:
    members = without_c(tmp_path)
    done = members.rejoin(shell, "c")
    assert done.returncode == 0, done.stdout + done.stderr
    assert members.changes == [REMOVAL, ADDITION]


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        pytest.param([(33, "", "c")], [REMOVAL, ADDITION], id="entered and never started"),
        pytest.param([], [ADDITION], id="removed only"),
    ],
)
def test_a_run_that_was_cut_short_is_repeated(
    shell: Sequence[str],
    tmp_path: Path,
    entries: list[tuple[int, str, str]],
    expected: list[str],
) -> None:
    members = without_c(tmp_path)
    members.listed("a", (1, "a", "a"), (2, "b", "b"), *entries)
    assert members.rejoin(shell, "c").returncode == 0
    assert members.changes == expected


def test_somebody_else_is_asked_where_the_first_does_not_answer(
    shell: Sequence[str], tmp_path: Path
) -> None:
    members = without_c(tmp_path)
    (members.answers / "a-status").unlink()
    assert members.rejoin(shell, "c").returncode == 0
    assert [change[0] for change in members.changes] == ["b", "b"]


@pytest.mark.parametrize(
    ("lost", "change", "message"),
    [
        ("", "", "LOST is empty"),
        ("d", "", "d is none of the members"),
        ("c", "it answers", "c answers, so it has its data"),
        ("c", "no quorum", "no other member knows a leader"),
    ],
)
def test_nobody_is_removed_who_may_have_its_data(
    shell: Sequence[str], tmp_path: Path, lost: str, change: str, message: str
) -> None:
    members = without_c(tmp_path)
    if change == "it answers":
        members.status("c", 33, leader=0)
    elif change == "no quorum":
        for number, name in enumerate("ab", start=1):
            members.status(name, number, leader=0)
    (members.answers / "asked").touch()
    done = members.rejoin(shell, lost)
    assert done.returncode == 1
    assert message in done.stdout
    assert members.changes == []


def test_a_member_that_is_refused_is_entered_by_the_next_run(
    shell: Sequence[str], tmp_path: Path
) -> None:
    members = without_c(tmp_path)
    (members.answers / "a-add").unlink()
    done = members.rejoin(shell, "c")
    assert done.returncode == 1
    assert "c could not be entered; run this once more" in done.stdout


def test_what_was_there_is_set_aside_once(shell: Sequence[str], tmp_path: Path) -> None:
    data, aside = tmp_path / "data", tmp_path / "data.before-restore"
    for text in ("first", "second"):
        data.mkdir()
        (data / "file").write_text(text)
        done = run(shell, "set-aside.sh", str(data), variables={"PATH": "/usr/bin:/bin"})
        assert done.returncode == 0
        assert not data.exists()
        assert (aside / "file").read_text() == text

    # A volume that is new holds nothing to set aside, and the next restore has it to itself.
    assert run(shell, "set-aside.sh", str(data), variables={"PATH": "/bin"}).returncode == 0
    assert not aside.exists()


@pytest.mark.parametrize(
    ("answer", "holds"),
    [
        ('{"header":{"revision":"1"}}', "nothing"),
        ('{"header":{"revision":"9"},"count":"12"}', "data"),
        ('{"header": {"revision": "9"}, "count": "10"}', "data"),
    ],
)
def test_a_backup_says_whether_there_are_keys(
    shell: Sequence[str], tmp_path: Path, answer: str, holds: str
) -> None:
    members = Members(tmp_path)
    (members.answers / "a-range").write_text(answer)
    assert members.holds(shell).returncode == 0
    assert (tmp_path / "holds").read_text() == f"{holds}\n"


def test_a_member_that_does_not_answer_is_not_called_empty(
    shell: Sequence[str], tmp_path: Path
) -> None:
    members = Members(tmp_path)
    assert members.holds(shell).returncode != 0
    assert not (tmp_path / "holds").exists()
