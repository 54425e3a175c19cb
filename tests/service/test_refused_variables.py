"""Environment variables that cannot be are refused."""

from dataclasses import replace

import pytest

from constructs_lib.kube.containers import InitContainer, Migration
from constructs_lib.kube.variables import ContainerResource, PodField, VariablesFrom
from constructs_lib.refs import ConfigMapKey, SecretKey
from tests.service.cases import IMAGE
from tests.service.refusals import Refusal, assert_refused, service

REFUSALS = {
    "variable-name": Refusal(
        service(variables={"1ST": "a"}),
        "variables['1ST'] = '1ST': is not an environment variable name; use "
        "letters, digits, '_', '-' and '.', no digit first",
    ),
    "setting-name": Refusal(
        service(settings={"a b": "c"}),
        "settings['a b'] = 'a b': is not an environment variable name; use "
        "letters, digits, '_', '-' and '.', no digit first",
    ),
    "setting-that-refers-to-another": Refusal(
        service(settings={"URL": "$(HOST) $$(HOST) $(OTHER) $(LOG_FORMAT)", "HOST": "a"}),
        "settings['URL'] = '$(HOST) $$(HOST) $(OTHER) $(LOG_FORMAT)': holds $(HOST), which is "
        "not expanded in settings; put it into variables",
        "settings['URL'] = '$(HOST) $$(HOST) $(OTHER) $(LOG_FORMAT)': holds $(LOG_FORMAT), "
        "which is not expanded in settings; put it into variables",
    ),
    "variable-to-unknown": Refusal(
        service(variables={"URL": "http://$(HOTS)", "HOST": "a"}),
        "variables['URL'] = 'http://$(HOTS)': refers to $(HOTS), which is no "
        "variable of the container; did you mean 'HOST'? (write $$(HOTS) to mean "
        "the text)",
    ),
    "variable-to-reference": Refusal(
        service(variables={"A": "$(B)", "B": "$(C)", "C": "c"}),
        "variables['A'] = '$(B)': refers to $(B), which itself refers to "
        "another; write the whole value out",
    ),
    "variable-to-itself": Refusal(
        service(variables={"A": "$(A)"}),
        "variables['A'] = '$(A)': refers to $(A), which itself refers to "
        "another; write the whole value out",
    ),
    "migration-variable-to-unknown": Refusal(
        service(migration=Migration(command=("m",), variables={"A": "$(B)"})),
        "migration.variables['A'] = '$(B)': refers to $(B), which is no variable "
        "of the container; known: A, LOG_FORMAT (write $$(B) to mean the text)",
    ),
    "init-container-variable-to-unknown": Refusal(
        service(init_containers=(InitContainer(name="a", image=IMAGE, variables={"A": "$(B)"}),)),
        "init_containers[0].variables['A'] = '$(B)': refers to $(B), which is no "
        "variable of the container; known: A (write $$(B) to mean the text)",
    ),
    "pod-field": Refusal(
        service(variables={"A": PodField("name")}),
        "variables['A'].path = 'name': is no field that the downward API offers; "
        "write for example 'metadata.name', \"metadata.labels['team']\" or "
        "'status.podIP'",
    ),
    "container-resource-divisor": Refusal(
        service(variables={"A": ContainerResource("limits.cpu", divisor="1Mi")}),
        "variables['A'].divisor = '1Mi': is no unit of limits.cpu; use one of 1, 1m",
    ),
    "variables-from-two": Refusal(
        service(variables_from=(replace(VariablesFrom.secret_of("b"), config_map="a"),)),
        "variables_from[0].config_map = 'a': and secret exclude each other; give "
        "config_map or secret",
    ),
    "variables-from-nothing": Refusal(
        service(variables_from=(VariablesFrom(),)),
        "variables_from[0].config_map = None: is missing, and so is secret; give "
        "config_map or secret",
    ),
    "variables-from-name": Refusal(
        service(variables_from=(VariablesFrom.secret_of("A b"),)),
        "variables_from[0].secret = 'A b': is not a DNS name; use lower case "
        "letters, digits, '-' and '.', alphanumeric at both ends",
    ),
    "variables-from-prefix": Refusal(
        service(variables_from=(VariablesFrom.secret_of("a", prefix="1-"),)),
        "variables_from[0].prefix = '1-': is not an environment variable name; "
        "use letters, digits, '_', '-' and '.', no digit first",
    ),
    "secret-key-name": Refusal(
        service(variables={"A": SecretKey("My_Secret", "a")}),
        "variables['A'].secret = 'My_Secret': is not a DNS name; use lower case "
        "letters, digits, '-' and '.', alphanumeric at both ends",
    ),
    "secret-key": Refusal(
        service(variables={"A": SecretKey("database", "a/b")}),
        "variables['A'].key = 'a/b': is no key of a ConfigMap or Secret; use "
        "letters, digits, '-', '_' and '.'",
    ),
    "config-map-key": Refusal(
        service(variables={"A": ConfigMapKey("_", "a")}),
        "variables['A'].config_map = '_': is not a DNS name; use lower case "
        "letters, digits, '-' and '.', alphanumeric at both ends",
    ),
}


@pytest.mark.parametrize("refusal", REFUSALS.values(), ids=REFUSALS.keys())
def test_is_refused(refusal: Refusal) -> None:
    assert_refused(refusal)
