"""Samples written to another store besides.

https://prometheus.io/docs/prometheus/latest/configuration/configuration/#remote_write
"""

from __future__ import annotations

from collections.abc import Iterator

from constructs_lib.errors import Problem
from constructs_lib.kube.body import Body, body
from constructs_lib.kube.network import Traffic
from constructs_lib.kube.storage import FileMount, SecretFiles
from constructs_lib.naming import name_problems
from constructs_lib.observability.urls import port_of, url_problems
from constructs_lib.refs import Peer, SecretKey
from constructs_lib.values import Value

_FOLDER = "/etc/prometheus/remote"


class RemoteWrite(Value):
    """A store that takes samples over Prometheus' remote write protocol."""

    name: str
    """What it is called in metrics and alerts."""

    url: str
    """Where it takes them, for example ``https://metrics.example.com/api/v1/push``."""

    peers: tuple[Peer, ...]
    """Who answers there, for the network policy, at the URL's port."""

    user: str | None = None
    """Name to log in with; None sends none."""

    password: SecretKey | None = None
    """Password of ``user``, read from a file; it goes with a user only."""

    token: SecretKey | None = None
    """Bearer token in place of user and password, read from a file."""

    def problems(self) -> Iterator[Problem]:
        """A name, an address, one kind of credentials."""
        yield from name_problems("name", self.name)
        yield from url_problems("url", self.url)
        if not self.peers:
            fix = "name a peer, such as Cidrs(...)"
            yield Problem("peers", self.peers, "leads nowhere", fix)
        if (self.user is None) != (self.password is None):
            fix = "give both, or neither"
            yield Problem("password", self.password, "goes with a user, and a user with it", fix)
        if self.user is not None and self.token is not None:
            fix = "keep one of the two"
            yield Problem("token", self.token, "stands beside user and password", fix)

    @property
    def traffic(self) -> Traffic:
        """The way there."""
        return Traffic(self.peers, ports=(port_of(self.url),))

    @property
    def files(self) -> tuple[FileMount, ...]:
        """Credentials, as files."""
        key = self.password or self.token
        if key is None:
            return ()
        source = SecretFiles(key.secret, keys=(key.key,), optional=key.optional)
        return (FileMount(f"{_FOLDER}/{self.name}", source=source),)

    def setting(self) -> Body:
        """An entry of ``remote_write``."""
        return body(
            name=self.name,
            url=self.url,
            basic_auth=body(username=self.user, password_file=self._file(self.password)),
            authorization=body(credentials_file=self._file(self.token)),
        )

    def _file(self, key: SecretKey | None) -> str | None:
        return None if key is None else f"{_FOLDER}/{self.name}/{key.key}"
