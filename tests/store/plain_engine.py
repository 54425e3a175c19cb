"""An engine of nothing in particular, for what every store has."""

from constructs_lib.kube.alerts import Alert
from constructs_lib.kube.images import Image
from constructs_lib.kube.monitors import Metrics
from constructs_lib.kube.network import Traffic
from constructs_lib.kube.security import Security
from constructs_lib.kube.shutdown import Shutdown
from constructs_lib.kube.storage import ConfigFiles, FileMount, WritablePath
from constructs_lib.kube.workloads import Schedule
from constructs_lib.refs import Binding, Endpoint, Port, Ports
from constructs_lib.resources import Resources
from constructs_lib.store.engine import Engine, Front, Place, Plan
from constructs_lib.store.part import Access, Container, Once, Scheduled, Servers

_IMAGE = Image("docker.io/example/plain", tag="1.0")
_PORT = Port("plain", 7000)
_PEER = Port("peer", 7001)
_METRICS = Port("metrics", 9000)
_SIZE = Resources(cpu="100m", memory="128Mi")


class PlainEngine(Engine):
    """Servers, a job once, and a scheduled one beside the servers."""

    replicas: int = 3
    resources: Resources = _SIZE
    text: str = "plain"
    grace_seconds: int = 30

    def plan(self, place: Place) -> Plan:
        """One part of each kind but proxies."""
        endpoint = Endpoint(place.write_service, place.namespace, _PORT, peers=(place.pods(),))
        return Plan(
            parts=(self._servers(place), self._once(place), self._scheduled(place)),
            fronts=(Front(name=place.write_service, part=place.name, ports=Ports(_PORT)),),
            endpoints={"write": endpoint},
            bindings={"default": Binding(endpoint)},
            alerts=(
                Alert(
                    name="PlainDown",
                    expression="up == 0",
                    severity="critical",
                    summary="It is down.",
                    action="Start it.",
                ),
            ),
        )

    def _servers(self, place: Place) -> Servers:
        server = Container(
            name="plain",
            image=_IMAGE,
            resources=place.size_of(place.name, self.resources),
            ports=Ports(_PORT, _PEER, _METRICS),
            stop=Shutdown(drain_seconds=5, stop_seconds=20),
            data=True,
        )
        return Servers(
            name=place.name,
            containers=(server, Container(name="beside", image=_IMAGE, resources=_SIZE)),
            init=(Container(name="before", image=_IMAGE, resources=_SIZE, data=True),),
            security=Security(user=999),
            grace_seconds=self.grace_seconds,
            replicas=self.replicas,
            headless=place.headless,
            volume=place.volume,
            data_path="/data",
            files=(FileMount("/etc/plain", source=ConfigFiles({"plain.conf": self.text})),),
            writable=(WritablePath("/run/plain"),),
            client_ports=("plain",),
            accepts=(Access(peers=(place.pods(),), ports=("peer",)),),
            reaches=(Traffic((place.pods(),), ports=(_PEER.number,)),),
            metrics=(Metrics(),),
            dns_options={"ndots": "1", "single-request-reopen": ""},
        )

    def _once(self, place: Place) -> Once:
        return Once(
            name=f"{place.name}-once",
            containers=(Container(name="once", image=_IMAGE, resources=_SIZE, args=(self.text,)),),
            security=Security(user=999),
            grace_seconds=30,
        )

    def _scheduled(self, place: Place) -> Scheduled:
        container = Container(name="backup", image=_IMAGE, resources=_SIZE, data=True)
        return Scheduled(
            name=f"{place.name}-backup",
            containers=(container,),
            security=Security(user=999),
            grace_seconds=30,
            schedule=Schedule(cron="0 3 * * *"),
            claims={"/backup": f"{place.name}-backup"},
            beside=place.name,
        )
