"""The script of the pod that asks, in the shells of its images; what it calls is stood in for."""

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

import constructs_lib.cli

SCRIPT = Path(constructs_lib.cli.__file__).parent / "probe.sh"
SHELLS = {
    name: command
    for name, command in {"sh": ["sh"], "busybox": ["busybox", "sh"]}.items()
    if shutil.which(command[0])
}
PROGRAMS = {
    "getent": '[ "$2" != unknown.shop ]',
    "nc": '[ "$4" = 4222 ] && exit 143',
    "wget": """case "$4" in
    */health) ;;
    *) echo "wget: server returned error: HTTP/1.1 404" && exit 1 ;;
    esac""",
    "redis-cli": """if [ "$REDISCLI_AUTH" = right ]; then
        echo PONG
    else
        echo "NOAUTH Authentication required."
    fi""",
    "timeout": 'shift; exec "$@"',
    "pg_isready": '[ "$4" = up.shop ] || { echo "$4:5432 - rejecting connections"; exit 1; }',
    "sleep": 'date >>"$SLEPT"',
}

every_shell = pytest.mark.parametrize("shell", SHELLS.values(), ids=SHELLS)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "bin").mkdir()
    for name, body in PROGRAMS.items():
        program = tmp_path / "bin" / name
        program.write_text(f"#!/bin/sh\n{body}\n")
        program.chmod(0o755)
    (tmp_path / "passwords").mkdir()
    (tmp_path / "passwords" / "cache.shop").write_text("right")
    return tmp_path


def asked(folder: Path, shell: Sequence[str], *questions: str) -> tuple[int, list[str]]:
    """The exit code and the lines of the script for these questions."""
    (folder / "questions").write_text("".join(f"{line}\n" for line in questions))
    path = f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}"
    ran = subprocess.run(
        [*shell, SCRIPT, folder / "questions"],
        env={
            "PATH": path,
            "TRIES": "3",
            "PASSWORDS": str(folder / "passwords"),
            "SLEPT": str(folder / "slept"),
        },
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ran.stderr == ""
    return ran.returncode, ran.stdout.splitlines()


@every_shell
def test_good_answers(folder: Path, shell: Sequence[str]) -> None:
    code, lines = asked(
        folder,
        shell,
        "name relay.shop",
        "tcp nats.shop 4222",
        "http web.shop 80 /health",
        "redis cache.shop 6379",
        "postgres up.shop 5432",
    )
    assert (code, lines) == (
        0,
        [
            "ok relay.shop name",
            "ok nats.shop:4222 tcp",
            "ok web.shop:80 http",
            "ok cache.shop:6379 redis",
            "ok up.shop:5432 postgres",
        ],
    )


@every_shell
@pytest.mark.parametrize(
    ("question", "line"),
    [
        ("name unknown.shop", "bad unknown.shop name: the name does not resolve"),
        ("tcp unknown.shop 4222", "bad unknown.shop:4222 tcp: the name does not resolve"),
        ("tcp nats.shop 1", "bad nats.shop:1 tcp: no connection to port 1"),
        (
            "http web.shop 80 /none",
            "bad web.shop:80 http: GET /none on port 80: wget: server returned error: HTTP/1.1 404",
        ),
        (
            "redis other.shop 6379",
            "bad other.shop:6379 redis: PING on port 6379: NOAUTH Authentication required.",
        ),
        (
            "postgres down.shop 5432",
            "bad down.shop:5432 postgres: pg_isready: rejecting connections",
        ),
    ],
)
def test_bad_answers(folder: Path, shell: Sequence[str], question: str, line: str) -> None:
    code, lines = asked(folder, shell, question, "name relay.shop")
    assert (code, lines) == (1, [line, "ok relay.shop name"])


def test_a_bad_answer_is_asked_for_again(folder: Path) -> None:
    asked(folder, ["sh"], "tcp nats.shop 1", "name relay.shop")
    assert len((folder / "slept").read_text().splitlines()) == 2
