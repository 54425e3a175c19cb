"""What proxies do while DNS is away."""

import time
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.store.postgres_servers_cases import THREE, file_of
from tests.store.scripts.proxies import echoed, member, names, running_proxy
from tests.store.scripts.servers import wait_until

pytestmark = [pytest.mark.images("haproxy"), pytest.mark.full]


def test_connections_outlive_dns_where_no_address_has_changed(tmp_path: Path) -> None:
    text = file_of(THREE, "haproxy.cfg", "postgres-proxy")
    with member() as ports, ExitStack() as stack:
        dns = stack.enter_context(names())
        with running_proxy(tmp_path, text, ports=ports, dns=dns) as proxy:
            wait_until(proxy.leads, 20)
            with proxy.connect() as connection:
                assert echoed(connection)
                stack.close()
                # HAProxy forgets an address after 30 s unless it is told otherwise.
                ends = time.monotonic() + 40
                while time.monotonic() < ends:
                    assert echoed(connection)
                    time.sleep(1)
            assert proxy.leads()
