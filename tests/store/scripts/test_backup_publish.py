"""A backup counts once it is published, whatever becomes of those it was to replace."""

import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

import constructs_lib.store.files
from tests.store.scripts.servers import SHELLS, environment, missing

pytestmark = pytest.mark.skipif(
    bool(missing("rclone", "busybox", "dash")), reason="needs rclone, busybox and dash"
)

SCRIPT = Path(constructs_lib.store.files.__file__).parent / "backup/publish.sh"
OLD = ("20260101T030000Z", "20260102T030000Z")
LEFT = "20251231T030000Z"
shells = pytest.mark.parametrize("shell", SHELLS.values(), ids=SHELLS)


@dataclass(frozen=True, kw_only=True)
class Bucket:
    """A folder that rclone takes for a bucket; ``refused`` are the commands that it refuses."""

    folder: Path
    refused: str = "none"

    def __post_init__(self) -> None:
        for name in ("tmp", "bin", "work/stage"):
            (self.folder / name).mkdir(parents=True)
        for name in OLD:
            (self.folder / "bucket/backups" / name).mkdir(parents=True)
            (self.folder / "bucket/backups" / name / "SHA256SUMS").touch()
        (self.folder / "bucket/backups" / LEFT).mkdir()
        (self.folder / "bucket/backups" / LEFT / "half").touch()
        (self.folder / "work/stage/data").write_text("data")
        program = self.folder / "bin/rclone"
        program.write_text(
            f'#!/bin/sh\ncase $3 in {self.refused}) echo "$3: locked" >&2; exit 1 ;; esac\n'
            f'exec {shutil.which("rclone")} "$@"\n'
        )
        program.chmod(0o755)

    @property
    def names(self) -> list[str]:
        return sorted(path.name for path in (self.folder / "bucket/backups").iterdir())

    def holds(self, old: str = "", new: str = "") -> None:
        """What the newest backup says it holds, and what the one in the making does."""
        newest = self.folder / "bucket/backups" / OLD[-1]
        for folder, text in ((newest, old), (self.folder / "work/stage", new)):
            if text:
                (folder / "holds").write_text(f"{text}\n")

    def publish(
        self, shell: Sequence[str], *after: str, **variables: str
    ) -> subprocess.CompletedProcess[str]:
        given = environment(
            TMPDIR=str(self.folder / "tmp"),
            STAGE=str(self.folder / "work/stage"),
            BACKUP_PLACE="s3",
            BACKUP_ROOT=f"s3:{self.folder}/bucket",
            BACKUP_KEEP="1",
            BACKUP_DEADLINE="3600",
            RCLONE_CONFIG_S3_TYPE="local",
        )
        given |= variables
        path = f"{self.folder}/bin:{given['PATH']}"
        return subprocess.run(
            [*shell, SCRIPT, *after],
            env={**given, "PATH": path},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=60,
        )


@shells
def test_what_is_no_longer_kept_goes_once_the_new_one_is_there(
    shell: Sequence[str], tmp_path: Path
) -> None:
    bucket = Bucket(folder=tmp_path)
    done = bucket.publish(shell, "echo", "pruned more")
    assert done.returncode == 0, done.stdout
    (name,) = bucket.names
    assert f"published {name}" in done.stdout
    assert [f"removed {old}" in done.stdout for old in OLD] == [True, True]
    assert f"removed what was left of {LEFT}" in done.stdout
    assert "pruned more" in done.stdout
    assert "FAILED" not in done.stdout


@shells
@pytest.mark.parametrize("refused", ["delete", "purge"])
def test_a_bucket_that_lets_nothing_go_has_a_good_backup_all_the_same(
    shell: Sequence[str], refused: str, tmp_path: Path
) -> None:
    bucket = Bucket(folder=tmp_path, refused=refused)
    done = bucket.publish(shell)
    assert done.returncode == 0, done.stdout
    assert bucket.names[:-1] == sorted([LEFT, *OLD])
    assert (tmp_path / "bucket/backups" / bucket.names[-1] / "data").read_text() == "data"
    for name in OLD:
        assert f"RETENTION FAILED: {name} could not be removed" in done.stdout
    assert f"RETENTION FAILED: what was left of {LEFT} could not be removed" in done.stdout
    assert not [line for line in done.stdout.splitlines() if " removed " in line]


