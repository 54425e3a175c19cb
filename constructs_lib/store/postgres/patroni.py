"""What Patroni is told: as variables when a member starts, and in etcd while it runs.

https://patroni.readthedocs.io/en/latest/
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from constructs_lib.kube.variables import PodField, Variable
from constructs_lib.refs import Binding, Port, SecretKey
from constructs_lib.store.engine import Place
from constructs_lib.store.postgres.server import PORT, SUPERUSER, PostgresServer
from constructs_lib.store.tls import FOLDER as TLS_FOLDER

API = Port("api", 8008)

API_USER = "patroni"

DYNAMIC_FOLDER = "/etc/patroni-dynamic"
DYNAMIC_FILE = "dynamic.yml"

ETCD_FOLDER = "/etc/etcd-tls"
"""Where members find what etcd asks of them and shows them."""

ETCD_ENDPOINTS = "ETCD_ENDPOINTS"
"""Variable of etcd's binding: URLs of its members."""

Synchronous = Literal["off", "on", "quorum"]


@dataclass(frozen=True, kw_only=True)
class Dynamic:
    """What all members share, and can be told another of while they run."""

    ttl: int
    loop_wait: int
    retry_timeout: int
    failsafe: bool
    synchronous: Synchronous
    synchronous_strict: bool
    maximum_lag: int
    primary_start_timeout: int
    access: str
    """``pg_hba.conf``."""

    parameters: Mapping[str, str]
    slots: tuple[str, ...]

    def text(self) -> str:
        """As the file that a new cluster begins with: JSON, which YAML parsers read too."""
        return json.dumps({"bootstrap": {"dcs": self._section()}}, indent=2) + "\n"

    def _section(self) -> dict[str, Any]:
        rules = [line for line in self.access.splitlines() if line and not line.startswith("#")]
        return {
            "ttl": self.ttl,
            "loop_wait": self.loop_wait,
            "retry_timeout": self.retry_timeout,
            "failsafe_mode": self.failsafe,
            # A node that is repaired within a day brings back a replica that catches up by itself.
            # Until then its slot keeps no more than max_slot_wal_keep_size.
            "member_slots_ttl": 24 * 60 * 60,
            "synchronous_mode": self.synchronous,
            "synchronous_mode_strict": self.synchronous_strict,
            "maximum_lag_on_failover": self.maximum_lag,
            "primary_start_timeout": self.primary_start_timeout,
            "postgresql": {
                "use_pg_rewind": True,
                "use_slots": True,
                "pg_hba": rules,
                "parameters": dict(self.parameters),
            },
            "slots": {name: {"type": "physical"} for name in self.slots},
        }


def api_variables(password: SecretKey) -> dict[str, Variable]:
    """As whom the REST API takes orders."""
    return {"PATRONI_RESTAPI_USERNAME": API_USER, "PATRONI_RESTAPI_PASSWORD": password}


def member_variables(
    place: Place,
    server: PostgresServer,
    *,
    data: str,
    api_password: SecretKey,
    etcd: Binding,
    etcd_tls: bool,
) -> dict[str, Variable]:
    """The environment of a member."""
    host = place.pod_host("$(PATRONI_NAME)")
    return {
        # The pod's name, so that a member that comes back is the same one.
        "PATRONI_NAME": PodField("metadata.name"),
        # Both together are the folder in etcd, which no other store has.
        "PATRONI_NAMESPACE": f"/{place.namespace}",
        "PATRONI_SCOPE": place.name,
        "PATRONI_RESTAPI_CONNECT_ADDRESS": f"{host}:{API.number}",
        "PATRONI_POSTGRESQL_CONNECT_ADDRESS": f"{host}:{PORT}",
        "PATRONI_POSTGRESQL_DATA_DIR": data,
        **api_variables(api_password),
        "PATRONI_SUPERUSER_USERNAME": SUPERUSER,
        "PATRONI_SUPERUSER_PASSWORD": server.superuser_password,
        "PATRONI_REPLICATION_USERNAME": server.replication_user,
        "PATRONI_REPLICATION_PASSWORD": server.replication_password,
        **_etcd(etcd, encrypted=etcd_tls),
        **(_encrypted() if server.tls is not None else {}),
    }


def etcd_urls(etcd: Binding) -> list[str]:
    """URLs of etcd's members; none where the binding does not tell."""
    told = etcd.variables.get(ETCD_ENDPOINTS)
    return told.split(",") if isinstance(told, str) else []


def _etcd(etcd: Binding, *, encrypted: bool) -> dict[str, Variable]:
    hosts = [url.partition("://")[2] for url in etcd_urls(etcd)]
    # Version 3 of its API: version 2 is not there any more.
    variables: dict[str, Variable] = {"PATRONI_ETCD3_HOSTS": ",".join(hosts)}
    if encrypted:
        variables |= {
            "PATRONI_ETCD3_PROTOCOL": "https",
            "PATRONI_ETCD3_CACERT": f"{ETCD_FOLDER}/ca.crt",
            "PATRONI_ETCD3_CERT": f"{ETCD_FOLDER}/tls.crt",
            "PATRONI_ETCD3_KEY": f"{ETCD_FOLDER}/tls.key",
        }
    return variables


def _encrypted() -> dict[str, Variable]:
    authority = f"{TLS_FOLDER}/ca.crt"
    variables: dict[str, Variable] = {
        "PATRONI_RESTAPI_CERTFILE": f"{TLS_FOLDER}/tls.crt",
        "PATRONI_RESTAPI_KEYFILE": f"{TLS_FOLDER}/tls.key",
        # How members know each other's.
        "PATRONI_CTL_CACERT": authority,
    }
    for role in ("SUPERUSER", "REPLICATION"):
        variables[f"PATRONI_{role}_SSLMODE"] = "verify-full"
        variables[f"PATRONI_{role}_SSLROOTCERT"] = authority
    return variables
