"""URLs: of receivers, of other stores, and of the pages that people open."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from constructs_lib.errors import Problem
from constructs_lib.naming import port_number_problems

_PORTS = {"http": 80, "https": 443}
_URL = re.compile(r"https?://[^\s/:@?#]+(:(?P<port>[0-9]+))?(?P<rest>[/?][^\s{}]*)?")


def url_problems(field: str, url: str) -> Iterator[Problem]:
    """Whether ``url`` is one of HTTP, with a port that is one, and without a login."""
    found = _URL.fullmatch(url)
    if found is None:
        fix = "write one such as https://example.com"
        yield Problem(field, url, "is no http or https URL", fix)
    elif found["port"] is not None:
        yield from port_number_problems(field, int(found["port"]))


def page_problems(field: str, url: str) -> Iterator[Problem]:
    """Whether ``url`` is where a server's own pages are: a URL without a path.

    Servers here answer at the root, where probes, scrapes and Grafana ask.
    """
    wrong = list(url_problems(field, url))
    yield from wrong
    found = _URL.fullmatch(url)
    if found is not None and found["rest"] is not None and not wrong:
        why = "is no URL without a path, and the pages are at the root"
        yield Problem(
            field, url, why, "give it a host name of its own, such as https://example.com"
        )


def port_of(url: str) -> int:
    """The port that ``url`` leads to."""
    parts = urlsplit(url)
    return parts.port or _PORTS[parts.scheme]
