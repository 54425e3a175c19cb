"""The scripts that containers and CI run."""

import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).parents[1]
STORES = PROJECT / "constructs_lib" / "store" / "files"
CONTAINERS = sorted(PROJECT.glob("constructs_lib/**/*.sh"))
SHELLCHECK = Path(sys.executable).with_name("shellcheck")


def checked(*words: str) -> str:
    done = subprocess.run([SHELLCHECK, *words], check=False, capture_output=True, text=True)
    assert done.returncode in (0, 1), done.stderr
    return done.stdout


def test_a_fault_is_found(tmp_path: Path) -> None:
    script = tmp_path / "wrong.sh"
    script.write_text("#!/bin/sh\n[[ $1 == yes ]]\n")
    assert "In POSIX sh, [[ ]] is undefined" in checked("--shell=sh", str(script))


def test_scripts_of_containers_are_for_any_posix_shell() -> None:
    # What is shared lies beside them in the container, and in another folder here.
    beside = [f"--source-path={folder}" for folder in ("SCRIPTDIR", STORES / "backup")]
    scripts = [str(script) for script in CONTAINERS]
    assert len(scripts) > 20
    assert checked("--shell=sh", "--external-sources", *beside, *scripts) == ""


def test_what_ci_runs_is_without_faults() -> None:
    assert checked(str(PROJECT / ".ci" / "run")) == ""
