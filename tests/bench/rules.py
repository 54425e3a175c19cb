"""What the rules take of a synth: both timed in one process, which did nothing else before."""

import time

_START = time.perf_counter()

import json  # noqa: E402  (imports are a part of what a synth takes)

import constructs_lib.node  # noqa: E402, F401  (chooses the Node.js that jsii starts, before it does)

from apps.environments import ENVIRONMENTS  # noqa: E402  (as above)
from constructs_lib.checking import broken  # noqa: E402  (as above)
from constructs_lib.output import rendered, texts  # noqa: E402  (as above)
from constructs_lib.rules import FLEET_RULES, Known  # noqa: E402  (as above)
from main import build  # noqa: E402  (as above)


def main() -> None:
    charts = rendered(*build(*ENVIRONMENTS))
    start = time.perf_counter()
    for name in dict.fromkeys(chart.path.parts[0] for chart in charts):
        broken([chart for chart in charts if chart.path.parts[0] == name], FLEET_RULES, Known())
    rules = time.perf_counter() - start
    texts({chart.path: chart.objects for chart in charts})
    print(json.dumps({"rules": rules, "synth": time.perf_counter() - _START}))


if __name__ == "__main__":
    main()
