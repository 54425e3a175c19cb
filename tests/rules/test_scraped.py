"""Pods that ask to be scraped and that no job of a rendered Prometheus takes."""

from typing import Any

import cdk8s
import pytest
import yaml
from constructs import Construct

from constructs_lib.chart import AppChart
from constructs_lib.errors import RuleError
from constructs_lib.kube.images import AppImage
from constructs_lib.kube.monitors import Metrics
from constructs_lib.observability import ObservabilityStack
from constructs_lib.output import checked
from constructs_lib.ports import Ports
from constructs_lib.rules import Fleet, Known
from constructs_lib.rules.scraped import targets
from constructs_lib.service import NovaService, NovaServiceProps
from tests.observability.stack_cases import PLAIN, smallest
from tests.rules.shop import KNOWN, Break, Change, check, found, shop

API = ("Deployment", "api")
FILE = "data[prometheus.yml]"


def jobs(*discoveries: dict[str, object]) -> str:
    """A configuration with a job for each."""
    listed = [
        {"job_name": str(number), "kubernetes_sd_configs": [item]}
        for number, item in enumerate(discoveries)
    ]
    return yaml.safe_dump({"scrape_configs": listed})


def pods(label: str, namespace: str = "shop") -> dict[str, object]:
    """Discovery of the pods with ``label``."""
    selectors = [{"role": "pod", "label": label}]
    return {"role": "pod", "namespaces": {"names": [namespace]}, "selectors": selectors}


BREAKS = tuple(
    Break(
        "scraped/target",
        Change("ConfigMap prometheus-files", FILE, jobs(pods(label))),
        "annotation prometheus.io/scrape is true, and no job of ConfigMap"
        " shop/prometheus-files, which looks for pods in shop, takes these",
        where="Deployment shop/api",
    )
    for label in (
        "app=apy",
        "app=api,tier=front",
        "app!=db,app=web",
        "app==web",
        "app = web",
        "app=api, tier=front",
        "app=api,app=web",
    )
)


@pytest.mark.parametrize("broken", BREAKS)
def test_a_pod_that_no_job_takes_is_found(broken: Break) -> None:
    check(broken)


@pytest.mark.parametrize(
    "configuration",
    [
        pytest.param(jobs(pods("app=web"), pods("app=api")), id="another-job"),
        pytest.param(jobs(pods("app=web", "elsewhere")), id="elsewhere"),
        pytest.param(jobs({"role": "node"}), id="nodes"),
        pytest.param(jobs({"role": "pod"}), id="everything"),
        pytest.param(
            jobs({"role": "endpoints", "namespaces": {"names": ["shop"]}}), id="endpoints"
        ),
        pytest.param(jobs(pods("app in (api, web)")), id="sets"),
        pytest.param(jobs(pods("app==api")), id="two-signs"),
        pytest.param(jobs(pods("app = api")), id="spaces"),
        pytest.param(jobs(pods("app!=web, app=api")), id="space-after-a-comma"),
        pytest.param(f"when: 2024-13-45\n{jobs(pods('app=web'))}", id="no-day"),
        pytest.param("scrape_configs: [", id="no-yaml"),
        pytest.param("scrape_configs: none of them", id="no-list"),
    ],
)
def test_what_some_job_takes_or_nobody_looks_for_is_let_through(configuration: str) -> None:
    assert found(Change("ConfigMap prometheus-files", FILE, configuration)) == []


def own(label: str) -> Change:
    """Discovery in the namespace of Prometheus."""
    discovery = pods(label) | {"namespaces": {"own_namespace": True}}
    return Change("ConfigMap prometheus-files", FILE, jobs(discovery))


def test_the_namespace_of_prometheus_is_one_of_those_it_searches() -> None:
    assert [item.rule for item in found(own("app=web"))] == ["scraped/target"]
    fleet = Fleet([*shop(own("app=web")), *shop_elsewhere()], KNOWN)
    assert {item.object for item in targets(fleet)} == {"Deployment shop/api"}


def shop_elsewhere() -> list[dict[str, Any]]:
    """A pod that asks to be scraped, in another namespace."""
    (pod,) = (item for item in shop() if (item["kind"], item["metadata"]["name"]) == API)
    return [pod | {"metadata": pod["metadata"] | {"namespace": "other"}}]


@pytest.mark.parametrize("title", ["Deployment shop/api", "Namespace shop"])
def test_what_another_prometheus_scrapes_is_listed(title: str) -> None:
    change = Change("ConfigMap prometheus-files", FILE, jobs(pods("app=web")))
    (finding,) = found(change)
    assert finding.fix.endswith(
        "or list 'Deployment shop/api' in Known.scraped_elsewhere if another Prometheus scrapes it"
    )
    elsewhere = Known(scraped_elsewhere=frozenset({title}))
    assert found(change, known=KNOWN.joined(elsewhere)) == []


class Late(AppChart):
    """A service before a stack that watches its own chart, and one after it."""

    def __init__(self, scope: Construct) -> None:
        super().__init__(scope, "web", environment=PLAIN, team="shop")
        self._add("early")
        props = smallest()
        stack = ObservabilityStack
        stack(self, "stack", type(props)(watches=self.signals, kube_state_metrics=None, without=()))
        self._add("late")

    def _add(self, name: str) -> None:
        props = NovaServiceProps(
            image=AppImage("orders", tag="v1"), ports=Ports(http=8080), metrics=Metrics(port="http")
        )
        NovaService(self, name, props)


def test_a_workload_that_is_built_after_the_stack_is_found() -> None:
    app = cdk8s.App()
    Late(app)

    with pytest.raises(RuleError, match="scraped/target") as refused:
        checked(app)
    assert "Deployment web/late" in str(refused.value)
    assert "Deployment web/early: annotation" not in str(refused.value)
