"""The proxies of PostgreSQL, as real HAProxy: whom they take for a member."""

import subprocess
from pathlib import Path

import pytest

from constructs_lib.store.tls import Tls
from tests.store.postgres_servers_cases import THREE, altered, file_of
from tests.store.scripts.proxies import member, names, running_proxy
from tests.store.scripts.servers import missing, wait_until

pytestmark = pytest.mark.skipif(
    bool(missing("haproxy", "openssl")), reason="needs HAProxy and OpenSSL"
)
TLS = altered(THREE, tls=Tls("postgres-tls"))


def certificate(folder: Path, name: str) -> Path:
    """A certificate for ``name`` that is its own authority, with its key."""
    file = folder / "tls.pem"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
    names = ["-subj", "/CN=postgres", "-addext", f"subjectAltName=DNS:{name}"]
    files = ["-nodes", "-days", "1", "-keyout", str(file), "-out", str(folder / "ca.crt")]
    subprocess.run([*command, *names, *files], check=True, capture_output=True)
    with file.open("a") as both:
        both.write((folder / "ca.crt").read_text())
    return file


def test_a_member_is_known_by_the_name_in_its_certificate(tmp_path: Path) -> None:
    file = certificate(tmp_path, "*.postgres-peers.shop.svc.cluster.local")
    text = file_of(TLS, "haproxy.cfg", "postgres-proxy")
    with (
        names() as dns,
        member(file) as ports,
        running_proxy(tmp_path, text, ports=ports, dns=dns, authority=tmp_path / "ca.crt") as proxy,
    ):
        wait_until(proxy.leads, 20)


def test_who_shows_a_certificate_of_another_name_is_no_member(tmp_path: Path) -> None:
    file = certificate(tmp_path, "cache-0.cache-peers.shop.svc.cluster.local")
    text = file_of(TLS, "haproxy.cfg", "postgres-proxy")
    with (
        names() as dns,
        member(file) as ports,
        running_proxy(tmp_path, text, ports=ports, dns=dns, authority=tmp_path / "ca.crt") as proxy,
    ):
        wait_until(lambda: "backend primary has no server" in proxy.log.read_text(), 20)
        assert "SSL certificate different" in proxy.log.read_text()
        assert not proxy.leads()
