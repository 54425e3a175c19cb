"""HAProxy with a store's own configuration, in front of servers that pretend, and its DNS."""

import socket
import ssl
import struct
import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socketserver import BaseRequestHandler, ThreadingTCPServer, ThreadingUDPServer
from typing import Any

from tests.store.scripts.servers import free_port

MEMBER = "127.0.7.1"
"""Where the member answers that is the primary."""


class _Answer(BaseRequestHandler):
    """Every name has one address."""

    def handle(self) -> None:
        packet, reply = self.request
        end = packet.index(b"\0", 12) + 5
        (kind,) = struct.unpack_from("!H", packet, end - 4)
        address = struct.pack("!HHHIH4s", 0xC00C, 1, 1, 1, 4, socket.inet_aton(MEMBER))
        found = address if kind == 1 else b""
        header = packet[:2] + struct.pack("!HHHHH", 0x8180, 1, len(found) and 1, 0, 0)
        reply.sendto(header + packet[12:end] + found, self.client_address)


class _Primary(BaseHTTPRequestHandler):
    """Says that it is the primary."""

    def do_OPTIONS(self) -> None:
        self.send_response(200 if self.path == "/primary" else 503)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Nothing."""


class _Echo(BaseRequestHandler):
    def handle(self) -> None:
        with suppress(ConnectionError):
            while data := self.request.recv(1024):
                self.request.sendall(data)


@contextmanager
def _serving(server: Any) -> Iterator[Any]:
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def names() -> Iterator[int]:
    """A DNS server, by its port, until the context is left."""
    with _serving(ThreadingUDPServer(("127.0.0.1", 0), _Answer)) as server:
        yield server.server_address[1]


@contextmanager
def member(certificate: Path | None = None) -> Iterator[Mapping[str, int]]:
    """A member of PostgreSQL as far as a proxy sees: ports by the numbers that they stand for."""
    api = ThreadingHTTPServer((MEMBER, 0), _Primary)
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        api.socket = context.wrap_socket(api.socket, server_side=True)
    with _serving(api), _serving(ThreadingTCPServer((MEMBER, 0), _Echo)) as echo:
        yield {"8008": api.server_address[1], "5432": echo.server_address[1]}


@dataclass(frozen=True, kw_only=True)
class RunningProxy:
    """HAProxy, by the port of its primary."""

    port: int
    log: Path

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), 5)

    def leads(self) -> bool:
        """Whether what is written comes back."""
        try:
            with self.connect() as connection:
                return echoed(connection)
        except OSError:
            return False


def echoed(connection: socket.socket) -> bool:
    """Whether a connection is still to a server."""
    try:
        connection.sendall(b"here")
        return connection.recv(1024) == b"here"
    except OSError:
        return False


@contextmanager
def running_proxy(
    folder: Path, text: str, *, ports: Mapping[str, int], dns: int, authority: Path | None = None
) -> Iterator[RunningProxy]:
    """HAProxy by ``text``, which differs from a pod's in addresses and ports of this machine."""
    port = free_port()
    changes = {
        "    parse-resolv-conf\n": f"    nameserver own 127.0.0.1:{dns}\n",
        "bind :5432\n": f"bind 127.0.0.1:{port}\n",
        "bind :5433\n": f"bind 127.0.0.1:{free_port()}\n",
        "bind :8404\n": f"bind 127.0.0.1:{free_port()}\n",
        "check port 8008 ": f"check port {ports['8008']} ",
        "cluster.local:5432": f"cluster.local:{ports['5432']}",
    }
    if authority is not None:
        changes["/etc/tls/ca.crt"] = str(authority)
    for old, new in changes.items():
        assert old in text, f"the configuration has no {old!r}"
        text = text.replace(old, new)
    file, log = folder / "haproxy.cfg", folder / "haproxy.log"
    file.write_text(text)
    with log.open("wb") as output:
        process = subprocess.Popen(
            ["haproxy", "-W", "-db", "-f", str(file)], stdout=output, stderr=subprocess.STDOUT
        )
    try:
        yield RunningProxy(port=port, log=log)
    except BaseException as error:
        error.add_note(log.read_text())
        raise
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
