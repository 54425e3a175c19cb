"""What HAProxy tells of itself, by label ``proxy``: its frontends, backends and servers.

https://docs.haproxy.org/3.2/management.html and ``addons/promex`` of its source have the list.
"""

from __future__ import annotations

from constructs_lib.kube.signals import Metric, counter, gauge


def _counter(name: str, help: str, unit: str | None = None) -> Metric:  # noqa: A002
    return counter(f"haproxy_{name}", help, unit)


def _gauge(name: str, help: str, unit: str | None = None) -> Metric:  # noqa: A002
    return gauge(f"haproxy_{name}", help, unit)


HAPROXY = (
    _gauge("process_uptime_seconds", "Time since the proxy started.", "s"),
    _gauge("process_current_connections", "Connections that are open."),
    _gauge("process_max_connections", "Most connections that it takes."),
    _counter("process_connections_total", "Connections accepted."),
    _gauge("frontend_current_sessions", "Sessions of clients, by frontend."),
    _gauge("frontend_limit_sessions", "Most sessions, by frontend."),
    _counter("frontend_connections_total", "Connections of clients, by frontend."),
    _counter("frontend_bytes_in_total", "Bytes from clients, by frontend.", "bytes"),
    _counter("frontend_bytes_out_total", "Bytes to clients, by frontend.", "bytes"),
    _gauge("backend_active_servers", "Servers that a backend leads to."),
    _gauge("backend_current_sessions", "Sessions with servers, by backend."),
    _gauge("backend_current_queue", "Clients that wait for a server, by backend."),
    _counter("backend_sessions_total", "Sessions with servers, by backend."),
    _counter("backend_connection_errors_total", "Connections to servers that failed."),
    _counter("backend_retry_warnings_total", "Connections to servers that were tried again."),
    _counter("backend_downtime_seconds_total", "Time without any server, by backend.", "s"),
    _gauge("backend_connect_time_average_seconds", "Mean time to connect, of the last 1024.", "s"),
    _gauge("server_current_sessions", "Sessions with a server."),
    _counter("server_check_failures_total", "Health checks that failed, by server."),
    _counter("server_check_up_down_total", "How often a server went down."),
    _counter("server_downtime_seconds_total", "Time that a server was down.", "s"),
)
"""Metrics of HAProxy, as far as alerts and dashboards may name them."""
