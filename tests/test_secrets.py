import re
from dataclasses import replace
from typing import Any

import pytest

from constructs_lib.environment import DevelopmentLiterals, ExternalSecretStore
from constructs_lib.errors import NovaError, PropsError
from constructs_lib.refs import SecretKey
from constructs_lib.secrets import AppSecret, AppSecretProps, ExistingSecret
from tests.environments import MODERN, STAND_IN
from tests.service.cases import SECRET
from tests.service.full import FULL_SECRET
from tests.service.rendering import kinds, new_chart, rendered

PROPS = AppSecretProps(keys=("user", "password"))


def test_references_name_the_secret_and_its_keys() -> None:
    secret = AppSecret(new_chart(), "database", PROPS)
    assert secret.key("user") == SecretKey("database", "user")
    assert secret.keys() == {"user": secret.key("user"), "password": secret.key("password")}
    assert secret.keys("user") == {"user": secret.key("user")}


def test_an_unknown_key_is_answered_with_the_nearest() -> None:
    secret = AppSecret(new_chart(), "database", PROPS)
    expected = "Secret 'database' has no key 'pasword': did you mean 'password'?"
    with pytest.raises(NovaError, match=re.escape(expected)):
        secret.key("pasword")


def test_every_key_is_listed_with_its_place() -> None:
    (manifest,) = rendered(PROPS, name="database")
    places = [(entry["secretKey"], entry["remoteRef"]) for entry in manifest["spec"]["data"]]
    assert places == [(key, {"key": "prod/shop/database", "property": key}) for key in PROPS.keys]
    assert "dataFrom" not in manifest["spec"]


def test_a_store_without_path_is_read_from_its_root() -> None:
    (manifest,) = rendered(replace(PROPS, source=ExternalSecretStore("vault")), name="database")
    assert {e["remoteRef"]["key"] for e in manifest["spec"]["data"]} == {"shop/database"}


def test_an_existing_secret_renders_nothing() -> None:
    assert rendered(replace(PROPS, source=ExistingSecret())) == []


def test_literals_are_rendered_where_the_environment_is_marked() -> None:
    assert kinds(rendered(FULL_SECRET, STAND_IN)) == ["Secret"]


def test_an_unmarked_environment_never_renders_a_literal() -> None:
    given = replace(FULL_SECRET, source=None)
    text = str(rendered(given, MODERN))
    assert not any(literal in text for literal in ("not-a-secret", "stringData"))
    with pytest.raises(PropsError, match="environment 'prod' may not render literal secrets"):
        rendered(replace(given, source=DevelopmentLiterals()), MODERN)


def test_literals_do_not_show_in_what_is_printed() -> None:
    assert "not-a-secret" not in repr(FULL_SECRET)


def test_literals_do_not_show_in_errors() -> None:
    with pytest.raises(PropsError) as caught:
        rendered(replace(FULL_SECRET, keys=("user", "password", "host")), STAND_IN)
    assert "not-a-secret" not in str(caught.value)


def test_a_secret_in_an_environment_of_literals_may_still_come_from_a_store() -> None:
    given = replace(SECRET, source=ExternalSecretStore("vault"))
    assert kinds(rendered(given, STAND_IN)) == ["ExternalSecret"]


@pytest.mark.parametrize(
    "fields",
    [
        {"development": {"user": "hunter2", "password": 5}},
        {"developement": {"user": "hunter2", "password": "hunter2"}},
        {"development": "hunter2"},
    ],
    ids=["wrong-type", "misspelt", "no-mapping"],
)
def test_literals_do_not_show_where_they_are_given_wrongly(fields: dict[str, Any]) -> None:
    with pytest.raises(PropsError) as caught:
        AppSecret(new_chart(), "database", AppSecretProps(keys=("user", "password"), **fields))
    assert "hunter2" not in str(caught.value)
    assert "not shown" in str(caught.value)
