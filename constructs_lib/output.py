"""From apps to files: render them, run the rules, and write a folder that holds just them."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path, PurePosixPath

import cdk8s

from constructs_lib.checking import WHERE, Demands, Verdict, judged
from constructs_lib.errors import NovaError, RuleError
from constructs_lib.placement import summary
from constructs_lib.rendering import SUFFIX, Document, Rendered, documents, render, rendered
from constructs_lib.rules import FLEET_RULES, Known, Rule, Waiver
from constructs_lib.yaml_text import to_yaml

__all__ = [
    "HEADER",
    "KUSTOMIZATION",
    "SUFFIX",
    "Document",
    "checked",
    "documents",
    "render",
    "rendered",
    "texts",
    "write",
    "write_apps",
]

KUSTOMIZATION = "kustomization.yaml"

HEADER = "# Rendered by constructs_lib; do not edit.\n"
"""First line of every file that :func:`write` may remove again."""

_WRITTEN: set[Path] = set()
"""Folders that :func:`write_apps` has written in this process."""

_NOTHING_KNOWN = Known()


def write_apps(
    *apps: cdk8s.App,
    folder: Path | str | None = None,
    rules: Sequence[Rule] = FLEET_RULES,
    known: Known = _NOTHING_KNOWN,
    waivers: Sequence[Waiver] = (),
) -> None:
    """Write the objects of all ``apps``, after the rules have passed: the whole of a synth.

    ``folder`` then holds just them, so all apps go into one call; None is where cdk8s writes,
    ``$CDK8S_OUTDIR`` or ``dist``. ``known`` lists what clusters have besides the apps, ``waivers``
    what may break a rule for a while. Raises ``NovaError``, and nothing is written, where a
    construct or a rule refuses something, where there is no app, and for a folder that this process
    has written already: a second call would remove what the first one wrote. At the end a line for
    each environment goes to standard error: on how many of its nodes the pods were placed, and how
    many nodes they would need with every autoscaler at its maximum.
    """
    target = Path(folder or os.environ.get("CDK8S_OUTDIR") or "dist").resolve()
    if not apps or target in _WRITTEN:
        why = "no app was given" if not apps else f"{target} was written by an earlier call"
        msg = f"write_apps: {why}; pass all apps to one call, since the folder then holds just them"
        raise NovaError(msg)
    charts, verdict = _checked(apps, Demands(rules, known, waivers))
    write(target, texts({chart.path: chart.objects for chart in charts}))
    _WRITTEN.add(target)
    for name, placing in verdict.placings.items():
        # Standard output is the program's own.
        print(summary(name, placing), file=sys.stderr)  # noqa: T201  (told to people)


def checked(
    *apps: cdk8s.App,
    rules: Sequence[Rule] = FLEET_RULES,
    known: Known = _NOTHING_KNOWN,
    waivers: Sequence[Waiver] = (),
) -> dict[PurePosixPath, list[Document]]:
    """The objects of all ``apps``, by file, after the rules have passed.

    Rules run over each environment as a whole, since that is what one cluster gets. Raises
    ``RuleError`` with everything that they find in any of them and no waiver covers, and
    ``PropsError`` for what is no rule, returns no findings, or is no waiver.
    """
    charts, _ = _checked(apps, Demands(rules, known, waivers))
    return {chart.path: chart.objects for chart in charts}


def _checked(apps: Sequence[cdk8s.App], demands: Demands) -> tuple[list[Rendered], Verdict]:
    demands.check()
    charts = rendered(*apps)
    verdict = judged(charts, demands)
    if verdict.findings:
        raise RuleError(WHERE, verdict.findings)
    return charts, verdict


def texts(files: Mapping[PurePosixPath, Iterable[Document]]) -> dict[PurePosixPath, str]:
    """``files`` as YAML, with a ``kustomization.yaml`` in each folder that lists its charts."""
    written = {path: HEADER + to_yaml(objects) for path, objects in files.items()}
    for folder in sorted({path.parent for path in files}):
        charts = sorted(path.name for path in files if path.parent == folder)
        kustomization = {
            "apiVersion": "kustomize.config.k8s.io/v1beta1",
            "kind": "Kustomization",
            "resources": charts,
        }
        written[folder / KUSTOMIZATION] = HEADER + to_yaml([kustomization])
    return written


def write(folder: Path, files: Mapping[PurePosixPath, str]) -> None:
    """Write ``files`` below ``folder``, and remove rendered files that are no longer among them.

    A controller would go on applying those. What is removed has the place and name of a rendered
    file (``*/*/*.k8s.yaml`` and ``*/*/kustomization.yaml``) and says in its first line that it was
    rendered; whatever else stands in the folder stays as it is.
    """
    for path, text in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(text.encode())
    kept = {folder / path for path in files}
    for pattern in (f"*/*/*{SUFFIX}", f"*/*/{KUSTOMIZATION}"):
        for stale in sorted(set(folder.glob(pattern)) - kept):
            if _rendered(stale):
                stale.unlink()
                _remove_emptied(stale.parent, stale.parent.parent)


def _rendered(file: Path) -> bool:
    with file.open("rb") as content:
        # A checkout on Windows may end the line in two characters.
        return content.readline().rstrip() == HEADER.rstrip().encode()


def _remove_emptied(*folders: Path) -> None:
    for folder in folders:
        if not any(folder.iterdir()):
            folder.rmdir()
