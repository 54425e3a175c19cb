"""The program that brings a running cluster to the declared configuration."""

# ruff: noqa: N802  (a test bears the id of its row)

import importlib.util
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import constructs_lib.store.files

SCRIPT = Path(constructs_lib.store.files.__file__).parent / "postgres/apply_configuration.py"
DECLARED: dict[str, Any] = {
    "ttl": 20,
    "loop_wait": 5,
    "postgresql": {"parameters": {"work_mem": "4MB"}, "pg_hba": ["local all all reject"]},
    "slots": {"archive": {"type": "physical"}},
}


def program() -> ModuleType:
    spec = importlib.util.spec_from_file_location("apply_configuration", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Members:
    """Three members that answer from memory, and note what they are told."""

    def __init__(self, config: Mapping[str, Any], failure: type[Exception]) -> None:
        self.config = dict(config)
        self.failure = failure
        self.told: list[tuple[str, str]] = []
        self.pending = {"two", "one", "three"}
        self.silent: set[str] = set()
        self.leaders = ["two"]

    def asked(self, url: str, path: str, method: str = "GET", body: Any = None, **_: object) -> Any:
        name = url.removeprefix("http://")
        if name in self.silent:
            raise self.failure(url)
        if method != "GET":
            self.told.append((name, path))
        if path == "/restart":
            self.pending.discard(name)
        if method == "PATCH":
            self.config["patched"] = body
        return self.config if path == "/config" else {"members": self.members()}

    def members(self) -> list[dict[str, Any]]:
        return [
            {
                "name": name,
                "role": "leader" if name in self.leaders else "replica",
                "state": "running" if name in self.leaders else "streaming",
                "api_url": f"http://{name}/patroni",
                "pending_restart": name in self.pending,
            }
            for name in ("one", "two", "three")
        ]


@pytest.fixture
def apply(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> ModuleType:
    file = tmp_path / "dynamic.yml"
    file.write_text(json.dumps({"bootstrap": {"dcs": DECLARED}}))
    module = program()
    monkeypatch.setattr(module.time, "sleep", lambda _: None)
    monkeypatch.setattr(sys, "argv", ["apply_configuration.py", str(file)])
    monkeypatch.setenv("MEMBERS", "http://one http://two http://three")
    monkeypatch.setenv("WAIT_SECONDS", "0")
    return module


def members(
    apply: ModuleType, monkeypatch: pytest.MonkeyPatch, config: Mapping[str, Any]
) -> Members:
    found = Members(config, apply.ClusterError)
    monkeypatch.setattr(apply, "asked", found.asked)
    return found


def test_F19_what_is_not_declared_any_more_goes() -> None:
    current = {**DECLARED, "postgresql": {"parameters": {"work_mem": "4MB", "jit": "off"}}}
    assert program().difference(current, DECLARED) == {
        "postgresql": {"parameters": {"jit": None}, "pg_hba": ["local all all reject"]}
    }
    assert program().difference({"slots": {"old": {}}}, {"ttl": 20}) == {"ttl": 20, "slots": None}


def test_what_people_have_set_beside_it_stays() -> None:
    assert program().difference({**DECLARED, "pause": True}, DECLARED) == {}


def test_names_of_what_is_changed_are_told_and_values_are_not() -> None:
    change = {"ttl": 30, "postgresql": {"parameters": {"jit": None, "work_mem": "1MB"}}}
    assert list(program().paths(change)) == [
        "ttl",
        "postgresql.parameters.jit",
        "postgresql.parameters.work_mem",
    ]


def test_F19_replicas_are_restarted_before_the_primary(
    apply: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = members(apply, monkeypatch, {**DECLARED, "ttl": 30})
    apply.main()
    assert found.config["patched"] == {"ttl": 20}
    assert [name for name, path in found.told if path == "/restart"] == ["one", "three", "two"]


def test_who_does_not_answer_is_passed_over(
    apply: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = members(apply, monkeypatch, {**DECLARED, "ttl": 30})
    found.silent, found.pending = {"one"}, set()
    apply.main()
    assert found.told == [("two", "/config")]


def test_nothing_is_changed_while_nobody_leads(
    apply: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = members(apply, monkeypatch, {**DECLARED, "ttl": 30})
    found.leaders = []
    with pytest.raises(apply.ClusterError, match="http://three knows of no primary"):
        apply.main()
    assert found.told == []


def test_a_paused_cluster_restarts_nobody(
    apply: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = members(apply, monkeypatch, {**DECLARED, "pause": True})
    with pytest.raises(apply.ClusterError, match="paused, and one, two, three wait"):
        apply.main()
    assert found.told == []


def test_a_second_run_changes_nothing(apply: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    found = members(apply, monkeypatch, DECLARED)
    found.pending = set()
    apply.main()
    assert found.told == []
