"""When a store's certificate runs out.

None of the servers, proxies and exporters in use tells when its certificate ends, so cert-manager
is asked, which made it: https://cert-manager.io/docs/devops-tips/prometheus-metrics/.
"""

from __future__ import annotations

from constructs_lib.kube.alerts import Alert
from constructs_lib.store.engine import Place
from constructs_lib.store.tls import Tls

CERTIFICATE = "certificate"
"""Label of these alerts with the name of cert-manager's Certificate."""

EXPIRES = "certmanager_certificate_expiration_timestamp_seconds"
"""Series of cert-manager with the time at which a Certificate ends."""

DAYS = 14
"""How long before the end somebody is told. cert-manager renews at two thirds of the time: of the
usual 90 days, 30 before the end."""


ENDS = (
    # cert-manager says 1970 of one that it has not obtained yet.
    "{{ if lt $value -1e9 }}was never issued{{ else }}ends in {{ $value | humanizeDuration }}, and"
    " has not been renewed{{ end }}."
)
"""What such an alert says of the certificate; its value is the time that is left."""


def certificate_alerts(place: Place, tls: Tls | None, kind: str) -> tuple[Alert, ...]:
    """That a certificate has not been renewed in time; nothing where nobody tells."""
    if tls is None or tls.certificate is None:
        return ()
    # A Prometheus that puts a target's own namespace first renames the certificate's.
    which = (
        f'max by (name) ({EXPIRES}{{name="{tls.certificate}", namespace="{place.namespace}"}} or'
        f' {EXPIRES}{{name="{tls.certificate}", exported_namespace="{place.namespace}"}})'
    )
    return (
        Alert(
            name=f"{kind}CertificateExpiring",
            expression=f"{which} - time() < {DAYS} * 86400",
            lasts="1h",
            severity="critical",
            summary=f"Certificate {tls.certificate} of {place.name} in {place.namespace} {ENDS}",
            action=f"kubectl describe certificate -n {place.namespace} {tls.certificate} says why."
            " Servers read a renewed one when their pods are rolled: change the store's rotation.",
            labels={CERTIFICATE: tls.certificate},
        ),
    )
