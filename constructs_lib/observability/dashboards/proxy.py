"""What dashboards of stores show of the proxies in front of them.

Metrics: https://github.com/haproxy/haproxy/blob/master/addons/promex/README
"""

from __future__ import annotations

from constructs_lib.observability.dashboards.panels import Row, graph, per_second, rate


def proxy(at: str) -> Row:
    """HAProxy's connections, and the servers that it leads to."""
    return Row(
        title="Proxies",
        panels=(
            graph(
                "Servers that a proxy leads to",
                (
                    f"min by (proxy) (haproxy_backend_active_servers{{{at}}})",
                    "{{proxy}}, proxy that finds fewest",
                ),
            ),
            graph(
                "Connections",
                (f"sum by (proxy) (haproxy_frontend_current_sessions{{{at}}})", "{{proxy}}"),
            ),
            graph(
                "New connections",
                (rate("haproxy_frontend_connections_total", at, "proxy"), "{{proxy}}"),
                unit="cps",
            ),
            graph(
                "Connections to servers that failed",
                (rate("haproxy_backend_connection_errors_total", at, "proxy"), "{{proxy}}"),
                unit="cps",
            ),
            graph(
                "Waiting for a server",
                (f"sum by (proxy) (haproxy_backend_current_queue{{{at}}})", "{{proxy}}"),
            ),
            graph(
                "Traffic",
                (rate("haproxy_frontend_bytes_in_total", at, "proxy"), "{{proxy}} in"),
                (rate("haproxy_frontend_bytes_out_total", at, "proxy"), "{{proxy}} out"),
                unit=per_second("bytes"),
            ),
        ),
    )
