"""``docs/operations.md``: its sections, its commands, and its tables."""

import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from tests.operations.deployed import PROJECT

PAGE: Final = PROJECT / "docs" / "operations.md"

_BLOCK: Final = re.compile(r"^```sh\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_TABLE: Final = re.compile(
    r"(<!-- table: (?P<name>[a-z ]+) -->\n).*?(<!-- end of table -->)", flags=re.DOTALL
)
_LOOP: Final = re.compile(r"for (\w+) in (.+?); do")
_SET: Final = re.compile(r"([A-Z]+)=(\S+)")
_BETWEEN: Final = frozenset({"|", "||", "&&", ";"})


@dataclass(frozen=True)
class Command:
    """One program with its arguments, and those it has its input from."""

    words: tuple[str, ...]
    before: tuple["Command", ...] = ()

    def __str__(self) -> str:
        return shlex.join(self.words)


def blocks(text: str) -> list[str]:
    """What is to be typed into a shell, block by block."""
    return _BLOCK.findall(text)


def sections(text: str) -> list[str]:
    """Headings of the second level."""
    return re.findall(r"^## (.+)$", text, re.MULTILINE)


def tables(text: str) -> frozenset[str]:
    """Names of the tables that are computed."""
    return frozenset(match["name"] for match in _TABLE.finditer(text))


def refreshed(text: str, computed: Mapping[str, Sequence[Sequence[str]]]) -> str:
    """``text`` with each of its tables as it is ``computed`` now, the first row its heading."""

    def block(match: re.Match[str]) -> str:
        head, *rows = computed[match["name"]]
        lines = [head, ["---"] * len(head), *rows]
        table = "\n".join(f"| {' | '.join(line)} |" for line in lines)
        return f"{match[1]}\n{table}\n\n{match[3]}"

    return _TABLE.sub(block, text)


def commands(block: str) -> list[Command]:
    """Every command that a block runs: loops run, variables put in."""
    known: dict[str, str] = {}
    found: list[Command] = []
    for line in _unrolled(_joined(block)):
        if match := _SET.fullmatch(line):
            known[match[1]] = match[2]
        else:
            found += _piped(_filled(line, known))
    return found


def _joined(block: str) -> list[str]:
    """Lines without comments and blanks, each with those that go on with it."""
    text = re.sub(r"\\\n\s*|(?<=\|)\n\s*", " ", block)
    return [line for line in text.splitlines() if line.strip() and not line.startswith("#")]


def _unrolled(lines: Sequence[str]) -> Iterator[str]:
    inside: tuple[str, list[str]] | None = None
    body: list[str] = []
    for line in map(str.strip, lines):
        if match := _LOOP.fullmatch(line):
            inside, body = (match[1], match[2].split()), []
        elif line == "done" and inside:
            name, values = inside
            for value in values:
                yield from (_filled(item, {name: value}) for item in body)
            inside = None
        elif inside:
            body.append(line)
        else:
            yield line


def _filled(line: str, known: Mapping[str, str]) -> str:
    """Names that are not known stay, and are found later as what they are: no such object."""
    line = line.replace("$(date +%s)", "1")
    return re.sub(r'"?\$(\w+)"?', lambda match: known.get(match[1], match[0]), line)


def _piped(line: str) -> list[Command]:
    """The commands of one line, each after those it has its input from."""
    lexer = shlex.shlex(line, posix=True, punctuation_chars="|&;")
    lexer.whitespace_split = True
    found: list[Command] = []
    words: list[str] = []
    for word in [*lexer, ";"]:
        if word not in _BETWEEN:
            words.append(word)
        elif words:
            found.append(Command(tuple(words), tuple(found)))
            words = []
    return found
