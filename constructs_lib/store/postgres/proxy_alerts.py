"""What somebody has to know of the proxies in front of PostgreSQL."""

from __future__ import annotations

from constructs_lib.kube.alerts import Alert
from constructs_lib.kube.promql import counted_pods
from constructs_lib.store.engine import Place
from constructs_lib.store.part import Proxies


def proxied(place: Place, proxy: Proxies) -> tuple[Alert, ...]:
    """Proxies that are gone, or find no primary."""
    primary = (
        f'haproxy_backend_active_servers{{namespace="{place.namespace}", pod=~"{proxy.name}-.+",'
        ' proxy="primary"}'
    )
    answering = counted_pods(primary)
    logs = f"kubectl get pods -n {place.namespace} -l app.kubernetes.io/name={proxy.name}"
    return (
        Alert(
            name="PostgresPrimaryUnreachable",
            # Of each: clients of one that finds nobody get no answer, whatever the others find.
            expression=f"{primary} == 0",
            lasts="1m",
            severity="critical",
            summary=f"Proxy {{{{ $labels.pod }}}} of {place.name} in {place.namespace} finds no"
            " primary.",
            action="Look whether there is one; if so, at the network policy and DNS.",
        ),
        Alert(
            name="PostgresProxiesGone",
            expression=f"{answering} == 0",
            lasts="2m",
            severity="critical",
            summary=f"No proxy of {place.name} in {place.namespace} answers: nobody can connect.",
            action=f"{logs}, and the logs of those not ready.",
        ),
        Alert(
            name="PostgresProxiesMissing",
            expression=f"{answering} < {proxy.replicas}",
            lasts="10m",
            summary=f"{place.name} in {place.namespace} has {{{{ $value }}}} of {proxy.replicas}"
            " proxies that answer.",
            action=f"{logs}, and the logs of those not ready.",
        ),
    )
