"""Values of Secrets stand in no rendered object."""

from typing import Any

from constructs_lib.rules.secrets import no_literals


def secret(**fields: Any) -> dict[str, Any]:
    metadata = {"name": "db", "namespace": "shop"}
    return {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, **fields}


def test_values_are_found_and_only_their_keys_are_told() -> None:
    (finding,) = no_literals([secret(stringData={"USER": "a"}, data={"PASSWORD": "aHVudGVyMg=="})])
    assert finding.rule == "secrets/no-literals"
    assert finding.object == "Secret shop/db"
    assert finding.message == "holds the values of PASSWORD, USER"


def test_secrets_without_values_are_accepted() -> None:
    token = secret(type="kubernetes.io/service-account-token", data=None)
    config = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "a"},
        "data": {"k": "v"},
    }
    assert no_literals([token, secret(data={}), config]) == []
