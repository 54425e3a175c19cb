"""Databases of the shared PostgreSQL server, and who reaches what in them."""

from collections.abc import Iterator, Mapping
from typing import Final

from apps.nova_data.clients import CLIENTS
from apps.secrets import DEVELOPMENT_PASSWORD
from constructs_lib.chart import AppChart
from constructs_lib.environment import Environment
from constructs_lib.refs import SecretKey
from constructs_lib.secrets import AppSecret, AppSecretProps
from constructs_lib.store import Database, Login, Reach

DATABASES: Final = (
    Database("nova_core", schemas=("auth", "streaming", "users")),
    # "messaging" is that of nova-services. nova-messaging migrates tables of its own, and whoever
    # does has to own them, while a schema has one owner: so "realtime" is its own.
    Database("nova_messaging", schemas=("messaging", "realtime")),
    Database("nova_platform", schemas=("platform",)),
    Database("nova_search", schemas=("search",)),
)

_LOCAL_DATABASES: Final = (Database("nova_auth", schemas=("auth", "streaming")),)

_REACHES: Final[Mapping[str, tuple[Reach, ...]]] = {
    "auth_service": (Reach("nova_core", "auth"),),
    "streaming_api": (Reach("nova_core", "streaming"),),
    "user_service": (Reach("nova_core", "users"),),
    "messaging_service": (Reach("nova_messaging", "messaging"),),
    "search_service": (Reach("nova_search", "search"),),
    "nova_messaging": (Reach("nova_messaging", "realtime"),),
    "nova_platform": (Reach("nova_platform", "platform"),),
}

_LOCAL_REACHES: Final[Mapping[str, tuple[Reach, ...]]] = {
    "app_user": (Reach("nova_auth", "auth"), Reach("nova_auth", "streaming")),
}

# Of its 200 connections the server keeps 6 for superusers and 4 for metrics; 190 are for logins.
# nova-services may fill all its pools at the same time, those of pods that a rollout adds included:
# 5 x 10 + 10 x 4 + 3 x 5 x (3 + 1) = 150. A pod that is ending is not in the sum: with all pools
# full, the next pod is refused (SQLSTATE 53300) what that one has not closed yet, for its grace at
# the most, and its pool tries again. The other two share the 40 that are left, of
# 10 x (10 + 1) = 110 and 4 x (40 + 4) = 176 in full pools. nova-messaging keeps 2 in each of its
# 11 pods, so it gets 24. nova-platform gets the last 16 for up to 44 pods: more pods than
# connections, so its pools close what is idle.
_AT_ONCE: Final[Mapping[str, int]] = {"nova_messaging": 24, "nova_platform": 16}
_IDLE: Final[Mapping[str, int]] = {"nova_messaging": 2, "nova_platform": 0}


def databases(chart: AppChart) -> tuple[Database, ...]:
    """What the chart's environment has."""
    return (*DATABASES, *(_LOCAL_DATABASES if _is_local(chart) else ()))


def logins(chart: AppChart) -> tuple[Login, ...]:
    """One for each service or app, with its password from a Secret ``<login>-database``."""
    return tuple(_logins(chart))


def _logins(chart: AppChart) -> Iterator[Login]:
    for name, reaches in _REACHES.items():
        yield _login(chart, name, reaches)
    for name, reaches in _LOCAL_REACHES.items() if _is_local(chart) else ():
        yield Login(name, password=_password(chart, name), reaches=reaches, pods=1)


def _login(chart: AppChart, name: str, reaches: tuple[Reach, ...]) -> Login:
    environment: Environment = chart.environment
    clients = [client for client in CLIENTS if client.login == name]
    return Login(
        name,
        password=_password(chart, name),
        reaches=reaches,
        pool=max(client.pool for client in clients),
        pods=sum(client.pods(environment) for client in clients),
        surge=sum(client.added(environment) for client in clients),
        idle=_IDLE.get(name, 1),
        # One pod of each service may fill its pool.
        at_once=None if environment.single_replica else _AT_ONCE.get(name),
    )


def _password(chart: AppChart, login: str) -> SecretKey:
    props = AppSecretProps(keys=("password",), development={"password": DEVELOPMENT_PASSWORD})
    return AppSecret(chart, f"{login.replace('_', '-')}-database", props).key("password")


def _is_local(chart: AppChart) -> bool:
    # People try things out there, in a database that is nobody's.
    return chart.environment.name == "local"
