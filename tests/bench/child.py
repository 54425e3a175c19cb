"""Runs one measured function in this process, which did nothing else before, and reports."""

import importlib
import json
import resource
import sys
import time
from pathlib import Path


def main() -> None:
    module_name, function, count, folder = sys.argv[1:]
    start = time.perf_counter()
    measured = getattr(importlib.import_module(module_name), function)
    imported = time.perf_counter()
    measured(int(count), Path(folder))
    done = time.perf_counter()
    # Of this process alone: the Node.js process that jsii starts is a child.
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    kilobyte = 1024 if sys.platform == "darwin" else 1
    report = {
        "imports": imported - start,
        "seconds": done - imported,
        "peak_mb": peak / kilobyte / 1024,
    }
    print(json.dumps(report))


if __name__ == "__main__":
    main()
