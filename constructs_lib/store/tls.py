"""Certificates of stores, from a Secret."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field

from constructs_lib.errors import Problem
from constructs_lib.kube.storage import FileMount, SecretFiles
from constructs_lib.naming import OBJECT_LIMIT, name_problems
from constructs_lib.values import Value

FOLDER = "/etc/tls"
"""Where containers find ``tls.crt``, ``tls.key`` and ``ca.crt``."""

_KEYS = ("tls.crt", "tls.key", "ca.crt")


class Tls(Value):
    """Connections are encrypted, with a certificate that somebody else makes and renews.

    It has to be good for the names that clients use, for those of every pod
    (``*.<store>-peers.<namespace>.svc.<cluster domain>``) and, where servers connect to each other,
    for both uses, server and client.
    """

    secret: str = field(kw_only=False)
    """Name of a Secret with ``tls.crt``, ``tls.key`` and ``ca.crt``, as cert-manager makes it."""

    certificate: str | None = None
    """Name of cert-manager's Certificate that the Secret comes of: an alert fires two weeks before
    its end, where Prometheus scrapes cert-manager. None: nobody tells when it ends, since neither
    servers nor exporters do."""

    def problems(self) -> Iterator[Problem]:
        """Names."""
        yield from name_problems("secret", self.secret, limit=OBJECT_LIMIT)
        if self.certificate is not None:
            yield from name_problems("certificate", self.certificate, limit=OBJECT_LIMIT)


def tls_files(tls: Tls | None) -> tuple[FileMount, ...]:
    """The certificate's files, read-only for the pod's group; nothing without ``tls``."""
    if tls is None:
        return ()
    return (FileMount(FOLDER, source=SecretFiles(tls.secret, keys=_KEYS)),)
