"""Print which nodes take which pods in every environment: ``make placement``."""

import constructs_lib.node  # noqa: F401  (chooses the Node.js that jsii starts, before it does)

from apps.environments import ENVIRONMENTS
from constructs_lib.environment import Environment
from constructs_lib.placement import report
from constructs_lib.rendering import render
from main import build


def report_on(environment: Environment) -> str:
    """The report about ``environment``. No rule is run: it is for what does not fit, too."""
    objects = [item for held in render(*build(environment)).values() for item in held]
    return report(environment.name, objects, environment.cluster)


if __name__ == "__main__":
    for environment in ENVIRONMENTS:
        print(report_on(environment))  # noqa: T201  (its purpose)
