"""What services of other systems get of the shared stores."""

import cdk8s

from apps.nova_data.database import NovaDatabase
from apps.nova_data.redis import NovaRedis
from apps.secrets import secret_of
from constructs_lib.chart import AppChart
from constructs_lib.environment import Environment
from constructs_lib.refs import Binding
from constructs_lib.store import ResilientStatefulStore


def postgres(environment: Environment) -> ResilientStatefulStore:
    """The shared PostgreSQL, to ask it for logins: in a tree of its own that is never rendered."""
    return NovaDatabase(cdk8s.App(), environment).store


def redis(environment: Environment) -> Binding:
    """What clients of the shared Redis get."""
    return NovaRedis(cdk8s.App(), environment).store.client()


def add_password(chart: AppChart, binding: Binding) -> None:
    """Add the password of a store of ours to the namespace of its client."""
    if binding.password is not None:
        secret_of("nova-data", chart, binding.password.secret, binding.password.key)
