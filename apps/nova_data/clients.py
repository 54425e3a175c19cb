"""Who uses the shared stores, with how many pods and connections.

Each store refuses to be built where all of it together is more than it accepts, and each service
where it could have more pods than stand here.
"""

from dataclasses import dataclass
from typing import Final

from constructs_lib.environment import Environment
from constructs_lib.errors import NovaError, nearest


@dataclass(frozen=True)
class Client:
    """A service."""

    app: str
    name: str

    login: str
    """Its login to PostgreSQL, which services of one app may share."""

    most: int
    """Its pods at the most, those that a rollout adds aside, where services have replicas."""

    pool: int = 5
    """Connections to PostgreSQL that one pod opens."""

    redis_pool: int = 5
    """Connections to Redis that one pod opens."""

    surge: int = 1
    """Pods that a rollout adds, where services have replicas."""

    @property
    def key(self) -> str:
        """Its name among all apps."""
        return f"{self.app}/{self.name}"

    def pods(self, environment: Environment) -> int:
        """Its pods at the most."""
        return 1 if environment.single_replica else self.most

    def added(self, environment: Environment) -> int:
        """Pods that a rollout adds. Where there is one pod the next is up before it goes."""
        return 1 if environment.single_replica else self.surge


def _service(name: str, *, most: int, pool: int = 5, surge: int = 1) -> Client:
    """One of nova-services: as many connections to Redis as to PostgreSQL."""
    return Client(
        "nova-services",
        name,
        login=name.replace("-", "_"),
        most=most,
        pool=pool,
        redis_pool=pool,
        surge=surge,
    )


def _backend(name: str) -> Client:
    """One of nova-platform, whose four share their credentials."""
    return Client("nova-platform", name, login="nova_platform", most=10, pool=4, redis_pool=10)


CLIENTS: Final = (
    # With ten pods of one and pools of ten of the other, these two roll in place: a rollout adds
    # none. What pods that are ending still hold comes on top, see docs/dependencies.md.
    _service("user-service", most=10, surge=0),
    _service("messaging-service", most=4, pool=10, surge=0),
    _service("auth-service", most=3),
    _service("search-service", most=3),
    _service("streaming-api", most=3),
    Client(
        "nova-messaging",
        "messaging-service",
        login="nova_messaging",
        most=10,
        pool=10,
        redis_pool=20,
    ),
    _backend("content-service"),
    _backend("media-service"),
    _backend("user-service"),
    _backend("messaging-service"),
)


def client_of(app: str, name: str) -> Client:
    """The service ``name`` of ``app``.

    Raises ``NovaError`` with the nearest one where there is none.
    """
    key = f"{app}/{name}"
    known = {client.key: client for client in CLIENTS}
    if key not in known:
        msg = f"no client of the shared stores is called {key!r}, add it to CLIENTS; "
        raise NovaError(msg + nearest(key, known))
    return known[key]
