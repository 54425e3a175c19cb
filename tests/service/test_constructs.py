"""What holds of all constructs: what they refuse at once, and what they offer to others."""

import re
from dataclasses import replace
from typing import Any

import pytest

from constructs_lib.errors import NovaError, PropsError
from constructs_lib.refs import Cidrs, Pods, Ports
from constructs_lib.secrets import AppSecret
from constructs_lib.service import (
    ExternalService,
    NovaCronJob,
    NovaService,
    NovaWorker,
)
from tests.environments import MODERN, STAND_IN
from tests.service.cases import BROKER, CRON_JOB, DATABASE, EXTERNAL, SECRET, SERVICE, WORKER
from tests.service.rendering import egress_of, kinds, new_chart, of_kind, rendered

WRONG_PROPS: dict[str, tuple[Any, Any, str]] = {
    "nothing": (NovaService, None, "shop/api (NovaService): 1 problem\n  props = None: is None"),
    "dict": (
        NovaService,
        {"image": "a"},
        "props = {'image': 'a'}: is a dict; write NovaServiceProps",
    ),
    "of-another": (NovaService, WORKER, "is a NovaWorkerProps; write NovaServiceProps(...)"),
    "of-a-service": (
        NovaWorker,
        SERVICE,
        "props = 'NovaServiceProps': describes Services, and a worker has none; use NovaService",
    ),
    "of-a-worker": (NovaCronJob, WORKER, "shop/api (NovaCronJob): 1 problem\n  props = "),
    "class": (ExternalService, type(EXTERNAL), "shop/api (ExternalService): 1 problem\n  props = "),
    "of-a-job": (AppSecret, CRON_JOB, "is a NovaCronJobProps; write AppSecretProps(...)"),
}


@pytest.mark.parametrize(
    ("construct", "props", "told"), WRONG_PROPS.values(), ids=WRONG_PROPS.keys()
)
def test_wrong_props_are_refused(construct: Any, props: Any, told: str) -> None:
    chart = new_chart()
    with pytest.raises(PropsError, match=re.escape(told)):
        construct(chart, "api", props)
    assert chart.node.children == []


@pytest.mark.parametrize(
    ("construct", "props"),
    [
        (NovaService, SERVICE),
        (NovaWorker, WORKER),
        (NovaCronJob, CRON_JOB),
        (ExternalService, EXTERNAL),
    ],
)
@pytest.mark.parametrize("name", [5, None, "", "a.b", "-a", "o" * 64], ids=repr)
def test_names_that_no_object_can_have_are_refused(construct: Any, props: Any, name: Any) -> None:
    chart = new_chart()
    with pytest.raises(PropsError, match=re.escape(f"id = {name!r}: ")):
        construct(chart, name, props)
    assert chart.node.children == []


def test_a_secret_may_have_dots_in_its_name() -> None:
    chart = new_chart()
    assert AppSecret(chart, "database.v2", SECRET).key("password").secret == "database.v2"  # noqa: S105


def test_all_problems_of_props_and_environment_are_told_in_their_turn() -> None:
    wrong = replace(
        SERVICE,
        replicas=-1,
        settings={"1": "a"},
        ports=Ports(http=0),
        image=replace(SERVICE.image, tag="latest"),
    )
    with pytest.raises(PropsError) as caught:
        NovaService(new_chart(), "api", wrong)
    # What contains a value that does not fit is not judged as a whole.
    assert [p.field for p in caught.value.problems] == ["image.tag", "ports['http'].number"]
    right_inside = replace(wrong, ports=SERVICE.ports, image=SERVICE.image)
    with pytest.raises(PropsError) as caught:
        NovaService(new_chart(), "api", right_inside)
    assert [p.field for p in caught.value.problems] == ["settings['1']", "replicas"]


def test_a_nested_construct_is_named_by_its_path() -> None:
    chart = new_chart()
    outer = ExternalService(chart, "outer", EXTERNAL)
    with pytest.raises(PropsError, match=re.escape("shop/outer/api (NovaService): 1 problem")):
        NovaService(outer, "api", replace(SERVICE, replicas=-1))


def test_what_others_need_to_know_is_offered() -> None:
    chart = new_chart()
    service = NovaService(chart, "api", replace(SERVICE, settings={"A": "b"}))
    objects = list(chart.to_json())
    assert of_kind(objects, "ConfigMap")["metadata"]["name"] == service.config_map_name
    assert of_kind(objects, "ServiceAccount")["metadata"]["name"] == service.service_account_name
    assert service.endpoint("http").local_address == f"{service.name}:8080"


def test_an_unknown_endpoint_is_answered_with_the_nearest() -> None:
    service = NovaService(new_chart(), "api", SERVICE)
    with pytest.raises(NovaError, match=re.escape("no port is called 'htp': did you mean 'http'?")):
        service.endpoint("htp")


def test_clients_of_an_external_service_reach_what_is_behind_it() -> None:
    chart = new_chart()
    database = ExternalService(chart, "db", EXTERNAL)
    NovaService(chart, "api", replace(SERVICE, uses=(database.endpoint,)))
    assert database.endpoint.local_address == "db:5432"
    (_, used) = egress_of([o for o in chart.to_json() if o["kind"] == "NetworkPolicy"])
    assert "postgres" in str(used["to"])


def test_an_external_name_is_of_the_domain_of_the_cluster() -> None:
    cluster = replace(MODERN.cluster, domain="k8s.example.net")
    service = of_kind(rendered(EXTERNAL, replace(MODERN, cluster=cluster)), "Service")
    assert service["spec"]["externalName"] == "postgres.data.svc.k8s.example.net"


def test_clients_of_a_stand_in_reach_the_stand_in() -> None:
    chart = new_chart(STAND_IN)
    database = ExternalService(chart, "db", EXTERNAL)
    (peer,) = database.endpoint.peers
    assert isinstance(peer, Pods)
    pods = of_kind(list(chart.to_json()), "Deployment")["spec"]["template"]["metadata"]["labels"]
    assert peer.labels.items() <= pods.items()


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, ["Service"]),
        ({"host": "db.example.com", "endpoint": BROKER}, ["Service"]),
        (
            {"endpoint": replace(DATABASE, peers=(Cidrs(("2001:db8::1/128",)),))},
            ["Service", "EndpointSlice"],
        ),
    ],
    ids=["cluster", "host", "addresses"],
)
def test_external_services_lead_where_their_endpoint_is(
    changes: dict[str, Any], expected: list[str]
) -> None:
    chart = new_chart(MODERN)
    ExternalService(chart, "db", replace(EXTERNAL, **changes))
    assert kinds(list(chart.to_json())) == expected
