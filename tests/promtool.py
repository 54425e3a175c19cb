"""Prometheus' own judge of rules, where it is installed."""

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from constructs_lib.yaml_text import to_yaml

needs_promtool = pytest.mark.skipif(
    shutil.which("promtool") is None, reason="promtool is not installed (apt: prometheus)"
)


def check_rules(groups: Sequence[dict[str, Any]], folder: Path) -> str:
    """What ``promtool check rules`` has against ``groups``; nothing where it takes them."""
    file = folder / "rules.yaml"
    file.write_text(to_yaml([{"groups": list(groups)}]), encoding="utf-8")
    done = _run("check", "rules", "--lint=all", "--lint-fatal", file.name, folder=folder)
    return "" if done.returncode == 0 else done.stdout + done.stderr


def rule_tests(
    groups: Sequence[dict[str, Any]], tests: Sequence[dict[str, Any]], folder: Path
) -> str:
    """What ``promtool test rules`` finds unlike expected; nothing where all is alike."""
    (folder / "rules.yaml").write_text(to_yaml([{"groups": list(groups)}]), encoding="utf-8")
    cases = {"rule_files": ["rules.yaml"], "evaluation_interval": "1m", "tests": list(tests)}
    (folder / "tests.yaml").write_text(to_yaml([cases]), encoding="utf-8")
    done = _run("test", "rules", "tests.yaml", folder=folder)
    return "" if done.returncode == 0 else done.stdout + done.stderr


def _run(*arguments: str, folder: Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        ["promtool", *arguments],
        cwd=folder,
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
    )
