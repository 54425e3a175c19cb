"""What a backup of NATS says it holds, with a CLI that is a file."""

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

import constructs_lib.store.files
from tests.store.scripts.servers import SHELLS, missing

pytestmark = pytest.mark.skipif(bool(missing("busybox", "dash")), reason="needs busybox and dash")

SCRIPT = Path(constructs_lib.store.files.__file__).parent / "nats/backup.sh"
NATS = """#!/bin/sh
case $1 in
stream) ls "$STREAMS" ;;
account) cp -r "$STREAMS" "$4" ;;
esac
"""


@pytest.mark.parametrize("shell", SHELLS.values(), ids=SHELLS)
@pytest.mark.parametrize(
    ("last", "holds"),
    [
        pytest.param({}, "nothing", id="no streams"),
        pytest.param({"orders": 0, "jobs": 0}, "nothing", id="streams that were made anew"),
        pytest.param({"orders": 20, "jobs": 0}, "data", id="messages"),
        pytest.param({"orders": None}, "data", id="a format that is not known"),
    ],
)
def test_a_backup_says_whether_any_message_was_ever_there(
    shell: Sequence[str], last: dict[str, int | None], holds: str, tmp_path: Path
) -> None:
    for name in ("bin", "streams", "stage", "tmp"):
        (tmp_path / name).mkdir()
    (tmp_path / "bin/nats").write_text(NATS)
    (tmp_path / "bin/nats").chmod(0o755)
    for stream, number in last.items():
        (tmp_path / "streams" / stream).mkdir()
        # A work queue is empty at times, and has a last message all the same.
        state = {} if number is None else {"messages": 0, "last_seq": number}
        text = json.dumps({"config": {"name": stream}, "state": state})
        (tmp_path / "streams" / stream / "backup.json").write_text(text)
    given = {"STREAMS": str(tmp_path / "streams"), "STAGE": str(tmp_path / "stage")}
    given |= {"PATH": f"{tmp_path}/bin:/usr/bin:/bin", "TMPDIR": str(tmp_path / "tmp")}
    subprocess.run([*shell, SCRIPT], env=given, check=True, timeout=30)
    assert (tmp_path / "stage/holds").read_text() == f"{holds}\n"
