"""Redis servers that run, and what tests ask them."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from tests.live.cluster import Cluster
from tests.live.pod import Pod

PASSWORD = "0x1e9.~_-"  # noqa: S105 (the test's own)

_Answer = TypeVar("_Answer")


class RedisServers:
    """All servers of a store, and a pod from which they are asked."""

    def __init__(self, cluster: Cluster, client: Pod, ca: str) -> None:
        self.cluster = cluster
        self.client = client
        self.ca = ca
        """File with the certificates that theirs are checked with; empty is without TLS."""

    @property
    def servers(self) -> Sequence[Pod]:
        """Their pods."""
        return [pod for pod in self.cluster.pods if "redis" in pod.containers]

    def host(self, pod: Pod) -> str:
        """The name of a server's pod."""
        return f"{pod.name}.{pod.identity.subdomain}.shop.svc.cluster.local"

    def ask(self, pod: Pod, *words: str, port: int = 6379) -> Any:
        """What a server or Sentinel of the pod answers; None where it does not."""
        return self._ask(pod.address, port, words)

    def server_behind(self, service: str) -> str:
        """The run id of the server that a Service leads to."""
        (address,) = self.cluster.resolve(f"{service}.shop.svc.cluster.local", self.client)
        told = self._answered(lambda: self._ask(address, 6379, ("INFO", "server")), service)
        return str(told["run_id"])

    def run_id(self, pod: Pod) -> str:
        """The run id of a pod's server."""
        told = self._answered(lambda: self.ask(pod, "INFO", "server"), pod.name)
        return str(told["run_id"])

    def _answered(self, ask: Callable[[], _Answer], who: str) -> _Answer:
        """An answer, of one that may be busy for a moment."""
        found: list[_Answer] = []

        def answers() -> bool:
            found[:] = [ask()]
            return bool(found[0])

        self.cluster.wait(answers, 10, f"{who} answers")
        return found[0]

    def _ask(self, address: str, port: int, words: Sequence[str]) -> Any:
        secure: dict[str, Any] = {"ssl": True, "ssl_check_hostname": False} if self.ca else {}
        client = redis.Redis(
            host=address,
            port=port,
            password=PASSWORD,
            socket_timeout=1,
            socket_connect_timeout=1,
            retry=Retry(NoBackoff(), 0),
            single_connection_client=False,
            decode_responses=True,
            **(secure and {**secure, "ssl_ca_certs": self.ca}),
        )
        with self.client.link.namespace.entered():
            try:
                return client.execute_command(*words)  # type: ignore[no-untyped-call]
            except (redis.RedisError, OSError):
                return None
            finally:
                client.close()

    def masters(self) -> list[Pod]:
        """Pods whose servers say that they are masters."""
        roles = [(pod, self.ask(pod, "ROLE")) for pod in self.servers]
        return [pod for pod, role in roles if role and role[0] == "master"]

    def master(self) -> Pod:
        """The master, as soon as one says that it is; raises where two do."""
        (one,) = self._answered(self.masters, "a master")
        return one

    def replicas(self) -> list[Pod]:
        """The servers that are not the master."""
        master = self.master()
        return [pod for pod in self.servers if pod is not master]
