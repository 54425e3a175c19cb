"""Ways for an object's body to cross into Node, or not to: small Deployments, nothing around them.

What a body crosses as decides what an object costs, so this is the comparison behind the choice in
docs/architecture.md. Every function writes the same ``count`` Deployments to files in ``folder``.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import constructs_lib.node  # noqa: F401  (chooses the Node.js that jsii starts, before it does)

import cdk8s
from cdk8s_plus_27 import k8s
from constructs import Construct

from constructs_lib.chart import AppChart
from constructs_lib.manifest import Manifest
from constructs_lib.output import render, texts, write
from tests.bench import facts
from tests.bench.layout import portions
from tests.bench.nova import ENVIRONMENT

# As many objects as a chart of twenty services has.
_OBJECTS_IN_A_CHART = 180


def l1(count: int, folder: Path) -> None:
    """As structs of ``cdk8s_plus_27.k8s``; each struct and field is checked and converted."""
    _app(count, folder, _l1).synth()


def patch(count: int, folder: Path) -> None:
    """As a bare ApiObject, the rest put in by a JSON patch."""
    _app(count, folder, _patched).synth()


def callback(count: int, folder: Path) -> None:
    """As what ``to_json`` returns when Node calls back for each object."""
    _app(count, folder, _manifest).synth()


def rendered(count: int, folder: Path) -> None:
    """Not at all: Node knows the name, and Python renders. What the library does."""
    write(folder, texts(render(_app(count, folder, _manifest))))


def _app(count: int, folder: Path, add: Callable[[Construct, str], object]) -> cdk8s.App:
    app = cdk8s.App(outdir=str(folder))
    for chart_id, names in portions(count, _OBJECTS_IN_A_CHART):
        chart = AppChart(
            app, chart_id, environment=ENVIRONMENT, team=facts.TEAM, create_namespace=False
        )
        for name in names:
            add(chart, name)
    return app


def _manifest(scope: Construct, name: str) -> None:
    metadata = {"name": name, "namespace": "bench", "labels": {"app": name}}
    body = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata}
    Manifest(scope, name, {**body, "spec": _spec(name)})


def _patched(scope: Construct, name: str) -> None:
    metadata = cdk8s.ApiObjectMetadata(name=name, namespace="bench", labels={"app": name})
    deployment = cdk8s.ApiObject(
        scope, name, api_version="apps/v1", kind="Deployment", metadata=metadata
    )
    deployment.add_json_patch(cdk8s.JsonPatch.add("/spec", _spec(name)))


def _spec(name: str) -> dict[str, Any]:
    requests = {"cpu": "250m", "memory": "256Mi"}
    return {
        "replicas": 2,
        "selector": {"matchLabels": {"app": name}},
        "template": {
            "metadata": {"labels": {"app": name}},
            "spec": {
                "containers": [
                    {
                        "name": "main",
                        "image": f"{facts.REGISTRY}/{name}:{facts.TAG}",
                        "ports": [{"name": "http", "containerPort": facts.HTTP}],
                        "resources": {"requests": requests},
                        "readinessProbe": {
                            "httpGet": {"path": facts.HEALTH, "port": "http"},
                            "periodSeconds": 5,
                        },
                    }
                ]
            },
        },
    }


def _l1(scope: Construct, name: str) -> None:
    quantity = k8s.Quantity.from_string
    http_get = k8s.HttpGetAction(path=facts.HEALTH, port=k8s.IntOrString.from_string("http"))
    container = k8s.Container(
        name="main",
        image=f"{facts.REGISTRY}/{name}:{facts.TAG}",
        ports=[k8s.ContainerPort(name="http", container_port=facts.HTTP)],
        resources=k8s.ResourceRequirements(
            requests={"cpu": quantity("250m"), "memory": quantity("256Mi")}
        ),
        readiness_probe=k8s.Probe(http_get=http_get, period_seconds=5),
    )
    k8s.KubeDeployment(
        scope,
        name,
        metadata=k8s.ObjectMeta(name=name, namespace="bench", labels={"app": name}),
        spec=k8s.DeploymentSpec(
            replicas=2,
            selector=k8s.LabelSelector(match_labels={"app": name}),
            template=k8s.PodTemplateSpec(
                metadata=k8s.ObjectMeta(labels={"app": name}),
                spec=k8s.PodSpec(containers=[container]),
            ),
        ),
    )
