"""Measure, and print one table; figures to reach are marked, and nothing fails."""

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import yaml

from tests.bench import nova, plus
from tests.bench.runs import Figure, function, process, scratch

SERVICES = 500
OBJECTS = 9
BODIES = 4500

Row = tuple[str, str, str]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--runs", type=int, default=3, help="runs of each figure (default 3)")
    runs = parser.parse_args().runs
    print(machine())
    print_rows("whole synth", synth_rows(runs))
    print_rows(f"{SERVICES} services of {OBJECTS} objects", service_rows(runs))
    print_rows(f"how {BODIES} bodies become files", route_rows(runs))


def machine() -> str:
    """What the figures were measured on."""
    node = subprocess.run(
        [os.environ["JSII_NODE"], "--version"], capture_output=True, text=True, check=True
    )
    cpu = platform.processor() or platform.machine()
    for line in Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc").exists() else ():
        if line.startswith("model name"):
            cpu = line.partition(":")[2].strip()
            break
    python = platform.python_version()
    return f"{cpu}, {os.cpu_count()} cores, Python {python}, Node.js {node.stdout.strip()}"


def print_rows(title: str, rows: Iterator[Row]) -> None:
    """A table of Markdown."""
    print(f"\n| {title} | measured | to reach |\n| --- | --- | --- |", flush=True)
    for row in rows:
        print(f"| {' | '.join(row)} |", flush=True)


def reached(figure: float, limit: float) -> str:
    """The limit, and whether ``figure`` keeps it."""
    return f"at most {limit:g}: {'yes' if figure <= limit else 'NO'}"


def synth_rows(runs: int) -> Iterator[Row]:
    python = sys.executable
    floor = process(lambda folder: (python, "-m", "tests.bench.floor", str(folder)), runs)
    yield "the floor: import cdk8s and cdk8s-plus, write an empty App", floor.spread, ""
    whole = process(lambda _: (python, "main.py"), runs)
    yield "this project: every app, every environment, rules included", whole.spread, ""
    ratio = whole.median / floor.median
    yield "ratio", f"{ratio:.2f}", reached(ratio, 2.5)
    said = subprocess.run(
        (python, "-m", "tests.bench.rules"), capture_output=True, text=True, check=True
    )
    report = json.loads(said.stdout)
    share = report["rules"] / report["synth"]
    yield "rules and placement, of one synth", f"{share:.0%}", reached(share, 0.2)


def service_rows(runs: int) -> Iterator[Row]:
    figures = {}
    for count in (50, 100, SERVICES):
        figure = function("tests.bench.nova", "measure", count, runs)
        figures[count] = figure
        each = figure.median / count / OBJECTS * 1000
        said = f"{figure.spread}, {each:.2f} ms an object, imports {figure.imports:.2f} s"
        yield f"{count} NovaServices, props to files", said, ""
    ours = figures[SERVICES]
    growth = (ours.median / SERVICES) / (figures[50].median / 50)
    yield f"an object at {SERVICES} against one at 50", f"{growth:.2f}", reached(growth, 1.2)
    yield "peak memory of Python", f"{ours.peak_mb:.0f} MB", reached(ours.peak_mb, 250)
    yield from plus_rows(ours, runs)
    yield from kustomize_rows(ours, runs)


def plus_rows(ours: Figure, runs: int) -> Iterator[Row]:
    naive = function("tests.bench.plus", "measure", SERVICES, runs)
    yield "the same, cdk8s-plus-27 L2 and app.synth()", naive.spread, ""
    ratio = ours.median / naive.median
    yield "ratio", f"{ratio:.2f}", reached(ratio, 0.7)
    with scratch() as folder:
        nova.measure(SERVICES, folder / "ours")
        plus.measure(SERVICES, folder / "naive")
        yield "what was written, ours", written(folder / "ours"), ""
        yield "what was written, L2", written(folder / "naive"), ""


def written(folder: Path) -> str:
    """How many objects of how many bytes, as compact JSON, lie below ``folder``."""
    objects = [
        item
        for path in sorted(folder.rglob("*.k8s.yaml"))
        for item in yaml.load_all(path.read_text(), Loader=yaml.CSafeLoader)
    ]
    size = sum(len(json.dumps(item, separators=(",", ":"))) for item in objects)
    return f"{len(objects)} objects, {size / 1e6:.1f} MB of JSON"


def kustomize_rows(ours: Figure, runs: int) -> Iterator[Row]:
    kubectl = shutil.which("kubectl")
    if kubectl is None:
        yield "kubectl kustomize", "no kubectl on the path", ""
        return
    with scratch() as folder:
        nova.measure(SERVICES, folder)
        rendered = next(folder.glob("*/*/kustomization.yaml")).parent
        build = process(lambda _: (kubectl, "kustomize", str(rendered)), runs)
    yield "kubectl kustomize over the same files", build.spread, ""
    ratio = build.median / ours.median
    yield "ratio", f"{ratio:.1f}", f"at least 10: {'yes' if ratio >= 10 else 'NO'}"


def route_rows(runs: int) -> Iterator[Row]:
    routes = (
        ("L1 structs of cdk8s-plus-27", "l1", ()),
        ("L1 structs, without jsii's type checks (python -O)", "l1", ("-O",)),
        ("ApiObject and a JSON patch", "patch", ()),
        ("toJson in Python, called back from Node", "callback", ()),
        ("toJson in Python, called from Python", "rendered", ()),
    )
    for title, name, options in routes:
        figure = function("tests.bench.routes", name, BODIES, runs, options=options)
        each = figure.median / BODIES * 1000
        yield title, f"{figure.spread}, {each:.2f} ms an object", ""


if __name__ == "__main__":
    main()
