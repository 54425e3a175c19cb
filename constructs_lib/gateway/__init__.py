"""Gateways: services published under host names."""

from constructs_lib.gateway.construct import IngressGateway
from constructs_lib.gateway.envoy import ENVOY_GATEWAY_CRDS
from constructs_lib.gateway.props import NOBODY, IngressGatewayProps, Route
from constructs_lib.gateway.settings import CookieAffinity, Cors, Off, RateLimit, Timeouts
from constructs_lib.gateway.tls import CertificateFromIssuer, ExistingCertificate, PlainHttp

__all__ = [
    "ENVOY_GATEWAY_CRDS",
    "NOBODY",
    "CertificateFromIssuer",
    "CookieAffinity",
    "Cors",
    "ExistingCertificate",
    "IngressGateway",
    "IngressGatewayProps",
    "Off",
    "PlainHttp",
    "RateLimit",
    "Route",
    "Timeouts",
]
