"""Timed runs, each in a process of its own, so that imports and memory are honest."""

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Figure:
    """Several measurements of one thing, in seconds, and the most memory it took, in MB."""

    seconds: tuple[float, ...]
    imports: float = 0.0
    peak_mb: float = 0.0

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)

    @property
    def spread(self) -> str:
        return f"{self.median:.2f} s ({min(self.seconds):.2f} to {max(self.seconds):.2f})"


@contextmanager
def scratch() -> Iterator[Path]:
    """A folder that is gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="bench-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def function(
    module: str, name: str, count: int, runs: int, *, options: Sequence[str] = ()
) -> Figure:
    """``module.name(count, folder)``, without the imports before it."""
    reports = []
    for _ in range(runs):
        with scratch() as folder:
            command = [sys.executable, *options, "-m", "tests.bench.child", module, name]
            said = _run([*command, str(count), str(folder)])
            reports.append(json.loads(said))
    return Figure(
        seconds=tuple(report["seconds"] for report in reports),
        imports=statistics.median(report["imports"] for report in reports),
        peak_mb=max(report["peak_mb"] for report in reports),
    )


def process(command: Callable[[Path], Sequence[str]], runs: int) -> Figure:
    """A whole process, from its start to its end; the command gets a folder of its own."""
    seconds = []
    for _ in range(runs):
        with scratch() as folder:
            start = time.perf_counter()
            _run(command(folder), out=folder)
            seconds.append(time.perf_counter() - start)
    return Figure(seconds=tuple(seconds))


def _run(command: Sequence[str], *, out: Path | None = None) -> str:
    environment = os.environ | ({} if out is None else {"CDK8S_OUTDIR": str(out)})
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        sys.exit(f"{' '.join(command)}\n{done.stdout}{done.stderr}")
    return done.stdout
