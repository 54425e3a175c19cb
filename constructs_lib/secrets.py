"""Where secret values come from; never the values.

A Secret is asked for by name and keys. The environment decides what is rendered: an
``ExternalSecret`` that names where each value lives, nothing where the Secret exists already, or
literals, which only an environment marked with ``DevelopmentLiterals`` may render.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field
from typing import Any

from constructs import Construct

from constructs_lib.chart import AppChart, app_chart_of
from constructs_lib.environment import DevelopmentLiterals, ExternalSecretStore
from constructs_lib.errors import NovaError, Problem, nearest, refuse
from constructs_lib.kube.metadata import object_metadata
from constructs_lib.manifest import Manifest
from constructs_lib.naming import OBJECT_LIMIT, name_problems, variable_problems
from constructs_lib.refs import SecretKey
from constructs_lib.tree import place, takes_props
from constructs_lib.values import Value, check


class ExistingSecret(Value):
    """The Secret is made by somebody else; nothing is rendered for it."""


class AppSecretProps(Value):
    """A Secret by its keys."""

    keys: tuple[str, ...]
    """Keys that the Secret has, which are also the properties of the remote secret."""

    development: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Literal value per key, rendered only in an environment marked for them. Never a real
    secret: these stand in the repository."""

    source: ExternalSecretStore | ExistingSecret | DevelopmentLiterals | None = None
    """Where the values come from; None takes the environment's source."""

    name: str | None = None
    """Name of the Secret; None names it after the construct."""

    remote_key: str | None = None
    """Key of the secret in the store; None reads ``<store path>/<app>/<name>``."""

    def problems(self) -> Iterator[Problem]:
        """Keys are there, valid, not twice, and cover the development values."""
        if not self.keys:
            yield Problem("keys", self.keys, "is a Secret of nothing", "list at least one key")
        for key in dict.fromkeys(self.keys):
            yield from variable_problems("keys", key)
            if self.keys.count(key) > 1:
                yield Problem("keys", key, "is listed twice", "list each key once")
        for key in self.development:
            if key not in self.keys:
                yield Problem("development", key, "is no key of it", nearest(key, self.keys))
        if self.name is not None:
            yield from name_problems("name", self.name, limit=OBJECT_LIMIT)


@takes_props
class AppSecret(Construct):
    """A Secret that pods of the chart can refer to.

    After construction the chart holds an ExternalSecret (``external-secrets.io/v1``, every key
    listed under ``spec.data``), a Secret with development literals, or nothing for one that
    exists. :meth:`key` and :meth:`keys` give references to it.
    """

    def __init__(self, scope: Construct, id: str, props: AppSecretProps) -> None:  # noqa: A002
        """Render what the environment's source needs.

        Raises ``PropsError``, among others where development literals are asked for in an
        environment that is not marked for them.
        """
        where = place(scope, id, "AppSecret")
        check(where, props, AppSecretProps)
        chart = app_chart_of(scope)
        source = chart.environment.secrets if props.source is None else props.source
        self.secret_name = props.name or id
        self._keys = props.keys
        problems = [*name_problems("id", id, limit=OBJECT_LIMIT)] if props.name is None else []
        refuse(where, [*problems, *_source_problems(chart, props, source)])
        super().__init__(scope, id)
        if isinstance(source, ExternalSecretStore):
            Manifest(self, "external-secret", self._external(chart, props, source))
        elif isinstance(source, DevelopmentLiterals):
            Manifest(self, "secret", self._literal(chart, props))

    def key(self, key: str) -> SecretKey:
        """A reference to one key; raises ``NovaError`` with the nearest one if it is unknown."""
        if key not in self._keys:
            msg = f"Secret {self.secret_name!r} has no key {key!r}: {nearest(key, self._keys)}"
            raise NovaError(msg)
        return SecretKey(self.secret_name, key)

    def keys(self, *keys: str) -> dict[str, SecretKey]:
        """References as environment variables of the same names; all keys where none is named."""
        return {key: self.key(key) for key in keys or self._keys}

    def _external(
        self, chart: AppChart, props: AppSecretProps, store: ExternalSecretStore
    ) -> dict[str, Any]:
        remote = props.remote_key or "/".join(
            part for part in (store.path, chart.app_name, self.secret_name) if part
        )
        return {
            "apiVersion": "external-secrets.io/v1",
            "kind": "ExternalSecret",
            "metadata": object_metadata(chart, self.secret_name),
            "spec": {
                "refreshInterval": store.refresh,
                "secretStoreRef": {"kind": store.kind, "name": store.name},
                # Retain: losing the store must not take the Secret from under running pods.
                "target": {
                    "name": self.secret_name,
                    "creationPolicy": "Owner",
                    "deletionPolicy": "Retain",
                },
                "data": [
                    {"secretKey": key, "remoteRef": {"key": remote, "property": key}}
                    for key in props.keys
                ],
            },
        }

    def _literal(self, chart: AppChart, props: AppSecretProps) -> dict[str, Any]:
        return {
            "apiVersion": "v1",
            "kind": "Secret",
            "metadata": object_metadata(chart, self.secret_name),
            "type": "Opaque",
            "stringData": {key: props.development[key] for key in props.keys},
        }


def _source_problems(chart: AppChart, props: AppSecretProps, source: object) -> Iterator[Problem]:
    if not isinstance(source, DevelopmentLiterals):
        return
    environment = chart.environment
    if not isinstance(environment.secrets, DevelopmentLiterals):
        why = f"environment {environment.name!r} may not render literal secrets"
        fix = "leave source out, or mark the environment with secrets=DevelopmentLiterals()"
        yield Problem("source", source, why, fix)
    for key in props.keys:
        if key not in props.development:
            why = f"has no value for {key} in {environment.name!r}"
            yield Problem("development", sorted(props.development), why, f"add {key!r} to it")
