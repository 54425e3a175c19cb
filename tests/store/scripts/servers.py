"""Real servers on free ports of the loopback interface, for scripts to talk to."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

SHELLS: Mapping[str, Sequence[str]] = {"dash": ("dash",), "busybox": ("busybox", "sh")}
POSTGRES = Path("/usr/lib/postgresql/15/bin")
SUPERUSER = "postgres"
PASSWORD = "super-secret"  # noqa: S105  (of a server that this test starts)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def missing(*programs: str) -> str:
    """What this machine lacks, as a reason to skip; nothing where it has all."""
    path = f"{os.environ['PATH']}:{POSTGRES}"
    return ", ".join(name for name in programs if shutil.which(name, path=path) is None)


def environment(**variables: str) -> dict[str, str]:
    """What a script finds around it: nothing of this machine but where programs are."""
    return {"PATH": f"{POSTGRES}:{os.environ['PATH']}", "HOME": "/nonexistent", **variables}


def unprivileged() -> Sequence[str]:
    """What runs a program as somebody who is not root, since PostgreSQL refuses to be root."""
    if os.getuid():
        return []
    name = "postgres"
    return ["setpriv", f"--reuid={name}", f"--regid={name}", "--clear-groups", "--"]


def own(folder: Path) -> Path:
    """``folder``, made, and belonging to whom :func:`unprivileged` is."""
    folder.mkdir(parents=True, exist_ok=True)
    if not os.getuid():
        user = pwd.getpwnam("postgres")
        os.chown(folder, user.pw_uid, user.pw_gid)
    return folder


@dataclass(frozen=True, kw_only=True)
class Postgres:
    """A running PostgreSQL."""

    port: int
    folder: Path

    @property
    def variables(self) -> dict[str, str]:
        """By which psql connects as the superuser."""
        return {
            "PGHOST": "127.0.0.1",
            "PGPORT": str(self.port),
            "PGUSER": SUPERUSER,
            "PGPASSWORD": PASSWORD,
        }

    @property
    def log(self) -> str:
        return (self.folder / "log").read_text()

    def ask(self, sql: str, database: str = "postgres") -> str:
        """What the superuser is answered."""
        return psql(sql, database=database, variables=self.variables)

    def start(self) -> None:
        _control(self.folder, "start")

    def stop(self, mode: str = "fast") -> None:
        """Stop it, unless it has stopped already."""
        if (self.folder / "data/postmaster.pid").exists():
            _control(self.folder, "stop", "-m", mode)

    def promote(self) -> None:
        _control(self.folder, "promote")


def psql(sql: str, *, database: str, variables: Mapping[str, str]) -> str:
    """The answer to ``sql``; raises ``CalledProcessError`` where there is an error."""
    command = ["psql", "-X", "-q", "-At", "-v", "ON_ERROR_STOP=1", "-d", database, "-f", "-"]
    done = subprocess.run(
        command,
        input=sql,
        env=environment(**variables),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise subprocess.CalledProcessError(done.returncode, command, done.stdout, done.stderr)
    return done.stdout.strip()


@contextmanager
def postgres(folder: Path, settings: str = "") -> Iterator[Postgres]:
    """A new server in ``folder``, with passwords for everybody."""
    own(folder)
    port = free_port()
    password = folder / "password"
    password.write_text(PASSWORD)
    password.chmod(0o644)
    data = folder / "data"
    _run("initdb", "-D", data, "-U", SUPERUSER, "-A", "scram-sha-256", f"--pwfile={password}", "-N")
    with (data / "postgresql.conf").open("a") as file:
        file.write(f"port={port}\nlisten_addresses='127.0.0.1'\nfsync=off\n")
        file.write(f"unix_socket_directories=''\nlog_statement='all'\n{settings}\n")
    server = Postgres(port=port, folder=folder)
    server.start()
    try:
        yield server
    finally:
        server.stop("immediate")


@contextmanager
def standby(folder: Path, primary: Postgres) -> Iterator[Postgres]:
    """A running standby of ``primary``, made from it."""
    own(folder)
    data = folder / "data"
    options = ["-D", str(data), "-R", "-c", "fast", "-h", "127.0.0.1", "-p", str(primary.port)]
    _run("pg_basebackup", *options, PGUSER=SUPERUSER, PGPASSWORD=PASSWORD)
    server = Postgres(port=free_port(), folder=folder)
    with (data / "postgresql.auto.conf").open("a") as file:
        file.write(f"port={server.port}\n")
    server.start()
    try:
        yield server
    finally:
        server.stop("immediate")


def _control(folder: Path, verb: str, *options: str) -> None:
    _run("pg_ctl", verb, "-D", folder / "data", "-l", folder / "log", "-w", *options)


def _run(*command: str | Path, **variables: str) -> None:
    subprocess.run(
        [*unprivileged(), *command],
        env=environment(**variables),
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd="/",
    )


@contextmanager
def open_folder() -> Iterator[Path]:
    """A temporary folder that every user of this machine may enter, unlike pytest's."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder


def wait_until(condition: Callable[[], object], timeout: float = 60.0) -> None:
    """Return once ``condition()`` holds."""
    deadline = time.monotonic() + timeout
    while not condition():
        if time.monotonic() > deadline:
            msg = f"not within {timeout} s"
            raise TimeoutError(msg)
        time.sleep(0.1)
