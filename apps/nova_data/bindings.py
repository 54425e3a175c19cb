"""What services of other systems get of the shared stores."""

from dataclasses import dataclass, replace
from typing import ClassVar

import cdk8s

from apps.nova_data.clients import client_of
from apps.nova_data.database import NovaDatabase
from apps.nova_data.redis import NovaRedis
from apps.secrets import DEVELOPMENT_PASSWORD, secret_of
from constructs_lib.chart import AppChart
from constructs_lib.environment import Environment
from constructs_lib.refs import Binding, SecretKey
from constructs_lib.store import ResilientStatefulStore


@dataclass(frozen=True)
class _Built:
    """Both stores, in trees that are never rendered, to be asked for bindings."""

    environment: Environment
    postgres: ResilientStatefulStore
    redis: ResilientStatefulStore


class SharedStores:
    """PostgreSQL and Redis of nova-data, as one app sees them."""

    _last: ClassVar[_Built | None] = None
    """Those of the environment that was asked for last: apps are built one environment after the
    other, and building the stores is a large part of it."""

    def __init__(self, environment: Environment, app: str) -> None:
        """Have both as ``environment`` has them; built once for all apps of one environment."""
        self._app = app
        built = SharedStores._last
        # By identity: what is equal need not be the same, and values with mappings have no hash.
        if built is None or built.environment is not environment:
            built = SharedStores._last = _built(environment)
        self._postgres, self._redis = built.postgres, built.redis

    def postgres(self, service: str) -> Binding:
        """What ``service`` of the app gets of PostgreSQL: its own login, or its app's."""
        return self._postgres.login(client_of(self._app, service).login)

    def redis(self, service: str) -> Binding:
        """What ``service`` of the app gets of Redis."""
        return self._redis.client(client_of(self._app, service).key)


def _built(environment: Environment) -> _Built:
    return _Built(
        environment,
        postgres=NovaDatabase(cdk8s.App(), environment).store,
        redis=NovaRedis(cdk8s.App(), environment).store,
    )


def add_password(chart: AppChart, binding: Binding) -> None:
    """Add the password of a store of ours to the namespace of its client."""
    if binding.password is not None:
        secret_of("nova-data", chart, binding.password.secret, binding.password.key)


def by_own_secret(binding: Binding) -> Binding:
    """``binding`` for a service whose own Secret says where to connect, for writes and reads alike.

    It opens the way, waits and promises as before, and sets no variable.
    """
    return replace(binding.named({}), read=None)


def development_url(binding: Binding, name: str) -> str:
    """What variable ``name`` of ``binding`` is on somebody's own machine, the password in it."""
    url = str(binding.variables[name])
    for variable, item in binding.variables.items():
        if isinstance(item, SecretKey):
            url = url.replace(f"$({variable})", DEVELOPMENT_PASSWORD)
    return url
