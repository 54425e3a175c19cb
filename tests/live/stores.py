"""One store of every engine, small, with all that it has beside it that tells of it."""

from collections.abc import Mapping
from typing import Any, Final

import cdk8s

from constructs_lib.chart import AppChart
from constructs_lib.refs import Pods, SecretKey
from constructs_lib.store import (
    NatsJetStream,
    NatsUser,
    RedisSentinel,
    ResilientStatefulStore,
    StoreProps,
)
from tests.live.postgres_stores import ETCD, available
from tests.live.stack import SMALL

CLIENTS = "clients"
PASSWORD = "1234"  # noqa: S105 (the test's own)
SECRETS: Final[Mapping[str, Mapping[str, str | bytes]]] = {
    "login": {"password": PASSWORD},
    "passwords": {"superuser": "s", "replication": "r", "api": "a"},
}


class Stores(AppChart):
    """Redis with Sentinels and proxies, PostgreSQL with Patroni, etcd and proxies, and NATS."""

    def __init__(self, scope: cdk8s.App) -> None:
        super().__init__(scope, "stores", environment=SMALL, team="data", create_namespace=True)
        key = SecretKey("login", "password")
        self._add("redis", RedisSentinel(password=key))
        etcd = self._add("etcd", ETCD)
        self._add("postgres", available(etcd.client()))
        self._add("nats", NatsJetStream(replicas=1, users=(NatsUser("admin", password=key),)))

    def _add(self, name: str, engine: Any) -> ResilientStatefulStore:
        props = StoreProps(engine=engine, clients=(Pods(CLIENTS),))
        return ResilientStatefulStore(self, name, props)
