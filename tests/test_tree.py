"""What cannot join the construct tree is refused in Python, not in Node."""

import re
from collections.abc import Callable
from typing import Any

import cdk8s
import pytest
from constructs import Construct

from constructs_lib.chart import AppChart
from constructs_lib.errors import PropsError
from constructs_lib.gateway import IngressGateway, IngressGatewayProps, Route
from constructs_lib.secrets import AppSecret, AppSecretProps
from constructs_lib.service import (
    ExternalService,
    NovaCronJob,
    NovaService,
    NovaServiceProps,
    NovaWorker,
)
from tests.environments import MODERN
from tests.service.cases import CRON_JOB, DATABASE, EXTERNAL, SECRET, SERVICE, WORKER
from tests.service.rendering import new_chart

GATEWAY = IngressGatewayProps(hosts=("a.example.com",), routes=(Route("/", DATABASE),))

CONSTRUCTS: tuple[tuple[Any, Any], ...] = (
    (NovaService, SERVICE),
    (NovaWorker, WORKER),
    (NovaCronJob, CRON_JOB),
    (ExternalService, EXTERNAL),
    (AppSecret, SECRET),
    (IngressGateway, GATEWAY),
)
every_construct = pytest.mark.parametrize(
    ("construct", "props"), CONSTRUCTS, ids=[construct.__name__ for construct, _ in CONSTRUCTS]
)


@every_construct
def test_an_id_that_is_taken_is_refused(construct: Any, props: Any) -> None:
    chart = new_chart()
    NovaService(chart, "orders", SERVICE)
    before = chart.to_json()
    told = (
        f"shop/orders ({construct.__name__}): 1 problem\n"
        "  id = 'orders': is the id of another NovaService in 'shop'; give each its own id"
    )
    with pytest.raises(PropsError, match=f"^{re.escape(told)}$"):
        construct(chart, "orders", props)
    assert chart.to_json() == before


def test_ids_of_the_charts_own_objects_are_taken() -> None:
    with pytest.raises(PropsError, match="'namespace': is the id of another Manifest in 'shop'"):
        NovaService(new_chart(create_namespace=True), "namespace", SERVICE)


def test_one_id_in_two_scopes_is_no_mistake() -> None:
    chart = new_chart()
    for name in ("a", "b"):
        NovaService(Construct(chart, name), "orders", SERVICE)


def test_an_id_is_free_again_when_its_construct_is_removed() -> None:
    chart = new_chart()
    for _ in range(2):
        NovaService(chart, "orders", SERVICE)
        chart.node.try_remove_child("orders")


def test_charts_of_one_id_are_refused() -> None:
    app = cdk8s.App()
    AppChart(app, "shop", environment=MODERN, team="checkout")
    told = "AppChart 'shop': 1 problem\n  id = 'shop': is the id of another AppChart; "
    with pytest.raises(PropsError, match=f"^{re.escape(told)}"):
        AppChart(app, "shop", environment=MODERN, team="checkout")


@every_construct
@pytest.mark.parametrize("scope", [None, "shop", AppChart, object()], ids=repr)
def test_a_scope_that_is_no_construct_is_refused(construct: Any, props: Any, scope: Any) -> None:
    with pytest.raises(PropsError) as caught:
        construct(scope, "orders", props)
    (problem,) = caught.value.problems
    assert caught.value.where == f"orders ({construct.__name__})"
    assert (problem.field, problem.why) == ("scope", "is no construct")
    assert problem.fix == "pass the chart, self inside of one"


def test_a_chart_in_no_construct_is_refused() -> None:
    scope: Any = None
    with pytest.raises(PropsError, match=r"^AppChart 'shop': 1 problem\n  scope = None: is no con"):
        AppChart(scope, "shop", environment=MODERN, team="checkout")


@every_construct
@pytest.mark.parametrize("name", ["", None, 5], ids=repr)
def test_an_id_that_names_nothing_is_refused(construct: Any, props: Any, name: Any) -> None:
    with pytest.raises(PropsError, match=f"id = {name!r}: names no construct; write a string"):
        construct(new_chart(), name, props)


def test_a_secret_with_a_name_still_needs_an_id() -> None:
    with pytest.raises(PropsError, match="id = '': names no construct"):
        AppSecret(new_chart(), "", AppSecretProps(name="db", keys=("user",)))


MISTAKEN: dict[str, tuple[Callable[[Any, Any], object], str]] = {
    "fields-as-arguments": (
        lambda make, chart: make(chart, "api", replicas=2, image="a:1"),
        (
            "shop/api (NovaService): 1 problem\n"
            "  arguments = ['image', 'replicas']: belong into NovaServiceProps; "
            "pass props: NovaService(scope, id, NovaServiceProps(image=..., replicas=...))"
        ),
    ),
    "fields-beside-props": (
        lambda make, chart: make(chart, "api", SERVICE, replicas=2),
        (
            "shop/api (NovaService): 1 problem\n  arguments = ['replicas']: belong into "
            "NovaServiceProps; pass props: NovaService(scope, id, NovaServiceProps(replicas=...))"
        ),
    ),
    "no-props": (
        lambda make, chart: make(chart, id="api"),
        (
            "shop/api (NovaService): 1 problem\n  arguments = ['props']: are missing; "
            "pass props: NovaService(scope, id, NovaServiceProps(...))"
        ),
    ),
    "nothing": (
        lambda make, _: make(),
        (
            "None (NovaService): 1 problem\n  arguments = ['scope', 'id', 'props']: are missing; "
            "pass props: NovaService(scope, id, NovaServiceProps(...))"
        ),
    ),
    "too-many": (
        lambda make, chart: make(chart, "api", SERVICE, 2),
        (
            "shop/api (NovaService): 1 problem\n  arguments = 4: are too many; "
            "pass props: NovaService(scope, id, NovaServiceProps(...))"
        ),
    ),
}


@pytest.mark.parametrize(("call", "told"), MISTAKEN.values(), ids=MISTAKEN.keys())
def test_a_call_without_props_says_what_to_write(
    call: Callable[[Any, Any], object], told: str
) -> None:
    chart = new_chart()
    with pytest.raises(PropsError, match=f"^{re.escape(told)}$"):
        call(NovaService, chart)
    assert chart.node.children == []


@every_construct
def test_every_construct_explains_its_call(construct: Any, props: Any) -> None:
    name = construct.__name__
    told = f"belong into {type(props).__name__}; pass props: {name}(scope, id, "
    with pytest.raises(PropsError, match=re.escape(told)) as caught:
        construct(new_chart(), "api", token="hunter2")  # noqa: S106
    assert "hunter2" not in str(caught.value)


def test_one_argument_twice_is_pythons_own_error() -> None:
    make: Any = NovaService
    with pytest.raises(TypeError, match="multiple values for argument 'scope'"):
        make(new_chart(), "api", SERVICE, scope=None)


def test_arguments_may_be_given_by_name() -> None:
    props: NovaServiceProps = SERVICE
    assert NovaService(scope=new_chart(), id="api", props=props).name == "api"
