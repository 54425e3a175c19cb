"""From constructs to files: render apps in memory, and write a folder that holds just them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath
from typing import Any, cast

import cdk8s

from constructs_lib.chart import AppChart
from constructs_lib.errors import NovaError
from constructs_lib.yaml_text import to_yaml

Document = Mapping[str, Any]

SUFFIX = ".k8s.yaml"
KUSTOMIZATION = "kustomization.yaml"

_PREPARATION = "preparation"


def documents(chart: cdk8s.Chart) -> list[Document]:
    """The objects of ``chart`` in the order of their dependencies.

    The same as ``chart.to_json()``, validations included, without a detour of every object through
    Node: only objects of other libraries are rendered there.
    """
    _prepare(cast("cdk8s.App", chart.node.root))
    return _objects(chart)


def render(app: cdk8s.App) -> dict[PurePosixPath, list[Document]]:
    """The objects of every AppChart of ``app``, by the file that they belong into.

    Files are called ``<environment>/<app>/<chart>.k8s.yaml``.
    """
    _prepare(app)
    files: dict[PurePosixPath, list[Document]] = {}
    for chart in app.charts:
        if isinstance(chart, AppChart):
            folder = PurePosixPath(chart.environment.name, chart.app_name)
            files[folder / f"{chart.node.id}{SUFFIX}"] = _objects(chart)
        elif chart.node.id != _PREPARATION:
            msg = f"chart {chart.node.id!r} is no AppChart, so it has no place among the files"
            raise NovaError(msg)
    return files


def _prepare(app: cdk8s.App) -> None:
    """Let cdk8s resolve dependencies and run every construct's validation.

    It does both for the whole app whenever one chart is rendered; an empty one costs nothing else.
    """
    found = app.node.try_find_child(_PREPARATION)
    cast("cdk8s.Chart", found or cdk8s.Chart(app, _PREPARATION)).to_json()


def _objects(chart: cdk8s.Chart) -> list[Document]:
    found = cdk8s.DependencyGraph(chart.node).topology()
    nested = [item for item in found if isinstance(item, cdk8s.Chart) and item is not chart]
    if nested:
        msg = f"chart {nested[0].node.path!r} is inside another chart; put both into the app"
        raise NovaError(msg)
    return [item.to_json() for item in found if isinstance(item, cdk8s.ApiObject)]


def texts(files: Mapping[PurePosixPath, Iterable[Document]]) -> dict[PurePosixPath, str]:
    """``files`` as YAML, with a ``kustomization.yaml`` in each folder that lists its charts."""
    written = {path: to_yaml(objects) for path, objects in files.items()}
    for folder in sorted({path.parent for path in files}):
        charts = sorted(path.name for path in files if path.parent == folder)
        kustomization = {
            "apiVersion": "kustomize.config.k8s.io/v1beta1",
            "kind": "Kustomization",
            "resources": charts,
        }
        written[folder / KUSTOMIZATION] = to_yaml([kustomization])
    return written


def write(folder: Path, files: Mapping[PurePosixPath, str]) -> None:
    """Write ``files`` below ``folder``, and remove rendered files that are no longer among them.

    What is removed has the place and name of a rendered file (``*/*/*.k8s.yaml`` and
    ``*/*/kustomization.yaml``); a controller would go on applying it.
    """
    for path, text in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(text.encode())
    kept = {folder / path for path in files}
    for pattern in (f"*/*/*{SUFFIX}", f"*/*/{KUSTOMIZATION}"):
        for stale in sorted(set(folder.glob(pattern)) - kept):
            stale.unlink()
    for empty in sorted(folder.glob("*/*/")) + sorted(folder.glob("*/")):
        if not any(empty.iterdir()):
            empty.rmdir()
