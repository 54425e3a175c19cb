"""Print which nodes take which pods in every environment: ``make placement``."""

import constructs_lib.node  # noqa: F401  (chooses the Node.js that jsii starts, before it does)

from apps.environments import ENVIRONMENTS
from constructs_lib.placement import report
from main import render_environment

if __name__ == "__main__":
    for environment in ENVIRONMENTS:
        files = render_environment(environment)
        objects = [item for held in files.values() for item in held]
        print(report(environment.name, objects, environment.cluster))  # noqa: T201  (its purpose)
