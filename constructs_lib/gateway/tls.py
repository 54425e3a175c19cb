"""Where a gateway's certificate comes from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from constructs_lib.environment import Environment
from constructs_lib.errors import Problem
from constructs_lib.kube.body import Body
from constructs_lib.naming import name_problems
from constructs_lib.values import Value


class CertificateFromIssuer(Value):
    """cert-manager obtains the certificate and renews it."""

    issuer: str = field(kw_only=False)
    """Name of the issuer."""

    kind: Literal["ClusterIssuer", "Issuer"] = "ClusterIssuer"
    """Whether the issuer serves the cluster or lives in the gateway's namespace. Default
    ClusterIssuer."""

    secret: str | None = None
    """Secret that cert-manager writes the certificate to. None names it ``<gateway>-tls``."""

    def problems(self) -> Iterator[Problem]:
        """Both names."""
        yield from name_problems("issuer", self.issuer, limit=253)
        if self.secret is not None:
            yield from name_problems("secret", self.secret, limit=253)


class ExistingCertificate(Value):
    """The certificate stands in a Secret of type ``kubernetes.io/tls`` that somebody else keeps."""

    secret: str = field(kw_only=False)
    """Name of the Secret, in the gateway's namespace; its certificate covers all hosts."""

    def problems(self) -> Iterator[Problem]:
        """The Secret's name."""
        yield from name_problems("secret", self.secret, limit=253)


class PlainHttp(Value):
    """No TLS: everything between client and proxy can be read and changed on the way."""


TlsSource = CertificateFromIssuer | ExistingCertificate | PlainHttp


@dataclass(frozen=True)
class Tls:
    """What a gateway serves TLS with, all defaults applied."""

    secret: str | None
    """Secret that holds the certificate; None for plain HTTP."""

    issuer: CertificateFromIssuer | None = None
    """Who fills it; None where somebody else does."""


def tls_of(gateway: str, source: TlsSource | None, environment: Environment) -> Tls:
    """The TLS of ``gateway``; the environment's issuer, if any, where it says nothing."""
    if source is None and environment.certificate_issuer is not None:
        source = CertificateFromIssuer(environment.certificate_issuer)
    match source:
        case CertificateFromIssuer():
            return Tls(source.secret or f"{gateway}-tls", source)
        case ExistingCertificate():
            return Tls(source.secret)
        case _:
            return Tls(None)


def certificate(metadata: Body, tls: Tls, hosts: tuple[str, ...]) -> Body:
    """A cert-manager Certificate for ``hosts``; ``tls`` has an issuer.

    An object of its own, not an annotation on an Ingress or Gateway: several Ingress objects share
    one Secret, and with an annotation the Certificate would belong to one of them and go with it,
    which is every change of back end.
    https://cert-manager.io/docs/reference/api-docs/#cert-manager.io/v1.Certificate
    """
    if tls.issuer is None:
        msg = "a certificate without an issuer"
        raise ValueError(msg)
    return {
        "apiVersion": "cert-manager.io/v1",
        "kind": "Certificate",
        "metadata": metadata,
        "spec": {
            "secretName": tls.secret,
            "dnsNames": list(hosts),
            "issuerRef": {
                "group": "cert-manager.io",
                "kind": tls.issuer.kind,
                "name": tls.issuer.issuer,
            },
            # cert-manager's default changed with 1.18; a renewed certificate gets a new key.
            "privateKey": {"rotationPolicy": "Always"},
        },
    }
