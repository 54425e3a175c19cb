"""cert-manager is asked when certificates end.

https://cert-manager.io/docs/devops-tips/prometheus-metrics/
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from constructs_lib.errors import Problem
from constructs_lib.kube.alerts import Alert
from constructs_lib.kube.intervals import interval_problems
from constructs_lib.kube.signals import Metric, Signals, Target
from constructs_lib.observability.owners import Owners
from constructs_lib.refs import Pods, Port
from constructs_lib.store.certificate_alerts import CERTIFICATE, DAYS, ENDS, EXPIRES
from constructs_lib.values import Value

NAME = "cert-manager"
"""Name of its Signals, and of its job."""

METRICS = (Metric(EXPIRES, unit="s", help="When a certificate ends."),)
"""Those that alerts make use of."""


class CertManager(Value):
    """cert-manager of the cluster is scraped: certificates of watched namespaces that end.

    Renders a job, a Role in its namespace by which Prometheus finds its pods, and the way to them.
    Its pods are not the stack's: where a NetworkPolicy isolates them, its owner lets Prometheus in.
    """

    pods: Pods = Pods(
        "cert-manager",
        labels={
            "app.kubernetes.io/name": "cert-manager",
            "app.kubernetes.io/component": "controller",
        },
    )
    """Its controller's. Default those of its own chart and manifests, in namespace cert-manager."""

    port: Port = Port("http-metrics", 9402)
    """Its port. Default ``http-metrics``, 9402."""

    interval_seconds: int = 60
    """Time between scrapes, at most 140 s. Default 60 s."""

    def problems(self) -> Iterator[Problem]:
        """It is scraped often enough, and its pods are some."""
        yield from interval_problems("interval_seconds", self.interval_seconds)
        if not self.pods.labels:
            fix = "name labels of the controller's pods"
            yield Problem("pods", self.pods, "are all of the namespace", fix)

    def signals(
        self,
        owners: Owners,
        watched: Sequence[Signals],
        *,
        app: str,
        namespace: str,
        team: str,
    ) -> Signals:
        """What it tells of certificates of ``owners``, besides those that ``watched`` ask for."""
        target = Target(
            name=f"{self.pods.namespace}/{NAME}",
            pods=self.pods,
            port=self.port,
            interval_seconds=self.interval_seconds,
            exposes=METRICS,
            honor_labels=True,
        )
        told = _told(watched)
        expiring = (_expiring(owner, names, told) for owner, names in owners.items())
        return Signals(
            kind="cert-manager",
            name=NAME,
            app=app,
            namespace=namespace,
            team=team,
            targets=(target,),
            alerts=(_unseen(target), *expiring),
        )


def _told(watched: Sequence[Signals]) -> dict[str, list[str]]:
    """Certificates that have an alert of their own, by namespace."""
    found: dict[str, list[str]] = {}
    for item in watched:
        names = {alert.labels[CERTIFICATE] for alert in item.alerts if CERTIFICATE in alert.labels}
        found[item.namespace] = sorted({*found.get(item.namespace, ()), *names})
    return found


def _expiring(team: str, namespaces: Sequence[str], told: dict[str, list[str]]) -> Alert:
    here = f'{EXPIRES}{{namespace=~"{"|".join(namespaces)}"}}'
    others = [
        f'{EXPIRES}{{namespace="{name}", name=~"{"|".join(told[name])}"}}'
        for name in namespaces
        if told.get(name)
    ]
    but = f" unless on (namespace, name) ({' or '.join(others)})" if others else ""
    return Alert(
        name="CertificateExpiring",
        expression=f"max by (namespace, name) ({here}{but}) - time() < {DAYS} * 86400",
        lasts="1h",
        severity="critical",
        summary=f"Certificate {{{{ $labels.name }}}} in {{{{ $labels.namespace }}}} {ENDS}",
        action="kubectl describe certificate -n {{ $labels.namespace }} {{ $labels.name }} says"
        " why: the issuer, its challenge, or cert-manager itself.",
        labels={
            "namespace": "{{ $labels.namespace }}",
            "service": "",
            CERTIFICATE: "{{ $labels.name }}",
            "team": team,
        },
    )


def _unseen(target: Target) -> Alert:
    return Alert(
        name="CertManagerUnseen",
        expression=f'(sum(up{{job="{target.name}"}}) or vector(0)) == 0',
        lasts="15m",
        summary="cert-manager does not answer: nobody tells when certificates end.",
        action=f"kubectl get pods -n {target.pods.namespace}; then whether Prometheus may list pods"
        " there, and whether a network policy lets it in.",
    )
