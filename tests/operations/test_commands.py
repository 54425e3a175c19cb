"""The commands of the page fit ``dist/prod``; and where one does not, that is found out."""

# ruff: noqa: N802  (a test bears the id of its row)

import re
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from constructs_lib.cli.local import app
from tests.operations.arguments import Parsed
from tests.operations.deployed import DIST, PROJECT, Deployed
from tests.operations.kubectl import problems
from tests.operations.page import PAGE, Command, blocks, commands, sections
from tests.operations.parts import needed

TEXT = PAGE.read_text(encoding="utf-8")
TARGETS = set(re.findall(r"^([a-z-]+):", (PROJECT / "Makefile").read_text(), re.MULTILINE))
SHELLCHECK = Path(sys.executable).with_name("shellcheck")


@pytest.fixture(scope="module")
def deployed() -> Deployed:
    return Deployed.read()


def found_in(text: str, deployed: Deployed) -> list[str]:
    every = [command for block in blocks(text) for command in commands(block)]
    return problems(every, deployed, needed(deployed)) + others(every)


def others(every: list[Command]) -> list[str]:
    """What is wrong with commands of other programs."""
    found = []
    for command in every:
        program, *words = command.words
        if program == "make":
            found += [f"make {word}" for word in words if word not in TARGETS]
        elif program == "nova":
            found += (
                [str(command)] if CliRunner().invoke(app, [*words[1:], "--help"]).exit_code else []
            )
        elif program == "git":
            paths = [word for word in words[1:] if word[0] != "-" and word != "HEAD"]
            found += [f"no {path}" for path in paths if not (PROJECT / path).exists()]
        elif program not in ("kubectl", "cdk8s"):
            found.append(f"{program} is no program of this page")
    return found


def test_M2_what_the_page_is_about() -> None:
    assert sections(TEXT) == [
        "First deployment",
        "Update",
        "Roll back",
        "Scale",
        "Rotate a secret",
        "Back up",
        "Restore",
        "Lose a node",
        "Lose a zone",
        "Alerts",
    ]
    for part in re.split(r"^## ", TEXT, flags=re.MULTILINE)[1:]:
        assert blocks(part), f"no command in: {part[:20]}"


def test_M2_every_command_fits_what_is_deployed(deployed: Deployed) -> None:
    assert found_in(TEXT, deployed) == []


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ("statefulset/etcd -n", "statefulset/etdc -n", "no StatefulSet nova-database/etdc"),
        ("-n nova-redis --timeout", "-n nova-reddis --timeout", "no namespace 'nova-reddis'"),
        (" -n nova --timeout", " --timeout", "no namespace ''"),
        ("--from=cronjob/postgres-backup", "--from=cronjob/pg-backup", "no CronJob"),
        ("--from=cronjob/etcd-restore-$n", "--from=cronjob/etcd-restore-x$n", "no CronJob"),
        ("TARGET_TIME='", "TARGET='", "no variable TARGET"),
        ("-c publish", "-c ship", "has no container ship"),
        ("-c reconcile", "-c apply", "has no container apply"),
        ("job/list-1 -n nova-redis -c fetch", "job/list-1 -n nova-redis -c get", "no container"),
        ("-c sentinel --", "-c exporters --", "has no container exporters"),
        ("redis -n nova-redis --replicas=3", "redis -n nova-redis --replicas=5", "3 replicas"),
        (".status.lastSuccessfulTime", ".status.lastSuccess", "no field .status.lastSuccess"),
        ('"minReplicas"', '"minimumReplicas"', "no field .spec.minimumReplicas"),
        ("name=postgres-logins", "name=postgres-login", "selects no Job"),
        ("storageclass standard-rwo", "storageclass standard", "nothing needs StorageClass"),
        ("crd certificates.cert-manager.io", "crd issuers.cert-manager.io", "nothing needs"),
        ("dist/prod/nova-platform", "dist/prod/nova-plattform", "there is no dist/prod"),
        ("--from-literal=state=", "--from-literal=status=", "no pod reads"),
        ("job restore-2 ", "job restore-1 ", "is made above"),
        ("data-postgres-2", "data-postgres-3", "no PersistentVolumeClaim"),
        ("condition=complete --timeout=24h", "condition=done --timeout=24h", "condition done"),
        ("condition=complete --timeout=24h", "condition=complete", "without a time-out"),
        ("get pdb", "get budgets", "no kind budgets"),
        ("--sort-by=.lastTimestamp", "--sort-by=.lastStamp", "no field .lastStamp"),
        ("selector=status.phase=Pending", "selector=status.fase=Pending", "no field .status.fase"),
        ("make synth", "make sinth", "make sinth"),
        ("git diff dist/prod", "git diff dist/production", "no dist/production"),
        ("-l k8s-app=kube-dns", "-l k8s-app=coredns", "no policy knows such pods"),
        ("$LEADER", "$LEADERS", "no Pod nova-database/$LEADERS"),
    ],
)
def test_M2_a_wrong_command_is_found_out(
    deployed: Deployed, right: str, wrong: str, said: str
) -> None:
    assert right in TEXT
    found = found_in(TEXT.replace(right, wrong), deployed)
    assert any(said in text for text in found), found


