"""The WAL archive in trouble: a full volume, a receiver that fails, a shipper that hangs."""

import gzip
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tests.store.scripts.archive import Site
from tests.store.scripts.servers import SHELLS, missing, wait_until
from tests.store.scripts.test_backup_postgres import caught_up, new_site, switch

pytestmark = pytest.mark.skipif(
    bool(missing("postgres", "pg_receivewal", "busybox", "dash", "setpriv")),
    reason="needs PostgreSQL, busybox and dash",
)
SEGMENT = 16 * 2**20


@pytest.fixture(params=SHELLS)
def site(request: pytest.FixtureRequest) -> Iterator[Site]:
    with new_site(request.param) as made:
        yield made


@contextmanager
def small(folder: Path, size: str) -> Iterator[None]:
    """``folder`` holds no more than ``size``."""
    options = ["-t", "tmpfs", "-o", f"size={size},mode=1777", "tmpfs", str(folder)]
    if subprocess.run(["mount", *options], capture_output=True, check=False).returncode:
        pytest.skip("this machine mounts nothing")
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def unready(site: Site, **variables: str) -> str:
    """Why the archive is not ready."""
    with pytest.raises(subprocess.CalledProcessError) as failed:
        site.run("archive-ready.sh", **variables)
    return str(failed.value.output)


def active(site: Site) -> bool:
    return site.server.ask("SELECT active FROM pg_replication_slots") == "t"


def test_a_volume_that_was_full_is_emptied_and_received_into_again(site: Site) -> None:
    with small(site.folder / "spool", "40m"), site.receiving() as log:
        wait_until(lambda: active(site))
        switch(site.server, 3)
        wait_until(lambda: "No space left on device" in log.read_text())

        def recovered() -> bool:
            site.ship()
            return caught_up(site)

        wait_until(recovered)
        # What came in when the volume had room again may have to be received once more.
        wait_until(lambda: sizes(site) == {SEGMENT} and ready(site))


def sizes(site: Site) -> set[int]:
    """Of the files that were received; one of them may be getting its final name."""
    found = set()
    for file in (site.folder / "spool").glob("[0-9]*/*"):
        with suppress(FileNotFoundError):
            found.add(file.stat().st_size)
    return found


def ready(site: Site) -> bool:
    try:
        site.run("archive-ready.sh")
    except subprocess.CalledProcessError:
        return False
    return True


def test_a_file_that_could_not_be_made_in_full_is_neither_shipped_nor_kept(site: Site) -> None:
    with site.receiving():
        wait_until(lambda: caught_up(site))
    (partial,) = (site.folder / "spool").glob("[0-9]*/*.partial")
    with partial.open("r+b") as file:
        file.truncate(12345)
    site.ship()
    assert not list((site.folder / "backup").rglob("*.partial.gz"))
    with site.receiving():
        wait_until(lambda: partial.exists() and partial.stat().st_size == SEGMENT)
        wait_until(lambda: caught_up(site))


def test_what_is_written_in_the_second_of_a_copy_is_shipped_too(site: Site) -> None:
    with site.receiving():
        wait_until(lambda: caught_up(site))
    (partial,) = (site.folder / "spool").glob("[0-9]*/*.partial")
    an_hour_ago = time.time() - 3600
    os.utime(partial, (an_hour_ago, an_hour_ago))
    shipped = site.folder / "backup/wal" / partial.parent.name / f"{partial.name}.gz"
    seen = site.folder / "tmp" / f"{partial.name}.seen"
    with_own_find(site)
    with site.shipping():
        wait_until(seen.exists, 15)
        # All at once, as the last write after the copy has begun.
        later = partial.with_name("written")
        later.write_bytes(os.urandom(SEGMENT))
        end = (int(seen.stat().st_mtime) + 1) * 10**9 - 1
        os.utime(later, ns=(end, end))
        later.rename(partial)
        wait_until(lambda: gzip.decompress(shipped.read_bytes()) == partial.read_bytes(), 15)


def test_a_file_that_is_finished_while_it_is_packed_is_shipped_by_its_new_name(site: Site) -> None:
    with site.receiving():
        wait_until(lambda: caught_up(site))
    (partial,) = (site.folder / "spool").glob("[0-9]*/*.partial")
    finished, shipped = partial.with_suffix(""), site.folder / "backup/wal" / partial.parent.name
    program = programs(site) / "gzip"
    packs = f'[ ! -e {partial} ] || mv {partial} {finished}\nexec {shutil.which("gzip")} "$@"\n'
    program.write_text(f"#!/bin/sh\n{packs}")
    program.chmod(0o755)
    site.ship()
    assert finished.exists()
    assert list(shipped.iterdir()) == []
    site.ship()
    assert [file.name for file in shipped.iterdir()] == [f"{finished.name}.gz"]


def test_a_file_that_cannot_be_packed_ends_the_shipper(site: Site) -> None:
    with site.receiving():
        wait_until(lambda: caught_up(site))
    program = programs(site) / "gzip"
    program.write_text("#!/bin/sh\necho this disk is broken >&2\nexit 1\n")
    program.chmod(0o755)
    with pytest.raises(subprocess.CalledProcessError) as failed:
        site.ship()
    assert "this disk is broken" in failed.value.output


def programs(site: Site) -> Path:
    """A folder of programs that come before this machine's."""
    folder = site.folder / "bin"
    folder.mkdir()
    site.place = {**site.place, "PATH": f"{folder}:{site.variables['PATH']}"}
    return folder


def with_own_find(site: Site) -> None:
    """``find`` is from now on that of the shell's image: each compares times in its own way."""
    if site.shell == SHELLS["busybox"]:
        (programs(site) / "find").symlink_to(shutil.which("busybox") or "")


def test_a_receiver_that_has_just_begun_is_not_ready_yet(site: Site) -> None:
    site.ship()
    with site.receiving():
        wait_until(lambda: caught_up(site))
        assert "no WAL is being received" in unready(site, SETTLE_SECONDS="60")
        time.sleep(2.1)
        site.run("archive-ready.sh", SETTLE_SECONDS="2")
    assert "no WAL is being received" in unready(site)


def test_an_archive_that_ships_nothing_is_not_ready(site: Site) -> None:
    with site.receiving():
        wait_until(lambda: caught_up(site))
        assert "no WAL is being shipped" in unready(site)
        site.ship()
        site.run("archive-ready.sh")
        # The last good look was so long ago.
        (site.folder / "tmp/shipped").write_text(str(int(time.time()) - 12))
        assert "no WAL is being shipped" in unready(site)
        site.run("archive-ready.sh", SHIP_SECONDS="2")
        (site.folder / "backup").rename(site.folder / "away")
        (site.folder / "backup").touch()
        switch(site.server)
        with pytest.raises(subprocess.CalledProcessError):
            site.ship()
        assert "no WAL is being shipped" in unready(site)
