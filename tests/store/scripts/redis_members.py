"""Redis pods whose answers are files, and a clock that only sleeping moves."""

import re
import subprocess
from collections.abc import Sequence
from pathlib import Path

import constructs_lib.store.files

SCRIPTS = Path(constructs_lib.store.files.__file__).parent / "redis"
SERVER, SENTINEL = 6379, 26379
PATIENCE = 4
HAND_OVER = 6
LONGEST = 10
"""Seconds of the clock after which whoever still waits is ended."""

# Answers by files, named by host, port and words, the n-th time by one with that number. Commands
# that come by a pipe are the two that ask for a view.
_CLI = """#!/bin/sh
while :; do
    case $1 in
    -h) host=$2 && shift 2 ;;
    -p) port=$2 && shift 2 ;;
    *) break ;;
    esac
done
[ $# -gt 0 ] || { cat >/dev/null && set -- VIEW; }
echo "$host $port $*" >>"$ANSWERS/asked"
times=$(grep -cFx "$host $port $*" "$ANSWERS/asked")
name="$ANSWERS/$host $port $*"
[ ! -e "$name.$times" ] || exec cat "$name.$times"
[ ! -e "$name" ] || exec cat "$name"
"""
# A short sleep is half a second, so that a wait takes few rounds.
_SLEEP = f"""#!/bin/sh
case $1 in
0.*) tenths=5 ;;
*) tenths=${{1}}0 ;;
esac
read -r now <"$ANSWERS/clock"
now=$((now + tenths))
echo $now >"$ANSWERS/clock"
[ $now -le {LONGEST}0 ]
"""
_PROGRAMS = {
    "redis-cli": _CLI,
    "redis-server": '#!/bin/sh\necho "$*" >"$ANSWERS/served"\n',
    "sleep": _SLEEP,
    "date": '#!/bin/sh\nread -r now <"$ANSWERS/clock"\necho $((now / 10))\n',
    "timeout": '#!/bin/sh\necho "$*" >>"$ANSWERS/limited"\nshift\nexec "$@"\n',
}


class Members:
    """Three pods, of which one runs a script, and the others are what they answer."""

    def __init__(self, folder: Path, shell: Sequence[str], host: str = "m-1") -> None:
        self.host = host
        self._shell = shell
        self._programs = folder / "programs"
        self._answers = folder / "answers"
        self.data = folder / "data"
        self._config = folder / "config"
        for made in (self._programs, self._answers, self.data, self._config):
            made.mkdir()
        for name, text in _PROGRAMS.items():
            (self._programs / name).write_text(text)
            (self._programs / name).chmod(0o755)
        (self._answers / "clock").write_text("0\n")
        (self._config / "redis.conf").write_text("maxmemory 1\n")
        (self._config / "sentinel.conf").write_text("sentinel resolve-hostnames yes\n")

    def answer(self, host: str, words: str, text: str, *, port: int = SERVER, nth: int = 0) -> None:
        """What a pod answers: always, or the ``nth`` time."""
        name = f"{host} {port} {words}" + (f".{nth}" if nth else "")
        (self._answers / name).write_text(text)

    def role(self, host: str, role: str, *, nth: int = 0) -> None:
        """What a server says that it is."""
        self.answer(host, "ROLE", f"{role}\n0\n", nth=nth)

    def view(
        self,
        host: str,
        named: str,
        epoch: int,
        *,
        flags: str = "master",
        silence: int = 300,
        nth: int = 0,
    ) -> None:
        """Whom a Sentinel takes for the master, silent for so many milliseconds."""
        fields = {
            "name": "cache",
            "ip": named,
            "flags": flags,
            "last-ok-ping-reply": silence,
            "config-epoch": epoch,
        }
        words = [str(word) for field in fields.items() for word in field]
        text = "\n".join((*words, named, str(SERVER)))
        self.answer(host, "VIEW", f"{text}\n", port=SENTINEL, nth=nth)

    def holds(self, host: str, *, data: bool) -> None:
        """Whether a server has keys."""
        self.answer(host, "INFO", "loading:0\n# Keyspace\n" + "db0:keys=3\n" * data)

    def keep_data(self) -> None:
        """Have the volume hold data of an earlier life."""
        (self.data / "dump.rdb").write_text("")

    def keep_choice(self, named: str, epoch: int, *more: str) -> None:
        """Have the volume hold what its Sentinel knew."""
        (self.data / "conf").mkdir(exist_ok=True)
        lines = (
            f"sentinel monitor cache {named} 6379 2",
            f"sentinel config-epoch cache {epoch}",
            *more,
        )
        (self.data / "conf/sentinel.conf").write_text("".join(f"{line}\n" for line in lines))

    def run(self, script: str, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run a script of the pod to its end, or to the end of the clock."""
        names = ("m-0", "m-1", "m-2")
        return subprocess.run(
            [*self._shell, str(SCRIPTS / script), *words],
            env={
                "PATH": f"{self._programs}:/usr/bin:/bin",
                "ANSWERS": str(self._answers),
                "REDISCLI_AUTH": "secret",
                "REDIS_PORT": str(SERVER),
                "SENTINEL_PORT": str(SENTINEL),
                "MASTER_SET": "cache",
                "MEMBERS": " ".join(names),
                "QUORUM": "2",
                "DOWN_AFTER_SECONDS": "5",
                "PATIENCE": str(PATIENCE),
                "HAND_OVER_SECONDS": str(HAND_OVER),
                "HOST": self.host,
                "DATA": str(self.data),
                "CONFIG": str(self._config),
                "TLS": "",
                **variables,
            },
            check=False,
            capture_output=True,
            text=True,
            timeout=120,
        )

    def become(self, script: str = "start-member.sh", **variables: str) -> str:
        """What the pod starts as: ``master``, the name of its master, or what it waits for."""
        done = self.run(script, **variables)
        if not (self._answers / "served").exists():
            return done.stderr.splitlines()[-1].split(" ", 1)[1]
        text = (self.data / "conf/redis.conf").read_text()
        followed = re.findall(r"(?m)^replicaof (\S+) 6379$", text)
        return str(followed[0]) if followed else "master"

    @property
    def asked(self) -> list[str]:
        """Host, port and words of every question so far."""
        file = self._answers / "asked"
        return file.read_text().splitlines() if file.exists() else []

    @property
    def limited(self) -> bool:
        """Whether anything was run with a limit of time of its own."""
        return (self._answers / "limited").exists()

    @property
    def seconds(self) -> int:
        """What the clock says."""
        return int((self._answers / "clock").read_text()) // 10
