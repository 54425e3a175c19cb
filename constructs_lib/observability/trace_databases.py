"""Databases in which Jaeger keeps traces, and that others run.

https://www.jaegertracing.io/docs/2.18/storage/
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from constructs_lib.errors import Problem
from constructs_lib.kube.body import Body, body
from constructs_lib.kube.storage import FileMount, SecretFiles
from constructs_lib.kube.variables import Variable
from constructs_lib.observability.durations import go_duration_problems
from constructs_lib.refs import Endpoint, SecretKey
from constructs_lib.values import Value

_SECRETS = "/etc/jaeger-secrets"


class Remote(Value):
    """What databases have in common. Not used itself: a storage is one of its subclasses."""

    servers: tuple[Endpoint, ...]
    """Its nodes, or a Service before them."""

    user: str | None = None
    """Name of the login; None connects without one."""

    password: SecretKey | None = None
    """Its password, by reference."""

    tls: bool = True
    """Whether the connection is encrypted. Default True."""

    ca: SecretKey | None = None
    """Certificate that the server's is checked with; None takes those of the image."""

    def problems(self) -> Iterator[Problem]:
        """Somebody to connect to, and a whole login."""
        if not self.servers:
            yield Problem("servers", self.servers, "leads nowhere", "name at least one")
        if (self.user is None) != (self.password is None):
            missing = "password" if self.password is None else "user"
            yield Problem(missing, None, "is missing beside the other", "give both, or neither")
        if self.ca is not None and not self.tls:
            yield Problem("ca", self.ca, "checks nothing without tls", "leave it out")

    @property
    def variables(self) -> Mapping[str, Variable]:
        """Variables that the configuration names."""
        return {}

    @property
    def files(self) -> tuple[FileMount, ...]:
        """Secrets that the configuration names, as files."""
        found: dict[str, list[str]] = {}
        for item in self._file_keys():
            keys = found.setdefault(item.secret, [])
            keys.extend([item.key] * (item.key not in keys))
        return tuple(
            FileMount(f"{_SECRETS}/{name}", source=SecretFiles(name, keys=tuple(keys)))
            for name, keys in found.items()
        )

    def backend(self) -> Body:
        """Entry of ``jaeger_storage.backends``; each subclass has its own."""
        raise NotImplementedError

    def _file_keys(self) -> tuple[SecretKey, ...]:
        return () if self.ca is None else (self.ca,)

    def _tls(self) -> Body:
        if not self.tls:
            return {"insecure": True}
        return body(insecure=False, ca_file=None if self.ca is None else _path(self.ca))


class Elasticsearch(Remote):
    """Elasticsearch 7 to 9. Jaeger makes an index each day and deletes none: the database does.

    https://www.jaegertracing.io/docs/2.18/storage/elasticsearch/
    """

    index_prefix: str | None = None
    """What names of indices begin with; None is nothing."""

    shards: int = 5
    """Primary shards of an index of spans and of services. Default 5, which is Jaeger's."""

    replicas: int = 1
    """Copies of each shard besides. Default 1."""

    def problems(self) -> Iterator[Problem]:
        """As for every database, and numbers that indices can have."""
        yield from super().problems()
        if self.shards < 1:
            yield Problem("shards", self.shards, "keeps nothing", "use 1 or more")
        if self.replicas < 0:
            yield Problem("replicas", self.replicas, "is negative", "use 0 or more")

    def backend(self) -> Body:
        """Entry of ``jaeger_storage.backends``."""
        return {"elasticsearch": self._settings()}

    def _file_keys(self) -> tuple[SecretKey, ...]:
        return (*super()._file_keys(), *(() if self.password is None else (self.password,)))

    def _settings(self) -> Body:
        scheme = "https" if self.tls else "http"
        index = {"shards": self.shards, "replicas": self.replicas}
        return body(
            server_urls=[item.url(scheme) for item in self.servers],
            auth=self._auth(),
            tls=self._tls(),
            indices=body(index_prefix=self.index_prefix, spans=index, services=index),
        )

    def _auth(self) -> Body | None:
        if self.user is None or self.password is None:
            return None
        # The file is watched: a new password needs no restart.
        return {"basic": {"username": self.user, "password_file": _path(self.password)}}


class OpenSearch(Elasticsearch):
    """OpenSearch 1 to 3.

    https://www.jaegertracing.io/docs/2.18/storage/opensearch/
    """

    def backend(self) -> Body:
        """Entry of ``jaeger_storage.backends``."""
        return {"opensearch": self._settings()}


class Cassandra(Remote):
    """Cassandra 4 or newer.

    https://www.jaegertracing.io/docs/2.18/storage/cassandra/
    """

    keyspace: str = "jaeger_v1_dc1"
    """Keyspace of the traces. Default as Jaeger's scripts call it."""

    datacenter: str = "dc1"
    """Data center that is asked first, and that a new keyspace is copied in. Default dc1."""

    create_schema: bool = False
    """Whether Jaeger makes keyspace and tables that are not there. Default False: its login then
    needs no right to."""

    ttl: str = "48h"
    """How long a trace is kept, where Jaeger makes the tables. Default 48h, which is Jaeger's."""

    replication_factor: int = 3
    """Copies in the data center, where Jaeger makes the keyspace. Default 3."""

    def problems(self) -> Iterator[Problem]:
        """As for every database, one port, a time and a number of copies."""
        yield from super().problems()
        numbers = {item.port.offered for item in self.servers}
        if len(numbers) > 1:
            why = "have different ports, and Jaeger takes one for all"
            yield Problem("servers", sorted(numbers), why, "name servers of one port")
        yield from go_duration_problems("ttl", self.ttl)
        if self.replication_factor < 1:
            fix = "use 1 or more"
            yield Problem("replication_factor", self.replication_factor, "keeps nothing", fix)

    @property
    def variables(self) -> Mapping[str, Variable]:
        """The password, which Jaeger takes from no file here. ``$`` in it would be expanded."""
        return {} if self.password is None else {"CASSANDRA_PASSWORD": self.password}

    def backend(self) -> Body:
        """Entry of ``jaeger_storage.backends``."""
        connection = body(
            servers=[item.host for item in self.servers],
            port=self.servers[0].port.offered,
            local_dc=self.datacenter,
            auth=self._auth(),
            tls=self._tls(),
        )
        schema = {
            "keyspace": self.keyspace,
            "create": self.create_schema,
            "datacenter": self.datacenter,
            "trace_ttl": self.ttl,
            "dependencies_ttl": self.ttl,
            "replication_factor": self.replication_factor,
        }
        return {"cassandra": {"schema": schema, "connection": connection}}

    def _auth(self) -> Body | None:
        if self.user is None:
            return None
        return {"basic": {"username": self.user, "password": "${env:CASSANDRA_PASSWORD}"}}


def _path(item: SecretKey) -> str:
    return f"{_SECRETS}/{item.secret}/{item.key}"
