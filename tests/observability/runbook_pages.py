"""Pages of runbooks: their sections, links and commands."""

import re
import shlex
from collections.abc import Iterator, Mapping
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"
FOLDER = DOCS / "runbooks"
INDEX = "README"

_FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
_FENCED = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_SECTION = re.compile(r"^## (.+)$", re.MULTILINE)
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
_INLINE = re.compile(r"`([^`]+)`")
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_SEPARATOR = re.compile(r"\s+(?:\||&&|;)\s+|\|\n")

PROGRAMS = (
    "kubectl",
    "amtool",
    "promtool",
    "curl",
    "nats",
    "etcdctl",
    "redis-cli",
    "patronictl",
    "psql",
    "nslookup",
)
"""Those whose commands are looked at."""


def pages() -> dict[str, str]:
    """Texts by name of the page, without the index."""
    found = {path.stem: path.read_text(encoding="utf-8") for path in sorted(FOLDER.glob("*.md"))}
    return {name: text for name, text in found.items() if name != INDEX}


def sections(text: str) -> Mapping[str, str]:
    """What stands below each heading of the second level."""
    parts = _SECTION.split(text)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def anchor(heading: str) -> str:
    """As GitHub makes it: https://github.com/gjtorikian/html-pipeline, toc_filter."""
    kept = re.sub(r"[^\w\- ]", "", heading.strip().lower())
    return kept.replace(" ", "-")


def anchors(path: Path) -> frozenset[str]:
    """Every place in a page that a link may lead to."""
    text = _FENCE.sub("", path.read_text(encoding="utf-8"))
    return frozenset(anchor(heading) for heading in _HEADING.findall(text))


def links(text: str) -> list[str]:
    """Where the links of a page lead, without those to other sites."""
    return [link for link in _LINK.findall(text) if "://" not in link]


def commands(text: str) -> Iterator[list[str]]:
    """Words of each command, pipelines taken apart."""
    lines = [line for block in _FENCED.findall(text) for line in block.splitlines()]
    for line in (*lines, *_INLINE.findall(_FENCE.sub("", text))):
        for part in _SEPARATOR.split(" ".join(line.split())):
            words = _words(part)
            if words and words[0] in PROGRAMS:
                yield words


def _words(command: str) -> list[str]:
    try:
        return shlex.split(command, comments=True)
    except ValueError:
        return command.split()


def verb(words: list[str]) -> str:
    """What ``kubectl`` is to do."""
    rest = iter(words[1:])
    for word in rest:
        if word in ("-n", "--namespace"):
            next(rest, None)
        elif not word.startswith("-"):
            return word
    return ""


def option(words: list[str], name: str) -> str | None:
    """What follows the option ``name`` of a command, before what it runs."""
    before = words[: words.index("--")] if "--" in words else words
    return before[before.index(name) + 1] if name in before[:-1] else None
