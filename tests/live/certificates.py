"""Certificates, as cert-manager would put them into a Secret."""

import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
_USES = "extendedKeyUsage=serverAuth,clientAuth"


def certificate(*names: str) -> dict[str, str]:
    """``tls.crt``, ``tls.key`` and ``ca.crt`` of a server, and client, with these names."""
    with tempfile.TemporaryDirectory() as text:
        folder = Path(text)
        authority = ("-x509", *_KEY, "-subj", "/CN=authority", "-days", "2")
        _openssl(folder, "req", *authority, "-keyout", "ca.key", "-out", "ca.crt")
        _openssl(folder, "req", *_KEY, "-subj", "/CN=store", "-keyout", "tls.key", "-out", "csr")
        alternatives = ",".join(f"DNS:{name}" for name in names)
        (folder / "extensions").write_text(f"subjectAltName={alternatives}\n{_USES}\n")
        _openssl(
            folder,
            *("x509", "-req", "-in", "csr", "-days", "2", "-extfile", "extensions"),
            *("-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial", "-out", "tls.crt"),
        )
        return {name: (folder / name).read_text() for name in ("tls.crt", "tls.key", "ca.crt")}


def _openssl(folder: Path, command: str, *words: str) -> None:
    subprocess.run(["openssl", command, *words], cwd=folder, check=True, capture_output=True)


def names_of(store: str, namespace: str, *services: str) -> Sequence[str]:
    """The names of a store's pods and Services, short and absolute."""
    zone = f"{namespace}.svc.cluster.local"
    reached = [f"{service}.{namespace}.svc" for service in services]
    absolute = [f"{service}.{zone}" for service in services]
    return [f"*.{store}-peers.{zone}", *reached, *absolute]
