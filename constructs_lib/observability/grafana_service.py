"""Grafana as a NovaService."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from urllib.parse import urlsplit

from constructs_lib.chart import AppChart
from constructs_lib.errors import refuse
from constructs_lib.kube.body import Body
from constructs_lib.kube.monitors import Metrics
from constructs_lib.kube.network import Client
from constructs_lib.kube.objectives import MISSED_BY_NOBODY
from constructs_lib.kube.probes import HttpGet, Probe, Probes
from constructs_lib.kube.security import Security
from constructs_lib.kube.storage import (
    ConfigFiles,
    ConfigMapFiles,
    FileMount,
    SecretFiles,
    WritablePath,
)
from constructs_lib.kube.variables import Variable
from constructs_lib.observability.grafana import Grafana
from constructs_lib.observability.grafana_alerts import GRAFANA_METRICS, NAME, grafana_alerts
from constructs_lib.observability.grafana_sources import (
    DashboardFiles,
    Sources,
    dashboard_problems,
    data_sources,
    packed,
    providers,
)
from constructs_lib.refs import Binding, Endpoint, Port, Ports
from constructs_lib.service.props import NovaServiceProps
from constructs_lib.yaml_text import to_yaml

HTTP = Port("http", 3000)

_PROVISIONING = "/etc/grafana/provisioning"
_SECRETS = "/etc/grafana-secrets"

_QUIET = {
    # Nothing leaves the cluster, and nothing is fetched from outside: the network policy would
    # let it time out.
    "GF_ANALYTICS_REPORTING_ENABLED": "false",
    "GF_ANALYTICS_CHECK_FOR_UPDATES": "false",
    "GF_ANALYTICS_CHECK_FOR_PLUGIN_UPDATES": "false",
    "GF_ANALYTICS_FEEDBACK_LINKS_ENABLED": "false",
    "GF_NEWS_NEWS_FEED_ENABLED": "false",
    "GF_PLUGINS_PREINSTALL_DISABLED": "true",
    "GF_PLUGINS_PREINSTALL_AUTO_UPDATE": "false",
    "GF_PLUGINS_PLUGIN_ADMIN_ENABLED": "false",
    "GF_PLUGINS_PUBLIC_KEY_RETRIEVAL_DISABLED": "true",
    "GF_SECURITY_DISABLE_GRAVATAR": "true",
    "GF_SNAPSHOTS_EXTERNAL_ENABLED": "false",
    # People are made by somebody, not by themselves.
    "GF_USERS_ALLOW_SIGN_UP": "false",
    "GF_USERS_ALLOW_ORG_CREATE": "false",
    # Prometheus evaluates rules. Alerting stays on for its view of Alertmanager.
    "GF_UNIFIED_ALERTING_EXECUTE_ALERTS": "false",
    "GF_METRICS_ENABLED": "true",
    "GF_METRICS_CLASSIC_HTTP_HISTOGRAM_ENABLED": "true",
    "GF_LOG_CONSOLE_FORMAT": "json",
}


def grafana_props(
    grafana: Grafana, chart: AppChart, sources: Sources, dashboards: Mapping[str, str]
) -> NovaServiceProps:
    """Props of the NovaService ``grafana``; ``dashboards`` are JSON by ``<folder>/<file>.json``.

    Raises ``PropsError`` where a dashboard cannot be provisioned.
    """
    refuse("Grafana", dashboard_problems(dashboards))
    files = packed(dashboards)
    return NovaServiceProps(
        image=grafana.image,
        ports=Ports(HTTP),
        replicas=grafana.replicas,
        resources=grafana.resources,
        settings={**_settings(grafana), **grafana.settings},
        environment_settings=False,
        variables=_file_variables(grafana),
        files=(*_provisioning(sources, files), *_mounts(files), *_secret_files(grafana)),
        writable=(WritablePath("/tmp"), WritablePath("/var/lib/grafana", size="512Mi")),  # noqa: S108
        security=Security(user=grafana.user),
        probes=_PROBES,
        metrics=Metrics(port=HTTP.name, exposes=GRAFANA_METRICS),
        presence=MISSED_BY_NOBODY,
        alerts=grafana_alerts(chart.app_namespace),
        signals_kind="grafana",
        uses=(*sources.endpoints, *grafana.uses, *_database(grafana)),
        # Grafana reads neither variable; it waits for its database by itself.
        startup_wait_seconds=0,
        clients=tuple(Client(peer) for peer in grafana.clients),
        load_balancer=grafana.load_balancer,
        extra_manifests=tuple(_config_map(item) for item in files),
    )


_PROBES = Probes(
    # The first start makes the database.
    startup=Probe(HttpGet("/api/health"), period_seconds=5, failure_threshold=36),
    readiness=Probe(HttpGet("/api/health"), period_seconds=5),
    # /api/health asks the database, which a restart of Grafana does not mend.
    liveness=Probe(HttpGet("/healthz"), timeout_seconds=5, failure_threshold=6),
)


def _settings(grafana: Grafana) -> dict[str, str]:
    settings = dict(_QUIET)
    if isinstance(grafana.admin_user, str):
        settings["GF_SECURITY_ADMIN_USER"] = grafana.admin_user
    if grafana.url is not None:
        settings["GF_SERVER_ROOT_URL"] = grafana.url
        secure = urlsplit(grafana.url).scheme == "https"
        settings["GF_SECURITY_COOKIE_SECURE"] = str(secure).lower()
    settings["GF_AUTH_ANONYMOUS_ENABLED"] = str(grafana.anonymous).lower()
    if grafana.anonymous:
        settings["GF_AUTH_ANONYMOUS_ORG_ROLE"] = "Viewer"
    return settings | _database_settings(grafana)


def _database_settings(grafana: Grafana) -> dict[str, str]:
    database = grafana.database
    if database is None:
        return {}
    settings = {
        "GF_DATABASE_TYPE": "postgres",
        "GF_DATABASE_HOST": database.endpoint.address,
        "GF_DATABASE_NAME": database.database or "",
        "GF_DATABASE_USER": database.user or "",
        "GF_DATABASE_SSL_MODE": grafana.database_tls,
    }
    if database.pool is not None:
        settings["GF_DATABASE_MAX_OPEN_CONN"] = str(database.pool)
        settings["GF_DATABASE_MAX_IDLE_CONN"] = "1"
    return settings


def _database(grafana: Grafana) -> tuple[Binding, ...]:
    """The binding for policies and promises; its variables are none that Grafana knows."""
    return () if grafana.database is None else (replace(grafana.database, variables={}),)


def _file_variables(grafana: Grafana) -> dict[str, Variable]:
    return {
        f"{name}__FILE": f"{_SECRETS}/{item.secret}/{item.key}"
        for name, item in grafana.secret_settings.items()
    }


def _secret_files(grafana: Grafana) -> Iterator[FileMount]:
    keys: dict[str, dict[str, None]] = {}
    for item in grafana.secret_settings.values():
        keys.setdefault(item.secret, {})[item.key] = None
    for secret, names in keys.items():
        yield FileMount(f"{_SECRETS}/{secret}", source=SecretFiles(secret, keys=tuple(names)))


def _provisioning(sources: Sources, files: list[DashboardFiles]) -> Iterator[FileMount]:
    described = {"datasources": data_sources(sources), "dashboards": providers(files)}
    for folder, settings in described.items():
        source = ConfigFiles({f"{folder}.yaml": to_yaml([settings])})
        yield FileMount(f"{_PROVISIONING}/{folder}", source=source)


def _mounts(files: list[DashboardFiles]) -> Iterator[FileMount]:
    for item in files:
        yield FileMount(item.path, source=ConfigMapFiles(item.name(NAME)))


def _config_map(item: DashboardFiles) -> Body:
    metadata = {"name": item.name(NAME)}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": item.files}


def grafana_endpoint(chart: AppChart) -> Endpoint:
    """Where Grafana of ``chart`` is reached."""
    return Endpoint.of(NAME, HTTP, app=chart.app_name, namespace=chart.app_namespace)
