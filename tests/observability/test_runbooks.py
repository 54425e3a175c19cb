"""Runbooks: every alert leads to a section, and what a section says to type is there."""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from constructs_lib.kube.alerts import Alert
from constructs_lib.kube.rule_groups import rule_groups
from tests.observability import runbook_pages
from tests.observability.reference import REFERENCES, all_alerts
from tests.observability.runbook_pages import DOCS, FOLDER, INDEX, anchor, pages, sections

PROJECT = Path(__file__).parents[2]
RENDERED = sorted((PROJECT / "dist").glob("*/*/*.k8s.yaml"))
SCRIPTS = {
    path.name
    for path in (PROJECT / "constructs_lib" / "store" / "files").rglob("*")
    if path.suffix in (".sh", ".lua", ".awk", ".sql")
}
VERBS = {
    *("annotate", "auth", "create", "delete", "describe", "exec", "get", "logs", "patch"),
    *("port-forward", "rollout", "scale", "top", "wait"),
}
"""Of kubectl, as far as a runbook needs them."""

IN_PODS = {
    "alertmanager": {"amtool", "nslookup"},
    "prometheus": {"mv"},
    "redis": {"redis-cli", "du"},
    "postgres": {"patronictl", "psql", "du"},
    "nats": {"du"},
    "etcd": {"etcdctl"},
}
"""Programs of the images, by page: etcd's has no shell, and so nothing else."""

FROM_OUTSIDE = {"curl": "localhost|https", "amtool": "--alertmanager.url=|check-config"}
"""Programs of one's own machine, and what they need there: an address that leads in."""

WITH_AN_ACCESS_OF_THEIR_OWN = {("nats", "nats")}
"""Page and program, where the page says first from where it is run."""

each_page = pytest.mark.parametrize("page", pages())


@pytest.mark.parametrize("page", all_alerts())
def test_every_alert_has_a_section_and_every_section_an_alert(page: str) -> None:
    alerts = {alert.name for alert in all_alerts()[page]}

    assert set(sections(pages()[page])) == alerts


def test_every_page_is_some_alerts() -> None:
    assert set(pages()) == set(all_alerts())


@pytest.mark.parametrize("name", REFERENCES)
def test_links_of_alerts_lead_to_their_section(name: str) -> None:
    for group in rule_groups(REFERENCES[name](), runbooks="https://runbooks.example.com"):
        for rule in group["rules"]:
            if "alert" in rule:
                _leads_to_its_section(rule["alert"], rule["annotations"]["runbook_url"])


def test_links_of_rendered_alerts_lead_to_their_section() -> None:
    found = list(_rendered_links())

    assert found
    for alert, link in found:
        _leads_to_its_section(alert, link)


@each_page
def test_every_section_says_what_to_do(page: str) -> None:
    for alert, text in sections(pages()[page]).items():
        steps = re.search(r"^1\. ", text, re.MULTILINE) or re.search(r"\]\(#\w+\)", text)
        assert steps, f"{alert} has no steps"


@pytest.mark.parametrize("page", [*pages(), INDEX])
def test_links_lead_somewhere(page: str) -> None:
    for link in runbook_pages.links((FOLDER / f"{page}.md").read_text(encoding="utf-8")):
        file, _, place = link.partition("#")
        target = (FOLDER / file).resolve() if file else FOLDER / f"{page}.md"
        assert target.is_file(), link
        assert target.is_relative_to(DOCS), link
        assert not place or place in runbook_pages.anchors(target), link


@each_page
def test_commands_are_of_programs_that_are_there(page: str) -> None:
    for words in runbook_pages.commands(pages()[page]):
        if words[0] == "kubectl":
            assert runbook_pages.verb(words) in VERBS, words
            run = words[words.index("--") + 1 :] if "--" in words else []
            assert not run or run[0] in IN_PODS[page], words


@each_page
def test_commands_can_be_typed_where_they_stand(page: str) -> None:
    found = list(runbook_pages.commands(pages()[page]))
    shown = {words[words.index("--") + 1] for words in found if "exec" in words and "--" in words}

    for program, *arguments in found:
        typed = program == "kubectl" or (page, program) in WITH_AN_ACCESS_OF_THEIR_OWN
        # The beginning of the page shows the whole command, by kubectl exec.
        begun = program in shown and program in IN_PODS[page] and program not in FROM_OUTSIDE
        needed = FROM_OUTSIDE.get(program)
        leads_in = needed is not None and re.search(needed, " ".join(arguments))
        assert typed or begun or leads_in, (program, *arguments)


@each_page
def test_commands_name_containers_that_are_rendered(page: str) -> None:
    known = _containers()

    for words in runbook_pages.commands(pages()[page]):
        if words[0] == "kubectl" and runbook_pages.verb(words) in ("exec", "logs"):
            name = runbook_pages.option(words, "-c")
            assert name is None or name.startswith("<") or name in known, words


@each_page
def test_objects_of_stores_are_rendered(page: str) -> None:
    """``<store>-backup`` and the like: some store has one that ends so."""
    names = _names()

    for end in set(re.findall(r"<store>(-[a-z]+)", pages()[page])):
        assert any(name.endswith(end) for name in names), end


@each_page
def test_scripts_that_are_named_are_there(page: str) -> None:
    named = re.findall(r"\b[\w-]+\.(?:sh|lua|awk|sql)\b", pages()[page])

    assert set(named) <= SCRIPTS


def test_the_index_lists_every_alert_with_its_severities_and_how_long_it_waits() -> None:
    expected = [
        f"| [{name}]({page}.md#{anchor(name)}) | {told} |"
        for page, alerts in all_alerts().items()
        for name, told in _told(alerts)
    ]

    text = (FOLDER / f"{INDEX}.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| \[.*$", text, re.MULTILINE) == expected


def _told(alerts: Sequence[Alert]) -> list[tuple[str, str]]:
    found: dict[str, list[str]] = {}
    for alert in alerts:
        found.setdefault(alert.name, []).append(f"{alert.severity} after {alert.lasts}")
    return [(name, ", ".join(sorted(ways))) for name, ways in sorted(found.items())]


def _leads_to_its_section(alert: str, link: str) -> None:
    page, _, place = link.rsplit("/", 1)[1].partition(".md#")

    assert place == anchor(alert), link
    assert alert in sections(pages()[page]), link


@cache
def _documents() -> tuple[dict[str, Any], ...]:
    texts = (path.read_text(encoding="utf-8") for path in RENDERED)
    return tuple(item for text in texts for item in yaml.load_all(text, Loader=yaml.CSafeLoader))


def _rendered_links() -> Iterator[tuple[str, str]]:
    rule = re.compile(r"alert: (\w+)$.*?runbook_url: (\S+)$", re.MULTILINE | re.DOTALL)
    for path in RENDERED:
        yield from rule.findall(path.read_text(encoding="utf-8"))


def _names() -> set[str]:
    return {item["metadata"]["name"] for item in _documents()}


def _containers() -> set[str]:
    """Names of the containers of everything that is rendered, whatever makes the pods."""
    return {name for item in _documents() for name in _container_names(item.get("spec", {}))}


def _container_names(spec: dict[str, Any]) -> Iterator[str]:
    for key, value in spec.items():
        if key in ("containers", "initContainers"):
            yield from (container["name"] for container in value)
        elif isinstance(value, dict):
            yield from _container_names(value)
