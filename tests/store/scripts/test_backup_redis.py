"""Snapshots and restores of Redis, against real servers."""

import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

import constructs_lib.store.files
from tests.store.scripts.servers import SHELLS, environment, free_port, missing, wait_until

pytestmark = pytest.mark.skipif(
    bool(missing("redis-server", "redis-cli", "redis-check-rdb", "busybox", "dash")),
    reason="needs Redis, busybox and dash",
)

SCRIPTS = Path(constructs_lib.store.files.__file__).parent / "redis"
PASSWORD = "0x1e9.~_-"  # noqa: S105 (the test's own)
shells = pytest.mark.parametrize("shell", SHELLS.values(), ids=SHELLS)


def ask(port: int, *words: str) -> str:
    done = subprocess.run(
        ["redis-cli", "-p", str(port), *words],
        env=environment(REDISCLI_AUTH=PASSWORD),
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout.strip()


@contextmanager
def server(folder: Path, port: int) -> Iterator[int]:
    """A server with nothing in it."""
    folder.mkdir()
    options = ["--port", str(port), "--bind", "127.0.0.1", "--dir", str(folder), "--save", ""]
    process = subprocess.Popen(
        ["redis-server", *options, "--requirepass", PASSWORD], stdout=subprocess.DEVNULL
    )
    try:
        wait_until(lambda: ask(port, "PING") == "PONG")
        yield port
    finally:
        process.kill()
        process.wait()


def start(
    shell: Sequence[str], script: str, folder: Path, port: int, **variables: str
) -> subprocess.Popen[str]:
    for name in ("tmp", "backup"):
        (folder / name).mkdir(exist_ok=True)
    given = {
        "TMPDIR": str(folder / "tmp"),
        "STAGE": str(folder / "backup"),
        "FETCHED": str(folder / "backup"),
        "SCRATCH": str(folder / "scratch"),
        "HOSTS": "127.0.0.1",
        "HOST": "127.0.0.1",
        "REDIS_PORT": str(port),
        "REDISCLI_AUTH": PASSWORD,
        "TLS": "",
    }
    return subprocess.Popen(
        [*shell, SCRIPTS / script],
        env=environment(**{**given, **variables}),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def run(shell: Sequence[str], script: str, folder: Path, port: int, **variables: str) -> str:
    process = start(shell, script, folder, port, **variables)
    out, _ = process.communicate(timeout=120)
    assert process.returncode == 0, out
    return out


@shells
def test_a_restore_waits_for_a_master_that_is_away(shell: Sequence[str], tmp_path: Path) -> None:
    port = free_port()
    with server(tmp_path / "first", port):
        ask(port, "SET", "kept", "value", "EX", "3600")
        ask(port, "RPUSH", "list", "1", "2")
        assert "RDB looks OK" in run(shell, "backup.sh", tmp_path, port)
    restoring = start(shell, "restore.sh", tmp_path, port)
    # It has found nobody by then, and will look again.
    time.sleep(2)
    with server(tmp_path / "second", port):
        out, _ = restoring.communicate(timeout=120)
        assert restoring.returncode == 0, out
        assert "restored 2 keys of database 0" in out
        assert ask(port, "GET", "kept") == "value"
        assert 0 < int(ask(port, "TTL", "kept")) <= 3600
        assert ask(port, "LRANGE", "list", "0", "-1").split() == ["1", "2"]
    assert PASSWORD not in out
    assert not (tmp_path / "scratch").exists()


@shells
def test_what_is_there_stays_unless_it_is_to_be_removed(
    shell: Sequence[str], tmp_path: Path
) -> None:
    with server(tmp_path / "server", free_port()) as port:
        ask(port, "SET", "old", "value")
        run(shell, "backup.sh", tmp_path, port)
        ask(port, "SET", "old", "changed")
        ask(port, "SET", "new", "value")
        run(shell, "restore.sh", tmp_path, port)
        assert (ask(port, "GET", "old"), ask(port, "GET", "new")) == ("value", "value")
        assert "removed all keys" in run(shell, "restore.sh", tmp_path, port, FLUSH="yes")
        assert (ask(port, "GET", "old"), ask(port, "EXISTS", "new")) == ("value", "0")


@shells
def test_a_snapshot_says_whether_it_holds_anything(shell: Sequence[str], tmp_path: Path) -> None:
    with server(tmp_path / "server", free_port()) as port:
        run(shell, "backup.sh", tmp_path, port)
        assert (tmp_path / "backup/holds").read_text() == "nothing\n"
        # What expires is no data that can be lost.
        ask(port, "SET", "session", "value", "EX", "3600")
        run(shell, "backup.sh", tmp_path, port)
        assert (tmp_path / "backup/holds").read_text() == "nothing\n"
        for number in range(10):
            ask(port, "SET", f"key-{number}", "value")
        run(shell, "backup.sh", tmp_path, port)
        assert (tmp_path / "backup/holds").read_text() == "data\n"


def test_a_damaged_snapshot_changes_nothing(tmp_path: Path) -> None:
    with server(tmp_path / "server", free_port()) as port:
        ask(port, "SET", "old", "value")
        run(SHELLS["dash"], "backup.sh", tmp_path, port)
        file = tmp_path / "backup/dump.rdb"
        file.write_bytes(file.read_bytes()[:-9])
        ask(port, "SET", "old", "changed")
        process = start(SHELLS["dash"], "restore.sh", tmp_path, port, FLUSH="yes")
        process.communicate(timeout=120)
        assert process.returncode != 0
        assert ask(port, "GET", "old") == "changed"
