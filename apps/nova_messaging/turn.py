"""The TURN server for video calls: coturn, one pod behind a load balancer of its own.

https://github.com/coturn/coturn/blob/master/README.turnserver
"""

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Final

from apps.secrets import DEVELOPMENT_PASSWORD
from constructs_lib.chart import AppChart
from constructs_lib.kube.images import Image
from constructs_lib.kube.network import Traffic
from constructs_lib.kube.placement import Toleration
from constructs_lib.kube.probes import Probe, Probes, TcpConnect
from constructs_lib.kube.security import Security
from constructs_lib.kube.services import LoadBalancer
from constructs_lib.kube.shutdown import Shutdown
from constructs_lib.kube.storage import ConfigFiles, FileMount, SecretFiles, WritablePath
from constructs_lib.kube.variables import PodField
from constructs_lib.kube.workloads import Recreate, Rollout
from constructs_lib.refs import ANYWHERE, Port, Ports
from constructs_lib.resources import Resources
from constructs_lib.secrets import AppSecret, AppSecretProps
from constructs_lib.service import NovaService, NovaServiceProps

NAME: Final = "coturn"
LISTENING_PORT: Final = 3478
RELAY_PORTS: Final = range(49160, 49200)
SECRET_KEY: Final = "TURN_SHARED_SECRET"  # noqa: S105  (a key's name)

_NOBODY: Final = 65534
"""User and group of the official image."""

_CONFIGURATION: Final = f"""\
listening-port={LISTENING_PORT}
min-port={RELAY_PORTS.start}
max-port={RELAY_PORTS.stop - 1}
realm={{realm}}
use-auth-secret
fingerprint
no-cli
no-tls
no-dtls
no-tcp-relay
user-quota=12
total-quota={{relays}}
no-multicast-peers
log-file=stdout
simple-log
new-log-timestamp
pidfile=/run/coturn/turnserver.pid
userdb=/run/coturn/turndb
denied-peer-ip=0.0.0.0-0.255.255.255
denied-peer-ip=192.0.0.0-192.0.0.255
denied-peer-ip=198.18.0.0-198.19.255.255
denied-peer-ip=224.0.0.0-255.255.255.255
denied-peer-ip=10.0.0.0-10.255.255.255
denied-peer-ip=100.64.0.0-100.127.255.255
denied-peer-ip=172.16.0.0-172.31.255.255
denied-peer-ip=192.168.0.0-192.168.255.255
denied-peer-ip=169.254.0.0-169.254.255.255
denied-peer-ip=127.0.0.0-127.255.255.255
"""

_LOST_NODE: Final = tuple(
    Toleration(key=f"node.kubernetes.io/{state}", effect="NoExecute", seconds=30)
    for state in ("not-ready", "unreachable")
)

# coturn reads secrets from its configuration or its arguments only, and arguments are in every
# process list; so the configuration is put together in memory at each start. The last lines tell
# it its public address, under which relays are announced, and let two relays of its own meet.
_START: Final = """\
set -eu
umask 077
configuration=/run/coturn/turnserver.conf
cat /etc/coturn-base/turnserver.conf > "$configuration"
{
  printf 'static-auth-secret=%s\\n' "$(cat /etc/coturn-secret/TURN_SHARED_SECRET)"
  printf 'listening-ip=%s\\n' "$POD_IP"
  printf 'relay-ip=%s\\n' "$POD_IP"
  printf 'external-ip=%s/%s\\n' "$TURN_PUBLIC_ADDRESS" "$POD_IP"
  printf 'allowed-peer-ip=%s\\n' "$POD_IP"
} >> "$configuration"
exec turnserver -c "$configuration"
"""


@dataclass(frozen=True)
class PublicAddress:
    """Where clients on the internet find the TURN server."""

    host: str
    """Host name in the URLs that clients get."""

    address: str
    """Address of the load balancer, reserved beforehand, since relays are announced under it."""

    @property
    def requested(self) -> str | None:
        """What the provider is asked for; a machine's own load balancer has the loopback's."""
        return None if ip_address(self.address).is_loopback else self.address


class TurnServer:
    """The TURN server's Secret and service in a chart, and what messaging-service needs of it."""

    def __init__(self, chart: AppChart, public: PublicAddress) -> None:
        """Add both to ``chart``."""
        self._public = public
        self.secret = AppSecret(
            chart,
            "coturn-credentials",
            AppSecretProps(keys=(SECRET_KEY,), development={SECRET_KEY: DEVELOPMENT_PASSWORD}),
        )
        self.service = NovaService(chart, NAME, self._props())

    @property
    def settings(self) -> Mapping[str, str]:
        """What messaging-service hands to its clients."""
        return turn_settings(self._public.host)

    def _props(self) -> NovaServiceProps:
        ports = _ports()
        public = tuple(port.name for port in ports)
        return NovaServiceProps(
            image=Image("docker.io/coturn/coturn", tag="4.6.3"),
            command=("/bin/sh", "/etc/coturn-base/start.sh"),
            ports=ports,
            replicas=1,
            # Two pods would share one address, and a client's second packet might meet the other.
            rollout=Rollout(strategy=Recreate()),
            resources=Resources(
                cpu="100m", memory="128Mi", cpu_limit="1000m", memory_limit="256Mi"
            ),
            environment_settings=False,
            variables={
                "POD_IP": PodField("status.podIP"),
                "TURN_PUBLIC_ADDRESS": self._public.address,
            },
            files=(
                FileMount("/etc/coturn-base", self._files()),
                FileMount("/etc/coturn-secret", SecretFiles(self.secret.secret_name)),
            ),
            writable=(WritablePath("/run/coturn", size="8Mi", in_memory=True),),
            probes=_probes(),
            # Calls cannot wait the usual five minutes for a lost node to be given up.
            tolerations=_LOST_NODE,
            # turnserver's binary carries NET_BIND_SERVICE as a file capability and does not start
            # where the container's bounding set lacks it.
            security=Security(user=_NOBODY, group=_NOBODY, add_capabilities=("NET_BIND_SERVICE",)),
            shutdown=Shutdown(grace_period_seconds=30, drain_seconds=0, stop_seconds=10),
            egress=(Traffic((ANYWHERE,), protocol="UDP"),),
            load_balancer=LoadBalancer(
                ports=public, address=self._public.requested, allocate_node_ports=False
            ),
        )

    def _files(self) -> ConfigFiles:
        configuration = _CONFIGURATION.format(realm=self._public.host, relays=len(RELAY_PORTS))
        return ConfigFiles({"turnserver.conf": configuration, "start.sh": _START})


def turn_settings(host: str) -> dict[str, str]:
    """What clients of the TURN server at ``host`` are given."""
    urls = [f"turn:{host}:{LISTENING_PORT}?transport={kind}" for kind in ("udp", "tcp")]
    return {
        "TURN_URLS": ",".join(urls),
        "TURN_REALM": host,
        "TURN_CREDENTIAL_TTL_SECONDS": "43200",
    }


def _ports() -> Ports:
    relays = (Port(f"relay-{number}", number, protocol="UDP") for number in RELAY_PORTS)
    return Ports(
        Port("turn-udp", LISTENING_PORT, protocol="UDP"),
        Port("turn-tcp", LISTENING_PORT),
        *relays,
    )


def _probes() -> Probes:
    check = TcpConnect("turn-tcp")
    return Probes(
        startup=Probe(check, period_seconds=2, failure_threshold=15),
        readiness=Probe(check, period_seconds=10),
        liveness=Probe(check, period_seconds=20),
    )
