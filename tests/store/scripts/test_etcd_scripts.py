"""The scripts of etcd's jobs, by dash and by BusyBox, with members that are files."""

import re
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

import constructs_lib.store.files

SCRIPTS = Path(constructs_lib.store.files.__file__).parent / "etcd"
SHELLS = [pytest.param(["dash"], id="dash"), pytest.param(["busybox", "sh"], id="busybox")]
pytestmark = pytest.mark.parametrize("shell", SHELLS)

# Answers by files, named by host and by what is asked; notes what is asked.
CURL = """#!/bin/sh
for word; do url=$word; done
host=${url#http://}; host=${host%%:*}
echo "$host ${url##*/}" >>"$ANSWERS/asked"
cat "$ANSWERS/$host-${url##*/}" 2>/dev/null || exit 22
"""


class Members:
    """Three members as files of what they answer."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "curl").write_text(CURL)
        (folder / "curl").chmod(0o755)
        (folder / "sleep").write_text("#!/bin/sh\n")
        (folder / "sleep").chmod(0o755)
        self.answers = folder / "answers"
        self.answers.mkdir()

    def status(
        self, name: str, number: int, leader: int, *, size: int = 100, used: int = 10
    ) -> None:
        # Releases from 3.6 on put a space after a colon.
        text = f'{{"header":{{"member_id": "{number}"}},"dbSize":"{size}","leader": "{leader}"'
        (self.answers / f"{name}-status").write_text(f'{text},"dbSizeInUse":"{used}"}}\n')
        (self.answers / f"{name}-defragment").write_text("{}\n")

    def defragment(self, shell: Sequence[str]) -> subprocess.CompletedProcess[str]:
        variables = {
            "PATH": f"{self.folder}:/usr/bin:/bin",
            "ANSWERS": str(self.answers),
            "MEMBERS": "http://a:2379 http://b:2379 http://c:2379",
            "WORTHWHILE_PERCENT": "20",
        }
        return run(shell, "defragment.sh", variables=variables)

    @property
    def defragmented(self) -> list[str]:
        asked = (self.answers / "asked").read_text()
        return re.findall(r"(\w) defragment", asked)


def run(
    shell: Sequence[str], script: str, *words: str, variables: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*shell, str(SCRIPTS / script), *words],
        env=dict(variables),
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )


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
