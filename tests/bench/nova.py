"""Synthetic services, written with NovaService and rendered by constructs_lib.output."""

from pathlib import Path

import constructs_lib.node  # noqa: F401  (chooses the Node.js that jsii starts, before it does)

import cdk8s

from constructs_lib.chart import AppChart
from constructs_lib.environment import (
    ApiServer,
    Cluster,
    Dns,
    Environment,
    ExternalSecretStore,
    Images,
    NodePool,
)
from constructs_lib.kube.autoscaling import Autoscaling
from constructs_lib.kube.images import AppImage
from constructs_lib.kube.monitors import Metrics
from constructs_lib.kube.network import Client
from constructs_lib.kube.probes import HttpGet, Probe, Probes
from constructs_lib.kube.rbac import Rule
from constructs_lib.kube.variables import PodField
from constructs_lib.output import render, texts, write
from constructs_lib.refs import Cidrs, Endpoint, Pods, Port, Ports, SecretKey
from constructs_lib.resources import Resources
from constructs_lib.service.construct import NovaService
from constructs_lib.service.props import NovaServiceProps
from tests.bench import facts
from tests.bench.layout import SERVICES_IN_A_CHART, portions


def _pods(pods: facts.SelectedPods) -> Pods:
    return Pods(pods.namespace, labels={pods.label: pods.app})


# The version that cdk8s-plus-27 writes for.
ENVIRONMENT = Environment(
    name="bench",
    cluster=Cluster(
        kubernetes="1.27",
        nodes=(NodePool(count=12, cpu="8", memory="32Gi", zones=("a", "b", "c")),),
        storage_class="standard",
        ingress_class="nginx",
        scrapers=(_pods(facts.SCRAPER),),
        dns=Dns(pods=_pods(facts.DNS), node_local=facts.NODE_LOCAL_DNS.partition("/")[0]),
        api_server=ApiServer(addresses=Cidrs(facts.API_SERVER), port=facts.API_SERVER_PORT),
    ),
    secrets=ExternalSecretStore("vault"),
    images=Images(registry=facts.REGISTRY),
    domain="example.com",
)


def measure(count: int, folder: Path) -> None:
    """``count`` services, from props to files."""
    app = cdk8s.App()
    for chart_id, names in portions(count, SERVICES_IN_A_CHART):
        chart = AppChart(
            app,
            chart_id,
            environment=ENVIRONMENT,
            team=facts.TEAM,
            app=facts.APP,
            create_namespace=False,
        )
        for name in names:
            NovaService(chart, name, _props(name))
    write(folder, texts(render(app)))


def _props(name: str) -> NovaServiceProps:
    database = _pods(facts.DATABASE)
    return NovaServiceProps(
        image=AppImage(name, tag=facts.TAG),
        ports=Ports(http=facts.HTTP, metrics=facts.METRICS),
        resources=Resources(cpu=f"{facts.CPU_MILLIS}m", memory=f"{facts.MEMORY_MEBIBYTES}Mi"),
        settings={**facts.SETTINGS, "SERVICE": name},
        variables={
            "DATABASE_PASSWORD": SecretKey(facts.DATABASE_SECRET, "password"),
            "POD_NAME": PodField("metadata.name"),
        },
        probes=Probes(
            startup=Probe(HttpGet(facts.HEALTH), period_seconds=5, failure_threshold=30),
            readiness=Probe(HttpGet(facts.HEALTH), period_seconds=5),
            liveness=Probe(HttpGet(facts.HEALTH), period_seconds=15),
        ),
        autoscaling=Autoscaling(
            minimum=facts.FEWEST,
            maximum=facts.MOST,
            cpu=facts.CPU_PERCENT,
            memory=facts.MEMORY_PERCENT,
        ),
        rules=(Rule(verbs=facts.READ, resources=("configmaps", "pods")),),
        uses=(
            Endpoint(
                facts.DATABASE.app,
                facts.DATABASE.namespace,
                Port("postgres", facts.DATABASE_PORT),
                peers=(database,),
            ),
        ),
        clients=(Client(Pods(facts.CLIENT_NAMESPACE), ports=("http",)),),
        metrics=Metrics(),
    )
