"""How states are shown, on terminals and elsewhere."""

import io
import sys

import pytest
from rich.console import Console

from constructs_lib.cli import program
from constructs_lib.cli.diagnosis import Stage, State
from constructs_lib.cli.rendered import Key
from constructs_lib.cli.watching import view_on

KEY = Key("Deployment", "shop", "web")
FAILING = State("shop", KEY, Stage.FAILING, 0, 1, "image [bold]x[/]: not found")
READY = State("shop", KEY, Stage.READY, 1, 1)


def shown(monkeypatch: pytest.MonkeyPatch, *, terminal: bool, no_color: str = "") -> str:
    """What a view writes for a workload that fails and then comes right."""
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("NO_COLOR", no_color)
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    text = io.StringIO()
    console = Console(file=text, force_terminal=terminal, width=120, color_system="standard")
    with view_on(console) as view:
        view.show([FAILING])
        view.show([FAILING])
        view.show([READY])
    return text.getvalue()


def test_a_terminal_gets_one_table_that_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    written = shown(monkeypatch, terminal=True)
    assert "\x1b[31mfailing\x1b[0m" in written
    assert "\x1b[32mready\x1b[0m" in written
    assert "\x1b[1A" in written


def test_no_color_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    written = shown(monkeypatch, terminal=True, no_color="1")
    assert "failing" in written
    assert "\x1b[31m" not in written


def test_elsewhere_a_change_is_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    assert shown(monkeypatch, terminal=False).splitlines() == [
        "Deployment shop/web  0/1  failing: image [bold]x[/]: not found",
        "Deployment shop/web  1/1  ready",
    ]


@pytest.mark.parametrize("name", ["typer", "rich.console"])
def test_without_the_extra_the_program_says_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setitem(sys.modules, name, None)
    for module in [one for one in sys.modules if one.startswith("constructs_lib.cli.")]:
        monkeypatch.delitem(sys.modules, module)
    with pytest.raises(SystemExit, match=r"pip install 'nova-constructs\[cli\]'"):
        program.main()


def test_the_program_offers_the_commands(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["nova", "local", "--help"])
    with pytest.raises(SystemExit) as ended:
        program.main()
    assert ended.value.code == 0
    out = capsys.readouterr().out
    assert all(f" {name} " in out for name in ("up", "status", "logs", "test", "down"))
