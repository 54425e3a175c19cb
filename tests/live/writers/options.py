"""What a writer is told."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Options:
    """Where to write, as whom, and how fast."""

    engine: str
    """One of `engines.ENGINES`."""

    host: str
    port: int
    user: str = ""
    password: str = ""
    database: str = ""
    """For PostgreSQL, the database; for NATS, how many replicas the stream has, 1 if empty."""

    ca: str = ""
    """File with the certificates that the server's is checked with; empty is without TLS."""

    name: str = "writes"
    """Table, stream, or start of the keys."""

    timeout: float = 1.0
    """Seconds that connecting, and each write, may take."""

    pause: float = 0.01
    """Seconds from one write to the next; after one that has failed, ten times as many."""
