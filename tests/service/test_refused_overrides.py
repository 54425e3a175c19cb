"""Overrides that miss inside the object that they meet."""

from typing import Any

import pytest

from constructs_lib.kube.variables import PodField
from constructs_lib.service.overrides import Override
from tests.environments import BARE
from tests.service.refusals import Refusal, assert_refused, service
from tests.service.rendering import container_of, rendered, variables_of


def in_pod(patch: dict[str, Any]) -> Override:
    return Override("Deployment", {"spec": {"template": {"spec": patch}}})


_POD = "overrides[0].patch.spec.template.spec"

REFUSALS = {
    "no-metadata": Refusal(
        service(overrides=(Override("Deployment", {"metadata": None}),)),
        "overrides[0].patch.metadata = None: takes the object its name; name what is to go, "
        "such as {'annotations': None}",
    ),
    "misspelt-container": Refusal(
        service(overrides=(in_pod({"containers": [{"name": "order", "tty": True}]}),)),
        f"{_POD}.containers['order'] = {{'name': 'order', 'tty': True}}: is no container "
        "there, and one without an image to add; did you mean 'orders'?",
    ),
    "init-container-where-there-are-none": Refusal(
        service(overrides=(in_pod({"initContainers": [{"name": "migrate"}]}),)),
        f"{_POD}.initContainers['migrate'] = {{'name': 'migrate'}}: is no container there, "
        "and one without an image to add; there are none",
    ),
    "removes-nothing": Refusal(
        service(overrides=(in_pod({"affinty": None, "volume": None}),)),
        f"{_POD}.affinty = None: removes what is not there; did you mean 'affinity'?",
        f"{_POD}.volume = None: removes what is not there; did you mean 'volumes'?",
        environment=BARE,
    ),
    "removes-nothing-of-a-container": Refusal(
        service(overrides=(in_pod({"containers": [{"name": "orders", "lifecicle": None}]}),)),
        f"{_POD}.containers['orders'].lifecicle = None: removes what is not there; did you "
        "mean 'lifecycle'?",
    ),
    "removes-what-an-earlier-one-removed": Refusal(
        service(overrides=(in_pod({"affinity": None}), in_pod({"affinity": None}))),
        f"{_POD.replace('0', '1')}.affinity = None: removes what is not there; known: "
        "automountServiceAccountToken, containers, enableServiceLinks, securityContext, "
        "serviceAccountName, terminationGracePeriodSeconds, topologySpreadConstraints, volumes",
    ),
}


@pytest.mark.parametrize("refusal", REFUSALS.values(), ids=REFUSALS.keys())
def test_is_refused(refusal: Refusal) -> None:
    assert_refused(refusal)


_FIELD = {"fieldRef": {"fieldPath": "metadata.uid"}}


@pytest.mark.parametrize(
    ("variable", "patch"),
    [(PodField("metadata.name"), {"value": "a"}), ("a", {"valueFrom": _FIELD})],
    ids=["value-for-source", "source-for-value"],
)
def test_a_variable_takes_its_value_from_one_source(variable: Any, patch: dict[str, Any]) -> None:
    override = in_pod({"containers": [{"name": "orders", "env": [{"name": "A", **patch}]}]})
    container = container_of(rendered(service(variables={"A": variable}, overrides=(override,))))
    assert container["env"] == [{"name": "A", **patch}]
    assert variables_of(container) == {"A": next(iter(patch.values()))}


def test_a_whole_container_may_be_added() -> None:
    override = in_pod({"initContainers": [{"name": "a", "image": "b:1"}]})
    assert rendered(service(overrides=(override,)))