@shells
def test_a_further_removal_that_fails_is_said(shell: Sequence[str], tmp_path: Path) -> None:
    done = Bucket(folder=tmp_path).publish(shell, "false")
    assert done.returncode == 0, done.stdout
    assert "RETENTION FAILED: false has failed" in done.stdout


@shells
def test_a_backup_that_is_not_published_is_a_failure(shell: Sequence[str], tmp_path: Path) -> None:
    bucket = Bucket(folder=tmp_path, refused="copyto")
    done = bucket.publish(shell)
    assert done.returncode != 0
    assert not set(OLD) - set(bucket.names)


LOSSES = [("data", "nothing"), ("cluster 1", "cluster 2"), ("cluster 1", "nothing")]


@shells
@pytest.mark.parametrize(("held", "holds"), LOSSES)
def test_a_store_that_has_lost_its_data_replaces_no_backup_of_them(
    shell: Sequence[str], held: str, holds: str, tmp_path: Path
) -> None:
    bucket = Bucket(folder=tmp_path)
    bucket.holds(held, holds)
    done = bucket.publish(shell)
    assert done.returncode != 0
    assert f"holds {holds}, and the newest backup, {OLD[-1]}, holds {held}" in done.stdout
    assert "ALLOW_LOSS=yes" in done.stdout
    assert bucket.names == sorted([*OLD, LEFT])
    assert not (tmp_path / "work/stage").exists()


@shells
@pytest.mark.parametrize(("cluster", "said"), [("1", "published"), ("2", "not published")])
def test_older_backups_of_postgresql_say_too_of_which_cluster_they_are(
    shell: Sequence[str], cluster: str, said: str, tmp_path: Path
) -> None:
    bucket = Bucket(folder=tmp_path)
    position = tmp_path / "bucket/backups" / OLD[-1] / "wal-position"
    position.write_text("1 000000010000000000000002 000000010000000000000003\n")
    bucket.holds(new=f"cluster {cluster}")
    done = bucket.publish(shell)
    assert (done.returncode == 0) is (said == "published"), done.stdout
    refused = f"holds cluster 2, and the newest backup, {OLD[-1]}, holds cluster 1."
    assert (refused in done.stdout) is (said == "not published")


@shells
def test_a_loss_that_is_meant_is_published(shell: Sequence[str], tmp_path: Path) -> None:
    bucket = Bucket(folder=tmp_path)
    bucket.holds("data", "nothing")
    done = bucket.publish(shell, ALLOW_LOSS="yes")
    assert done.returncode == 0, done.stdout
    assert len(bucket.names) == 1


@shells
@pytest.mark.parametrize(
    ("held", "holds"),
    [("data", "data"), ("nothing", "data"), ("nothing", "nothing"), ("", "nothing"), ("data", "")],
)
def test_a_store_that_has_lost_nothing_known_is_backed_up(
    shell: Sequence[str], held: str, holds: str, tmp_path: Path
) -> None:
    bucket = Bucket(folder=tmp_path)
    bucket.holds(held, holds)
    done = bucket.publish(shell)
    assert done.returncode == 0, done.stdout


@shells
def test_a_newest_backup_that_cannot_be_read_is_not_replaced(
    shell: Sequence[str], tmp_path: Path
) -> None:
    bucket = Bucket(folder=tmp_path, refused="cat")
    bucket.holds("data", "nothing")
    assert bucket.publish(shell).returncode != 0
    assert bucket.names == sorted([*OLD, LEFT])


@shells
def test_on_a_volume_too_a_loss_is_refused(shell: Sequence[str], tmp_path: Path) -> None:
    bucket = Bucket(folder=tmp_path)
    bucket.holds("data", "nothing")
    place = {"BACKUP_PLACE": "volume", "BACKUP_ROOT": str(tmp_path / "bucket")}
    done = bucket.publish(shell, **place)
    assert "not published" in done.stdout
    (tmp_path / "work/stage").mkdir(parents=True)
    bucket.holds("data", "data")
    done = bucket.publish(shell, **place)
    assert done.returncode == 0, done.stdout
