"""Databases of the shared PostgreSQL server, and who reaches what in them."""

from collections.abc import Mapping
from typing import Final

from constructs_lib.chart import AppChart
from constructs_lib.refs import SecretKey
from constructs_lib.secrets import AppSecret, AppSecretProps
from constructs_lib.store import Database, Login, Reach

DATABASES: Final = (
    Database("nova_core", schemas=("auth", "streaming", "users")),
    Database("nova_messaging", schemas=("messaging",)),
    Database("nova_search", schemas=("search",)),
)

_LOCAL_DATABASES: Final = (Database("nova_auth", schemas=("auth", "streaming")),)

_REACHES: Final[Mapping[str, tuple[Reach, ...]]] = {
    "auth_service": (Reach("nova_core", "auth"),),
    "streaming_api": (Reach("nova_core", "streaming"),),
    "user_service": (Reach("nova_core", "users"),),
    "messaging_service": (Reach("nova_messaging", "messaging"),),
    "search_service": (Reach("nova_search", "search"),),
}

_LOCAL_REACHES: Final[Mapping[str, tuple[Reach, ...]]] = {
    "app_user": (Reach("nova_auth", "auth"), Reach("nova_auth", "streaming")),
}

# All logins at once, each with one pod more during a rollout, have to stay below what the server
# accepts: 200 connections, less 7 that it keeps for itself. With three times its replicas for every
# service they would be 5 x (11 + 3 x 7) + 10 x 10 = 260. So user-service may have its ten pods, and
# the others stop at 4 for 2 replicas and at 5 for 3: 5 x (11 + 3 x 5) + 10 x 6 = 190.
_PODS: Final[Mapping[str, int]] = {"user_service": 10, "messaging_service": 5}
_MOST_PODS: Final = 4
_POOLS: Final[Mapping[str, int]] = {"messaging_service": 10}
_POOL: Final = 5


def databases(chart: AppChart) -> tuple[Database, ...]:
    """What the chart's environment has."""
    return (*DATABASES, *(_LOCAL_DATABASES if _is_local(chart) else ()))


def logins(chart: AppChart) -> tuple[Login, ...]:
    """One for each service, with its password from a Secret ``<login>-database``."""
    reaches = {**_REACHES, **(_LOCAL_REACHES if _is_local(chart) else {})}
    return tuple(
        Login(
            name,
            password=_password(chart, name),
            reaches=reached,
            pool=_POOLS.get(name, _POOL),
            pods=1 if chart.environment.single_replica else _PODS.get(name, _MOST_PODS),
        )
        for name, reached in reaches.items()
    )


def _password(chart: AppChart, login: str) -> SecretKey:
    props = AppSecretProps(keys=("password",), development={"password": "local-only"})
    return AppSecret(chart, f"{login.replace('_', '-')}-database", props).key("password")


def _is_local(chart: AppChart) -> bool:
    # People try things out there, in a database that is nobody's.
    return chart.environment.name == "local"
