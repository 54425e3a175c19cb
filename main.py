"""Render every app for every environment to dist/, after the rules have passed."""

import sys
from pathlib import PurePosixPath

import constructs_lib.node  # noqa: F401  (chooses the Node.js that jsii starts, before it does)

import cdk8s

from apps import charts
from apps.environments import ENVIRONMENTS
from constructs_lib.environment import Environment
from constructs_lib.errors import NovaError
from constructs_lib.output import Document, checked, write_apps


def build(*environments: Environment) -> list[cdk8s.App]:
    """Every app for each of ``environments``."""
    return [cdk8s.App.of(chart) for environment in environments for chart in charts(environment)]


def render_environment(environment: Environment) -> dict[PurePosixPath, list[Document]]:
    """The objects of all apps in ``environment``, by file, after the rules have passed."""
    return checked(*build(environment))


if __name__ == "__main__":
    try:
        write_apps(*build(*ENVIRONMENTS))
    except NovaError as error:
        sys.exit(str(error))
