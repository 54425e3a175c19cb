"""Members of etcd as files of what they answer, for scripts that ask them with ``curl``."""

import re
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

import constructs_lib.store.files

SCRIPTS = Path(constructs_lib.store.files.__file__).parent / "etcd"

# Answers by files, named by host and by what is asked; notes what is asked, and with which words.
CURL = """#!/bin/sh
for word; do
    [ "${before:-}" != --data ] || data=$word
    before=$word url=$word
done
host=${url#http://}; host=${host%%:*}
echo "$host ${url##*/} $data" >>"$ANSWERS/asked"
cat "$ANSWERS/$host-${url##*/}" 2>/dev/null || exit 22
"""


class Members:
    """Three members as files of what they answer."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "curl").write_text(CURL)
        (folder / "curl").chmod(0o755)
        (folder / "sleep").write_text("#!/bin/sh\n")
        (folder / "sleep").chmod(0o755)
        self.answers = folder / "answers"
        self.answers.mkdir()

    def status(
        self, name: str, number: int, leader: int, *, used: int = 10, rest: str = ""
    ) -> None:
        # Releases from 3.6 on put a space after a colon.
        text = f'{{"header":{{"member_id": "{number}"}},"dbSize":"100","leader": "{leader}"'
        (self.answers / f"{name}-status").write_text(f'{text},"dbSizeInUse":"{used}"{rest}}}\n')
        (self.answers / f"{name}-defragment").write_text("{}\n")

    def listed(self, name: str, *entries: tuple[int, str, str]) -> None:
        """What a member knows of all: number, name and host. It takes changes, too."""
        texts = [
            f'{{"ID":"{number}","name":"{own}","peerURLs":["http://{host}:2380"]}}'
            for number, own, host in entries
        ]
        text = f'{{"header":{{"member_id":"7"}},"members":[{",".join(texts)}]}}'
        (self.answers / f"{name}-list").write_text(text)
        for change in ("remove", "add"):
            (self.answers / f"{name}-{change}").write_text("{}")

    def rejoin(self, shell: Sequence[str], lost: str) -> subprocess.CompletedProcess[str]:
        variables = {
            "PATH": f"{self.folder}:/usr/bin:/bin",
            "ANSWERS": str(self.answers),
            "MEMBERS": "http://a:2379 http://b:2379 http://c:2379",
            "LOST": lost,
            "LOST_URL": f"http://{lost}:2379",
            "LOST_PEER_URL": f"http://{lost}:2380",
        }
        return run(shell, "rejoin.sh", variables=variables)

    def holds(self, shell: Sequence[str]) -> subprocess.CompletedProcess[str]:
        variables = {
            "PATH": f"{self.folder}:/usr/bin:/bin",
            "ANSWERS": str(self.answers),
            "ENDPOINT": "http://a:2379",
            "STAGE": str(self.folder),
        }
        return run(shell, "holds.sh", variables=variables)

    @property
    def changes(self) -> list[str]:
        """Changes that were asked for: of whom, which, with what."""
        asked = (self.answers / "asked").read_text()
        return re.findall(r"(?m)^(\w (?:add|remove) .*)$", asked)

    def defragment(self, shell: Sequence[str]) -> subprocess.CompletedProcess[str]:
        variables = {
            "PATH": f"{self.folder}:/usr/bin:/bin",
            "ANSWERS": str(self.answers),
            "MEMBERS": "http://a:2379 http://b:2379 http://c:2379",
            "WORTHWHILE_PERCENT": "20",
        }
        return run(shell, "defragment.sh", variables=variables)

    @property
    def defragmented(self) -> list[str]:
        asked = (self.answers / "asked").read_text()
        return re.findall(r"(\w) defragment", asked)


def run(
    shell: Sequence[str], script: str, *words: str, variables: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*shell, str(SCRIPTS / script), *words],
        env=dict(variables),
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )
