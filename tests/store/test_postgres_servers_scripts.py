"""The scripts that start PostgreSQL servers, by dash and by BusyBox, with programs that pretend."""

# ruff: noqa: N802  (a test bears the id of its row; programs of the tests' own)

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest

import constructs_lib.store.files

SCRIPTS = Path(constructs_lib.store.files.__file__).parent / "postgres"
pytestmark = [
    pytest.mark.parametrize(
        "shell", [pytest.param(["dash"], id="dash"), pytest.param(["busybox", "sh"], id="busybox")]
    ),
    pytest.mark.skipif(
        not (shutil.which("dash") and shutil.which("busybox")), reason="needs dash and busybox"
    ),
]

INITDB = """
for word; do case $word in
    --pgdata=*) data=${word#*=} ;;
    --pwfile=*) cp "${word#*=}" "$SEEN/password" ;;
esac; done
mkdir "$data"
[ -z "${CUT_SHORT:-}" ] || exit 1
echo 17 >"$data/PG_VERSION"
"""
# No shell: what one starts in the background has SIGINT ignored, and a shell cannot undo that.
POSTGRES = f"""#!{sys.executable} -S
import os, pathlib, signal, sys
seen = pathlib.Path(os.environ["SEEN"])
signal.signal(signal.SIGINT, lambda *_: (seen / "stopped").write_text("yes") and sys.exit(0))
(seen / "environment").write_text(repr(dict(os.environ)))
(seen / "postgres").write_text(" ".join(sys.argv))
while True:
    signal.pause()
"""


class Machine:
    """A volume, and programs that note what they are asked."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.data = folder / "volume" / "pgdata"
        self.data.parent.mkdir()
        (folder / "bin").mkdir()
        self.running: list[subprocess.Popen[bytes]] = []

    def program(self, name: str, text: str) -> None:
        file = self.folder / "bin" / name
        file.write_text(text if text.startswith("#!") else f"#!/bin/sh\n{text}")
        file.chmod(0o755)

    def environment(self, variables: Mapping[str, str]) -> dict[str, str]:
        return {
            "PATH": f"{self.folder}/bin:{os.environ['PATH']}",
            "SEEN": str(self.folder),
            "TMPDIR": str(self.folder),
            "FOLDER": "/opt/postgres",
            "PGDATA": str(self.data),
            "POSTGRES_USER": "postgres",
            "POSTGRES_PASSWORD": "it's \\a $word",
            "PATRONI_POSTGRESQL_DATA_DIR": str(self.data),
            **variables,
        }

    def start(self, shell: Sequence[str], script: str, **variables: str) -> subprocess.Popen[bytes]:
        command = [*shell, str(SCRIPTS / script)]
        with (self.folder / "errors").open("wb") as errors:
            running = subprocess.Popen(
                command, env=self.environment(variables), stderr=errors, start_new_session=True
            )
        self.running.append(running)
        return running

    def close(self) -> None:
        """Whatever a test has left running ends."""
        for running in self.running:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(running.pid, signal.SIGKILL)
            running.wait()

    def seen(self, name: str) -> str:
        """What a program has noted, as soon as it has."""
        deadline = time.monotonic() + 10
        while not (file := self.folder / name).exists() or not file.read_text():
            assert time.monotonic() < deadline, f"{name} was never written"
            time.sleep(0.02)
        return file.read_text()


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    machine = Machine(tmp_path)
    machine.program("initdb", INITDB)
    machine.program("postgres", POSTGRES)
    yield machine
    machine.close()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_C9_a_server_that_is_stopped_by_either_signal_ends_its_connections_itself(
    machine: Machine, shell: list[str], number: int
) -> None:
    running = machine.start(shell, "start-standalone.sh")
    assert "hba_file=/opt/postgres/pg_hba.conf" in machine.seen("postgres")
    # The server's environment is read by whoever runs code in it.
    assert "POSTGRES_PASSWORD" not in machine.seen("environment")
    time.sleep(0.2)
    running.send_signal(number)
    assert running.wait(10) == 0
    assert machine.seen("stopped") == "yes"
    assert machine.seen("password") == "it's \\a $word\n"
    assert not list(machine.folder.glob("tmp*")), "the password is left in a file"


def test_a_server_that_ends_by_itself_ends_the_container_with_its_status(
    machine: Machine, shell: list[str]
) -> None:
    machine.program("postgres", "exit 3")
    assert machine.start(shell, "start-standalone.sh").wait(10) == 3


def test_F9_a_first_start_that_was_cut_short_leaves_nothing_that_looks_like_data(
    machine: Machine, shell: list[str]
) -> None:
    assert machine.start(shell, "start-standalone.sh", CUT_SHORT="yes").wait(10) == 1
    assert not machine.data.exists()
    running = machine.start(shell, "start-standalone.sh")
    machine.seen("postgres")
    running.send_signal(signal.SIGTERM)
    assert running.wait(10) == 0
    assert (machine.data / "PG_VERSION").read_text() == "17\n"


def test_data_of_something_else_is_left_alone(machine: Machine, shell: list[str]) -> None:
    machine.data.mkdir()
    (machine.data / "important").write_text("yes")
    running = machine.start(shell, "start-standalone.sh")
    assert running.wait(10) == 1
    assert "it is no PostgreSQL" in machine.seen("errors")
    assert (machine.data / "important").exists()


@pytest.mark.parametrize("script", ["start-standalone.sh", "start-patroni.sh"])
def test_F9_permissions_that_the_kubelet_has_widened_are_narrowed(
    machine: Machine, shell: list[str], script: str
) -> None:
    machine.program("postgres", "exit 0")
    machine.program("patroni", "exit 0")
    # Where the script makes a folder of its own for the configuration is not for the tests.
    machine.program("mkdir", "exit 0")
    machine.program("ln", "exit 0")
    machine.data.mkdir()
    (machine.data / "PG_VERSION").write_text("17\n")
    machine.data.chmod(0o2770)
    assert machine.start(shell, script, DYNAMIC="/etc/dynamic.yml").wait(10) == 0
    assert machine.data.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize(("answer", "alive"), [(0, True), (1, True), (2, False), (3, False)])
def test_C9_a_server_that_takes_no_connections_yet_is_alive(
    machine: Machine, shell: list[str], answer: int, *, alive: bool
) -> None:
    machine.program("pg_isready", f"exit {answer}")
    assert (machine.start(shell, "alive.sh").wait(10) == 0) is alive
