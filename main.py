"""Render every app for every environment to dist/, after the rules have passed."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

import constructs_lib.node  # noqa: F401  (chooses the Node.js that jsii starts, before it does)

import cdk8s

from apps import APPS
from apps.environments import ENVIRONMENTS
from constructs_lib.environment import Environment
from constructs_lib.errors import NovaError, RuleError
from constructs_lib.output import Document, render, texts, write
from constructs_lib.rules import FLEET_RULES


def render_environment(environment: Environment) -> dict[PurePosixPath, list[Document]]:
    """The objects of all apps in ``environment``, by file.

    Raises ``RuleError`` with everything that the rules find in them.
    """
    files: dict[PurePosixPath, list[Document]] = {}
    for build in APPS:
        # One tree an app: cdk8s sorts the dependencies of a tree in more than linear time.
        app = cdk8s.App()
        build(app, environment)
        files.update(render(app))
    everything = [document for objects in files.values() for document in objects]
    findings = [finding for rule in FLEET_RULES for finding in rule(everything)]
    if findings:
        raise RuleError(environment.name, findings)
    return files


def render_all() -> Mapping[PurePosixPath, str]:
    """The text of every file of dist/."""
    files: dict[PurePosixPath, str] = {}
    for environment in ENVIRONMENTS:
        files.update(texts(render_environment(environment)))
    return files


if __name__ == "__main__":
    try:
        write(Path(os.environ.get("CDK8S_OUTDIR", "dist")), render_all())
    except NovaError as error:
        sys.exit(str(error))