def _said(section: str) -> list[Command]:
    part = TEXT.partition(f"\n## {section}\n")[2].partition("\n## ")[0]
    return [command for block in blocks(part) for command in commands(block)]


def test_M2_the_first_deployment_applies_everything_and_waits_for_all_of_it(
    deployed: Deployed,
) -> None:
    said = [Parsed.of(item) for item in _said("First deployment") if item.words[0] == "kubectl"]
    applied = [item.options["-k"] for item in said if item.verb == "apply"]
    waited = {
        (kind, item.namespace, name)
        for item in said
        if item.verb in ("wait", "rollout status")
        for kind, name in item.targets
    }

    assert applied[0] == "dist/prod/nova-data"
    assert applied[-2] == "dist/prod/observability", "before the one that is applied again"
    assert set(applied) == {f"dist/prod/{folder.name}" for folder in DIST.iterdir()}
    for item in deployed.every("StatefulSet", "Deployment", "ExternalSecret", "Certificate"):
        kind, namespace = item["kind"], item["metadata"]["namespace"]
        names = {item["metadata"]["name"]} | ({""} if kind != "StatefulSet" else set())
        assert {(kind, namespace, name) for name in names} & waited, item["metadata"]
    assert {item["metadata"]["namespace"] for item in deployed.every("Job")} == {
        namespace for kind, namespace, _ in waited if kind == "Job"
    }


def test_M2_every_store_is_backed_up_and_restored_by_hand(deployed: Deployed) -> None:
    made = {
        (item.namespace, item.options["--from"].removeprefix("cronjob/"))
        for section in ("Back up", "Restore")
        for item in map(Parsed.of, _said(section))
        if item.verb == "create job"
    }
    jobs = {
        (item["metadata"]["namespace"], item["metadata"]["name"])
        for item in deployed.every("CronJob")
        if re.search("-backup$|-restore", item["metadata"]["name"])
    }
    assert jobs <= made


def test_M2_variables_that_are_explained_are_those_of_restores(deployed: Deployed) -> None:
    part = TEXT.partition("## Restore")[2].partition("\n## ")[0]
    explained = set(re.findall(r"^\| `([A-Z_]+)` \|", part, re.MULTILINE))
    restores = [
        item for item in deployed.every("CronJob") if "-restore" in item["metadata"]["name"]
    ]
    text = str(restores)

    assert explained == {"BACKUP", "TARGET_TIME", "DATABASES", "ALLOW_GAP", "FLUSH"}
    for name in explained:
        assert f"'name': '{name}'" in text


def test_M2_a_restore_takes_a_variable_only_where_the_page_says_so(deployed: Deployed) -> None:
    only = {
        "DATABASES": {"postgres-restore"},
        "ALLOW_GAP": {"postgres-restore"},
        "FLUSH": {"redis-restore"},
    }
    for name, jobs in only.items():
        assert {
            item["metadata"]["name"]
            for item in deployed.every("CronJob")
            if f"'name': '{name}'" in str(item)
        } == jobs


def test_M2_the_shell_reads_every_block(tmp_path: Path) -> None:
    for number, block in enumerate(blocks(TEXT)):
        script = tmp_path / f"{number}.sh"
        script.write_text(f"#!/bin/sh\n{block}")
        done = subprocess.run(
            ["sh", "-n", str(script)], check=False, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
        # Quotes around names of nodes and of namespaces would only make lines longer.
        checked = [str(SHELLCHECK), "--exclude=SC2086,SC2046", "--shell=sh", str(script)]
        done = subprocess.run(checked, check=False, capture_output=True, text=True)
        assert done.stdout == ""
