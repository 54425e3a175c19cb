"""The pods of a PostgreSQL backup, as processes of this machine."""

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import constructs_lib.store.files
from tests.store.scripts.servers import SHELLS, Postgres, environment, own, unprivileged

FILES = Path(constructs_lib.store.files.__file__).parent
REPLICATION = {"PGUSER": "replication_user", "PGPASSWORD": "to replicate"}


@dataclass(kw_only=True)
class Site:
    """Where a server's backups are, and what makes and restores them."""

    folder: Path
    server: Postgres
    shell: Sequence[str] = SHELLS["dash"]
    place: Mapping[str, str] = field(default_factory=dict)
    """By which the scripts find the backups."""

    def __post_init__(self) -> None:
        for name in ("backup", "spool", "tmp"):
            own(self.folder / name)
        self.scripts = self.folder / "scripts"
        self.scripts.mkdir()
        for kind in ("backup", "postgres"):
            for file in (FILES / kind).iterdir():
                shutil.copy(file, self.scripts)

    @property
    def variables(self) -> dict[str, str]:
        volume = {"BACKUP_PLACE": "volume", "BACKUP_ROOT": str(self.folder / "backup")}
        work = self.folder / "backup/.partial/some-pod"
        return environment(
            **{"BACKUP_KEEP": "2", "BACKUP_DEADLINE": "3600", **volume, **self.place},
            TMPDIR=str(self.folder / "tmp"),
            STAGE=str(work / "stage"),
            SCRATCH=str(work / "scratch"),
            FETCHED=str(work / "fetched"),
            SPOOL=str(self.folder / "spool"),
            SHIP_SECONDS="1",
            SETTLE_SECONDS="0",
            BACKUP="latest",
            **self.server.variables,
        )

    def run(self, script: str, *arguments: str, **variables: str) -> str:
        """What a script of one container writes; raises ``CalledProcessError`` with it."""
        done = subprocess.run(
            self._command(script, *arguments),
            env={**self.variables, **variables},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=300,
            cwd="/",
        )
        if done.returncode:
            error = subprocess.CalledProcessError(done.returncode, script, done.stdout)
            error.add_note(done.stdout)
            raise error
        return done.stdout

    def ship(self) -> str:
        return self.run("archive-ship.sh", SHIP_ONCE="yes")

    def back_up(self, **variables: str) -> str:
        """What the pod of a backup does."""
        self.run("begin.sh")
        out = self.run("backup.sh", **REPLICATION)
        prune = [*self.shell, str(self.scripts / "archive-prune.sh")]
        return out + self.run("publish.sh", *prune, **variables)

    def restore(self, **variables: str) -> str:
        """What the pod of a restore does."""
        chain = [*self.shell, str(self.scripts / "archive-fetch.sh")]
        out = self.run("fetch.sh", *chain, **variables)
        return out + self.run("restore.sh", **variables)

    @contextmanager
    def receiving(self) -> Iterator[Path]:
        """WAL is received meanwhile; the file has what the receiver writes."""
        log = self.folder / "receiver.log"
        variables = {**REPLICATION, "SLOT": "archive", "PAUSE_SECONDS": "1"}
        with self._running("archive-receive.sh", log, variables):
            yield log

    @contextmanager
    def shipping(self) -> Iterator[Path]:
        """WAL is shipped meanwhile; the file has what the shipper writes."""
        log = self.folder / "shipper.log"
        with self._running("archive-ship.sh", log, {}):
            yield log

    @contextmanager
    def _running(self, script: str, log: Path, variables: Mapping[str, str]) -> Iterator[None]:
        with log.open("a") as file:
            process = subprocess.Popen(
                self._command(script),
                env={**self.variables, **variables},
                stdout=file,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                cwd="/",
            )
            try:
                yield
            except BaseException as error:
                error.add_note(log.read_text())
                raise
            finally:
                process.terminate()
                try:
                    process.wait(10)
                finally:
                    if process.poll() is None:
                        os.killpg(process.pid, signal.SIGKILL)

    def _command(self, script: str, *arguments: str) -> list[str]:
        return [*unprivileged(), *self.shell, str(self.scripts / script), *arguments]
