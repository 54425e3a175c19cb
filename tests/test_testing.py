"""What consumers test their own apps with."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import cdk8s
import pytest
from constructs import Construct

from constructs_lib.chart import AppChart
from constructs_lib.environment import Environment
from constructs_lib.errors import NovaError, PropsError
from constructs_lib.output import checked
from constructs_lib.refs import SecretKey
from constructs_lib.resources import Resources
from constructs_lib.rules import FLEET_RULES, Finding, Known, Waiver
from constructs_lib.secrets import AppSecret, AppSecretProps, ExistingSecret
from constructs_lib.service import NovaService
from constructs_lib.service.overrides import Override
from constructs_lib.testing import assert_restricted, assert_rules, one, synth
from tests.environments import BARE, MODERN
from tests.service.cases import SERVICE


def shop(app: cdk8s.App) -> AppChart:
    chart = AppChart(app, "shop", environment=MODERN, team="checkout")
    NovaService(chart, "orders", SERVICE)
    return chart


def test_an_app_keeps_the_rules() -> None:
    objects = synth(shop)
    assert_restricted(objects)
    assert_rules(objects)


def test_an_object_is_found_by_kind_and_name() -> None:
    assert one(synth(shop), "Service", "orders")["metadata"]["namespace"] == "shop"


def test_a_name_that_nothing_has_is_answered_with_the_nearest() -> None:
    with pytest.raises(NovaError, match="did you mean 'orders'"):
        one(synth(shop), "Service", "ordres")


def test_what_breaks_a_rule_fails_the_assertion() -> None:
    twice: Any = [*synth(shop), *synth(shop)]
    with pytest.raises(AssertionError, match="have this identity"):
        assert_rules(twice)
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"}, "spec": {"hostPID": True}}
    with pytest.raises(AssertionError, match="hostPID"):
        assert_restricted([pod])


def reading(app: cdk8s.App) -> AppChart:
    chart = AppChart(app, "shop", environment=MODERN, team="checkout")
    AppSecret(chart, "db", AppSecretProps(keys=("URL",), source=ExistingSecret()))
    variables = {"URL": SecretKey("db", "URL"), "DSN": SecretKey("legacy", "DSN")}
    NovaService(chart, "orders", replace(SERVICE, variables=variables))
    return chart


def test_what_a_cluster_has_besides_is_told() -> None:
    objects = synth(reading)
    with pytest.raises(AssertionError, match="needs Secret shop/legacy") as caught:
        assert_rules(objects)
    assert "Secret shop/db" not in str(caught.value)
    assert_rules(objects, known=Known(objects={"Secret shop/legacy": ("DSN",)}))


def test_a_finding_may_be_waived_and_a_rule_added() -> None:
    def none_at_all(objects: Any) -> list[Finding]:
        return [Finding("team/rule", "Fleet", f"has {len(objects)} objects", "keep them")]

    waiver = Waiver(rule="team/rule", object="Fleet", reason="agreed", until=date.max)
    rules = (*FLEET_RULES, none_at_all)
    with pytest.raises(AssertionError, match="team/rule"):
        assert_rules(synth(shop), rules=rules)
    assert_rules(synth(shop), rules=rules, waivers=(waiver,))
    with pytest.raises(AssertionError, match="waivers/unused"):
        assert_rules(synth(shop), waivers=(waiver,))


def exposed(app: Construct, environment: Environment = MODERN) -> AppChart:
    chart = AppChart(app, "shop", environment=environment, team="checkout")
    NovaService(chart, "orders", replace(SERVICE, overrides=(HOST,)))
    return chart


HOST = Override("Deployment", {"spec": {"template": {"spec": {"hostNetwork": True}}}})
WAIVER = Waiver(
    rule="pod-security/host-namespaces",
    object="prod: Deployment shop/orders",
    reason="agreed",
    until=date.max,
)


def test_a_waiver_for_one_environment_covers_what_it_does_at_synth() -> None:
    with pytest.raises(AssertionError, match=r"prod: Deployment shop/orders: .*hostNetwork"):
        assert_rules(synth(exposed))
    assert_rules(synth(exposed), waivers=(WAIVER,))
    app = cdk8s.App()
    exposed(app)
    checked(app, waivers=(WAIVER,))


def test_waivers_for_environments_that_are_not_there_are_left_out() -> None:
    other = replace(WAIVER, object="bare: Deployment shop/orders")
    assert_rules(synth(shop), waivers=(other,))
    assert_rules(list(synth(shop)), waivers=(WAIVER, other))
    with pytest.raises(AssertionError, match="waivers/unused"):
        assert_rules(synth(shop), waivers=(WAIVER, other))


def test_a_waiver_for_what_the_test_does_not_render_is_not_called_unused() -> None:
    for title in ("Deployment other/api", "prod: Deployment other/api"):
        assert_rules(synth(shop), waivers=(replace(WAIVER, object=title),))
        assert_rules(list(synth(shop)), waivers=(replace(WAIVER, object=title),))
    for title in ("Deployment shop/orders", "Namespace other"):
        with pytest.raises(AssertionError, match="waivers/unused"):
            assert_rules(synth(shop), waivers=(replace(WAIVER, object=title),))


def test_what_is_found_of_something_else_than_an_object_can_be_waived() -> None:
    def elsewhere(_: Any) -> list[Finding]:
        return [Finding("team/rule", "Service data/db", "is too small", "make it larger")]

    waiver = replace(WAIVER, rule="team/rule", object="Service data/db")
    assert_rules(synth(shop), rules=(elsewhere,), waivers=(waiver,))


def large(app: cdk8s.App) -> AppChart:
    chart = AppChart(app, "shop", environment=MODERN, team="checkout")
    asked = Resources(cpu="7", memory="128Mi")
    NovaService(chart, "orders", replace(SERVICE, replicas=30, resources=asked))
    return chart


def test_pods_that_no_node_takes_are_found_as_at_synth() -> None:
    with pytest.raises(AssertionError, match=r"prod: Deployment shop/orders: .*unplaceable"):
        assert_rules(synth(large))
    waiver = Waiver(
        rule="placement/unplaceable",
        object="Deployment shop/orders",
        reason="agreed",
        until=date.max,
    )
    assert_rules(synth(large), waivers=(waiver,))


def test_each_environment_is_judged_by_itself() -> None:
    objects = synth(
        lambda app: exposed(Construct(app, "one"), MODERN),
        lambda app: exposed(Construct(app, "two"), BARE),
    )
    with pytest.raises(AssertionError) as caught:
        assert_rules(objects, waivers=(WAIVER,))
    (line,) = str(caught.value).splitlines()
    assert line.startswith("bare: Deployment shop/orders")


def test_what_a_test_adds_and_takes_out_counts() -> None:
    objects = synth(shop)
    objects.append(objects[-1])
    with pytest.raises(AssertionError, match="have this identity"):
        assert_rules(objects)
    objects.pop()
    assert_rules(objects)
    objects.remove(one(objects, "ServiceAccount", "orders"))
    with pytest.raises(AssertionError, match=r"prod: Deployment shop/orders: .*serviceAccountName"):
        assert_rules(objects)


NO_DAYS: tuple[Any, ...] = (None, "2030-01-01", datetime(2030, 1, 1, tzinfo=UTC))
NO_REASON: Any = None


def nothing(objects: Any) -> Any:
    del objects


def words(objects: Any) -> Any:
    return [f"{len(objects)} objects"]


def sentence(objects: Any) -> Any:
    return f"{len(objects)} objects"


@pytest.mark.parametrize(
    ("demands", "told"),
    [
        pytest.param(
            {"rules": (nothing,)},
            r"rules\[0\] = None: is what nothing returned, and no list of findings; return",
            id="no-findings",
        ),
        pytest.param({"rules": (words,)}, r"rules\[0\] = \['.* is what words returned", id="words"),
        pytest.param({"rules": (sentence,)}, r"rules\[0\] = '.* is what sentence", id="sentence"),
        pytest.param({"rules": nothing}, "rules = .*: is no tuple; write rules=", id="one-rule"),
        pytest.param({"rules": ("x",)}, r"rules\[0\] = 'x': is no function; pass a", id="no-rule"),
        pytest.param({"known": {"Secret a/b": ()}}, "known = .*: is no Known; write", id="known"),
        pytest.param({"waivers": WAIVER}, "waivers = .*: is no tuple; write waivers=", id="one"),
        pytest.param({"waivers": ({},)}, r"waivers\[0\] = {}: is no Waiver; write W", id="waiver"),
        *(
            pytest.param(
                {"waivers": (replace(WAIVER, until=until),)},
                r"waivers\[0\]\.until = .*: is no day; write the last day on which it holds",
                id=f"until-{type(until).__name__}",
            )
            for until in NO_DAYS
        ),
        pytest.param(
            {"waivers": (replace(WAIVER, reason=NO_REASON),)},
            r"waivers\[0\]\.reason = None: is no text",
            id="reason",
        ),
    ],
)
def test_what_is_no_rule_and_no_waiver_is_refused(demands: dict[str, Any], told: str) -> None:
    app = cdk8s.App()
    shop(app)
    for judge in (lambda: checked(app, **demands), lambda: assert_rules(synth(shop), **demands)):
        with pytest.raises(PropsError, match=told):
            judge()


def test_a_rule_may_give_its_findings_one_by_one() -> None:
    def each(objects: Any) -> Any:
        yield Finding("team/rule", "Fleet", f"has {len(objects)} objects", "keep them")

    with pytest.raises(AssertionError, match="team/rule"):
        assert_rules(synth(shop), rules=(each,))


def jobs(namespace: str) -> Any:
    """A chart that leaves its namespace to somebody else."""

    def build(app: cdk8s.App) -> AppChart:
        names: dict[str, Any] = {"namespace": namespace, "create_namespace": False}
        chart = AppChart(app, "jobs", environment=MODERN, team="checkout", **names)
        NovaService(chart, "jobs", SERVICE)
        return chart

    return build


def test_a_chart_that_makes_no_namespace_says_that_it_is_there() -> None:
    for builds in ((jobs("theirs"),), (shop, jobs("theirs")), (shop, jobs("shop"))):
        assert_rules(synth(*builds))


def test_a_chart_that_means_another_namespace_is_found() -> None:
    with pytest.raises(
        AssertionError, match=r"shopp/.*objects in namespace shopp.*nearest is shop;"
    ):
        assert_rules(synth(shop, jobs("shopp")))
    assert_rules(synth(shop, jobs("shopp")), known=Known(objects={"Namespace shopp": ()}))
