"""A stub on the PATH, and the command line run against it."""

from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from constructs_lib.cli import applying, connectivity, watching
from constructs_lib.cli.local import app
from tests.cli.stub import RENDERED, Stub

Nova = Callable[..., tuple[int, str, str]]


@pytest.fixture
def stub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stub:
    monkeypatch.setattr(watching, "INTERVAL", 0.5)
    monkeypatch.setattr(applying, "_PAUSE", 0.01)
    monkeypatch.setattr(connectivity, "_INTERVAL", 0.01)
    made = Stub(tmp_path)
    monkeypatch.setenv("PATH", str(made.path))
    return made


@pytest.fixture
def nova() -> Nova:
    """Runs ``nova local``: exit code, standard output, standard error."""

    def run(
        *arguments: str, given: str = "", folder: Path | None = RENDERED
    ) -> tuple[int, str, str]:
        place = ["--folder", str(folder)] if folder and arguments[0] != "down" else []
        result = CliRunner().invoke(app, [*arguments, *place], input=given)
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result.exit_code, result.stdout, result.stderr

    return run
