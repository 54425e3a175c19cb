"""What the live tests need, and what they do where it is missing."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.live import machine
from tests.live.images import IMAGES, program

PROJECT = Path(__file__).parents[2]
LIVE = Path(__file__).parent
PACKAGES = (LIVE / "packages.txt").read_text(encoding="utf-8").split()


def run_tests(before: Sequence[str], *words: str) -> list[str]:
    """The lines of pytest, started by a program that takes something away from it."""
    command = [*before, sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *words]
    done = subprocess.run(command, cwd=PROJECT, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.splitlines()


def test_without_root_all_are_skipped_and_say_so() -> None:
    *lines, last = run_tests(["unshare", "--user"], str(LIVE))

    reasons = {line.rpartition(": ")[2] for line in lines if line.startswith("SKIPPED")}
    assert reasons == {"needs root, for namespaces"}
    assert last.split()[1] == "skipped"
    assert "passed" not in last


@pytest.mark.images("redis", "postgres", "nats", "etcd")
def test_without_a_server_its_tests_are_skipped_and_say_so() -> None:
    gone = f'mount --bind /dev/null {program("etcd")} && exec "$@"'
    without = ["unshare", "--mount", "sh", "-c", gone, "sh"]
    # One for each engine, and one that needs no server.
    some = ("-k", "through_a_crash or test_the_longest_outage")

    *lines, last = run_tests(without, str(LIVE / "test_writers.py"), *some)

    (reason,) = [line for line in lines if line.startswith("SKIPPED [4]")]
    assert reason.endswith(": not on PATH: etcd; see tests/live/packages.txt")
    assert last.startswith("1 passed, 4 skipped")


def test_what_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    assert machine.missing() == ""
    monkeypatch.setattr(machine, "program", lambda _: None)
    assert machine.missing("nginx").startswith("not on PATH: ip, nft, ")
    assert ", nginx; see tests/live/packages.txt" in machine.missing("nginx")
    assert machine.missing_for_volumes().startswith("not on PATH: mount, mkfs.ext4; see ")
    monkeypatch.setattr(machine, "_may_have_namespaces", lambda: False)
    assert machine.missing() == "needs to be allowed network and mount namespaces"
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert machine.missing() == "needs root, for namespaces"
    monkeypatch.setattr(sys, "platform", "darwin")
    assert machine.missing() == "needs Linux"


@pytest.mark.skipif(program("dpkg-query") is None, reason="no machine of Debian's kind")
def test_every_program_is_in_a_package_that_is_named() -> None:
    """One that happens to be installed would be missing on the next machine."""
    images = {
        name for image in IMAGES.values() for name in (*image.needs, *image.programs.values())
    }
    names = {*machine._PROGRAMS, *machine._FOR_VOLUMES, *images}
    owners = packages_of({place for name in names if (place := program(name))})

    named = {*PACKAGES, *depended_on(PACKAGES), *on_every_machine()}
    assert {place: owner for place, owner in owners.items() if owner not in named} == {}
    assert {"nginx", "etcd-server", "postgresql-15", "haproxy", "nftables"} < {*owners.values()}
    assert sorted(PACKAGES) == PACKAGES


def packages_of(places: set[str]) -> dict[str, str]:
    """Packages by program; what is in none is the tests' own, or Python's."""
    # A package can have noted its programs before /usr had all of them.
    known = places | {place.removeprefix("/usr") for place in places}
    known |= {os.path.realpath(place) for place in places}
    lines = asked("dpkg-query", "--search", *sorted(known)).splitlines()
    found = [line.partition(": ") for line in lines if not line.startswith("diversion")]
    return {place: package for package, _, place in found}


def depended_on(packages: Sequence[str]) -> set[str]:
    listed = asked("dpkg-query", "--show", "--showformat=${Depends}, ", *packages)
    return {word.split()[0] for word in listed.replace("|", ",").split(", ") if word}


def on_every_machine() -> set[str]:
    listed = asked("dpkg-query", "--show", "--showformat=${Priority} ${Package}\n")
    rows = [line.split() for line in listed.splitlines()]
    return {package for priority, package in rows if priority == "required"}


def asked(*command: str) -> str:
    # Its exit code says that something was not found, which here is not wrong.
    return subprocess.run(command, check=False, capture_output=True, text=True).stdout
