"""Network policies that open a way to nobody, or only half of one."""

from typing import Any

import pytest

from constructs_lib.rules import Known
from tests.rules.shop import KNOWN, Break, Change, check, found

API, DB = "NetworkPolicy api", "NetworkPolicy db"
TO_DB = "spec.egress.0.to.0"
NAME = "kubernetes.io/metadata.name"


def within(name: str, **labels: str) -> dict[str, Any]:
    return {"namespaceSelector": {"matchLabels": {NAME: name, **labels}}}


BREAKS = (
    Break(
        "policies/peer",
        Change(DB, "spec.ingress.0.from", [
            {"podSelector": {"matchLabels": {"app": "api"}}},
            {"podSelector": {"matchLabels": {"app": "apu"}}},
        ]),
        "spec.ingress[0].from[1] (app=apu in shop) is nobody; the nearest, Deployment api, has app",
    ),
    Break(
        "policies/peer",
        Change(API, TO_DB, {**within("shop"), "podSelector": {"matchLabels": {"app": "dbs"}}}),
        "spec.egress[0].to[0] (app=dbs in shop) is nobody",
    ),
    Break(
        "policies/peer",
        Change(API, TO_DB, {**within("shop", team="a"), "podSelector": {}}),
        "spec.egress[0].to[0]: namespace shop has no team, so nothing there is meant",
    ),
    Break(
        "policies/peer",
        Change(API, TO_DB, {**within("shopp"), "podSelector": {}}),
        "spec.egress[0].to[0] is in namespace shopp, which nothing renders; the nearest is shop",
    ),
    Break(
        "policies/port",
        Change(API, "spec.ingress.0.ports.0.port", 8081),
        "spec.ingress[0].ports[0] is TCP 8081, which Deployment shop/api does not have; there is",
    ),
    Break(
        "policies/port",
        Change(API, "spec.egress.0.ports.0", {"protocol": "UDP", "port": 5432}),
        "spec.egress[0].ports[0] is UDP 5432, which StatefulSet shop/db does not have",
    ),
    Break(
        "policies/port",
        Change(API, "spec.ingress.0.ports.0", {"port": 8090, "endPort": 8099}),
        "spec.ingress[0].ports[0] is TCP 8090 to 8099, which Deployment shop/api does not have",
    ),
    Break(
        "policies/edge",
        Change(DB, "spec.ingress", []),
        "spec.egress[0] lets Deployment shop/api reach TCP 5432 of StatefulSet shop/db, and no "
        "policy there lets it in",
        "NetworkPolicy shop/api",
    ),
    Break(
        "policies/edge",
        Change(DB, "spec.ingress.0.from.0.podSelector.matchLabels", {"app": "backup"}),
        "spec.egress[0] lets Deployment shop/api reach TCP 5432 of StatefulSet shop/db",
        "NetworkPolicy shop/api",
    ),
    Break(
        "policies/edge",
        Change(DB, "spec.ingress.0.from.0", {**within("theirs"), "podSelector": {}}),
        "spec.egress[0] lets Deployment shop/api reach TCP 5432 of StatefulSet shop/db",
        "NetworkPolicy shop/api",
    ),
)  # fmt: skip


@pytest.mark.parametrize("broken", BREAKS)
def test_a_way_to_nobody_is_found(broken: Break) -> None:
    check(broken)


CIDR = {"ipBlock": {"cidr": "10.0.0.0/8"}}


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(Change(API, TO_DB, {**within("theirs"), "podSelector": {}}), id="others"),
        pytest.param(Change(API, TO_DB, CIDR), id="addresses"),
        pytest.param(
            Change(API, TO_DB, {"namespaceSelector": {"matchLabels": {"team": "x"}}}),
            id="namespaces-by-label",
        ),
        pytest.param(
            Change(API, "spec.ingress.0.ports.0", {"port": 8000, "endPort": 9000}), id="ranges"
        ),
        pytest.param(Change(API, "spec.ingress.0.ports.0", {"port": "http"}), id="names"),
        pytest.param(Change(API, "spec.ingress.0.ports", []), id="every-port"),
        pytest.param(Change(DB, "spec.ingress.0", {}), id="from-everywhere"),
        pytest.param(Change(DB, "spec.ingress.0.from.0", CIDR), id="from-addresses"),
        pytest.param(
            Change(DB, "spec.ingress.0.from.0", {**within("shop"), "podSelector": {}}),
            id="from-a-whole-namespace",
        ),
        pytest.param(
            Change(DB, "spec", {"podSelector": {}, "policyTypes": ["Egress"]}), id="open-for-all"
        ),
    ],
)
def test_what_may_be_meant_is_accepted(change: Change) -> None:
    assert found(change) == []


def test_a_namespace_that_is_not_rendered_is_somebody_elses() -> None:
    wrong = Change(API, TO_DB, {"podSelector": {"matchLabels": {"app": "theirs"}}})
    (finding,) = found(wrong)
    assert finding.rule == "policies/peer"
    there = KNOWN.joined(Known(objects={"Namespace shop": ()}))
    assert found(wrong, Change("Namespace shop", "metadata.name", "other"), known=there) == []


def test_a_namespace_with_a_name_near_to_ours_is_told_once_and_may_be_anothers() -> None:
    to_shops = {**within("shops"), "podSelector": {"matchLabels": {"app": "x"}}}
    both = [{"from": [{"podSelector": {"matchLabels": {"app": "api"}}}, to_shops]}]
    wrong = Change(API, TO_DB, to_shops), Change(DB, "spec.ingress", both)
    (finding,) = found(*wrong)
    assert finding.object == "NetworkPolicy shop/api"
    assert (
        finding.fix == "correct it, or list 'Namespace shops' in Known.objects if it is another's"
    )
    for theirs in (Known(objects={"Namespace shops": ()}), Known(pods={"shops": ({"app": "x"},)})):
        assert found(*wrong, known=KNOWN.joined(theirs)) == []


def test_a_peer_that_an_operator_starts_is_told() -> None:
    change = Change(API, TO_DB, {"podSelector": {"matchLabels": {"cnpg": "db"}}})
    known = KNOWN.joined(Known(pods={"shop": ({"cnpg": "db"},)}))
    assert found(change, known=known) == []
