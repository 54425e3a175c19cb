"""Grafana: shows what Prometheus, Alertmanager and Jaeger know.

Settings are the variables that the image documents (``GF_<SECTION>_<KEY>``), not a file of our own:
each is one line of a ConfigMap, unknown ones are as harmless as in a file, secrets come the same
way (``..__FILE``), and the image's own ``grafana.ini`` stays in place.
https://grafana.com/docs/grafana/v13.1/setup-grafana/configure-grafana/. The image is in no
registry that the tests reach: settings are checked against its documentation, and were not run.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import field
from typing import Literal
from urllib.parse import urlsplit

from constructs_lib.errors import Problem
from constructs_lib.kube.images import Image
from constructs_lib.kube.services import LoadBalancer
from constructs_lib.refs import Binding, Endpoint, Peer, SecretKey
from constructs_lib.resources import Resources
from constructs_lib.values import Value

_SETTING = re.compile(r"GF_[A-Z0-9_]+")
_SECRET_SETTING = re.compile(r".*_(PASSWORD|SECRET|TOKEN|KEY|CREDENTIALS)|GF_DATABASE_URL")


class Grafana(Value):
    """Grafana at 3000, with data sources and dashboards that nobody can change there.

    There is no default password: pods do not start without the Secret. Without ``database`` what
    people do (users, stars, dashboards of their own) is kept in the pod, and goes with it.
    """

    admin_password: SecretKey
    """Password of the first administrator. Grafana reads it when it makes its database; a later
    one is set with ``grafana cli admin reset-admin-password``."""

    admin_user: str | SecretKey = "admin"
    """Name of the first administrator. Default ``admin``."""

    url: str | None = None
    """Address at which browsers reach it, for links and redirects. None is what Grafana makes of
    its own host name, which is right for nobody outside."""

    secret_key: SecretKey | None = None
    """What Grafana encrypts secrets in its database with; needed with ``database``, since Grafana's
    own default is known to everybody."""

    database: Binding | None = None
    """Login of a PostgreSQL database, by ``store.login(...)``. None keeps SQLite in the pod."""

    database_tls: Literal["disable", "require", "verify-full"] = "disable"
    """Whether the database's connection is encrypted. Default ``disable``, within the cluster.
    ``require`` encrypts, ``verify-full`` checks the server's certificate with those of the image,
    or with the file that ``GF_DATABASE_CA_CERT_PATH`` names."""

    replicas: int = 1
    """Pods. Default 1; more need ``database``. One where the environment says so."""

    anonymous: bool = False
    """Whether everybody who reaches it may look at dashboards without a login. Default False."""

    settings: Mapping[str, str] = field(default_factory=dict)
    """Further settings by their variable, for example ``GF_AUTH_GENERIC_OAUTH_ENABLED``; they win
    over ours. No secrets: those are in ``secrets``."""

    secrets: Mapping[str, SecretKey] = field(default_factory=dict)
    """Further secret settings by their variable, for example
    ``GF_AUTH_GENERIC_OAUTH_CLIENT_SECRET``."""

    uses: tuple[Endpoint, ...] = ()
    """What it may connect to besides data sources and database, for example a login provider."""

    clients: tuple[Peer, ...] = ()
    """Who may connect, besides gateways before it."""

    load_balancer: LoadBalancer | None = None
    """A Service for clients outside the cluster, of the port ``http``. None has none."""

    image: Image = Image("docker.io/grafana/grafana", tag="13.1.3")
    """Its image. Default the official one of 13.1: from 13.2 on, Jaeger's data source is a plugin
    of its own, which 13.2.0 and 13.2.1 lose where they cannot reach grafana.com."""

    user: int = 472
    """Numeric user id. Default 472, the image's own."""

    resources: Resources = Resources(
        cpu="100m", memory="256Mi", cpu_limit="1", memory_limit="512Mi"
    )
    """Requests and limits of a pod. Default 100m to 1 core, 256Mi to 512Mi."""

    def problems(self) -> Iterator[Problem]:
        """A database for several pods, whole bindings, an address, and no secret in plain text."""
        yield from self._database_problems()
        if self.replicas < 1:
            yield Problem("replicas", self.replicas, "runs nothing", "use 1 or more")
        if self.url is not None:
            parts = urlsplit(self.url)
            if parts.scheme not in ("http", "https") or not parts.hostname:
                fix = "write one such as 'https://grafana.example.com'"
                yield Problem("url", self.url, "is no address of a web site", fix)
        yield from self._setting_problems()

    @property
    def secret_settings(self) -> dict[str, SecretKey]:
        """Secrets that are read from files, by their variable."""
        own = {
            "GF_SECURITY_ADMIN_PASSWORD": self.admin_password,
            "GF_SECURITY_ADMIN_USER": self.admin_user,
            "GF_SECURITY_SECRET_KEY": self.secret_key,
            "GF_DATABASE_PASSWORD": None if self.database is None else self.database.password,
        }
        found = {name: item for name, item in own.items() if isinstance(item, SecretKey)}
        return {**found, **self.secrets}

    def _database_problems(self) -> Iterator[Problem]:
        database = self.database
        if database is None:
            if self.replicas > 1:
                why = "each keep users and sessions of their own: a login holds at one of them only"
                fix = "give database=store.login(...), or run one pod"
                yield Problem("replicas", self.replicas, why, fix)
            return
        for name in ("user", "database", "password"):
            if getattr(database, name) is None:
                fix = "use the login of a PostgreSQL store"
                yield Problem(f"database.{name}", None, "is missing", fix)
        if self.secret_key is None:
            why = "is missing: secrets in the database would be encrypted with a key known to all"
            yield Problem("secret_key", None, why, "give secret_key=SecretKey(...)")

    def _setting_problems(self) -> Iterator[Problem]:
        for where in ("settings", "secrets"):
            for name in getattr(self, where):
                if not _SETTING.fullmatch(name):
                    fix = "write GF_<SECTION>_<KEY>"
                    yield Problem(where, name, "is no variable that Grafana reads", fix)
        for name in self.settings:
            if _SECRET_SETTING.fullmatch(name):
                fix = "give a SecretKey under secrets"
                yield Problem("settings", name, "would stand in plain text", fix)
        for name in sorted(self.settings.keys() & self.secret_settings.keys()):
            yield Problem("settings", name, "is a secret already", "leave it out")
