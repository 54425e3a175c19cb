"""Accounts, rules, connections and metrics that cannot work are refused."""

from dataclasses import replace

import pytest

from constructs_lib.kube.monitors import Metrics
from constructs_lib.kube.network import Client, Traffic
from constructs_lib.kube.rbac import ExistingServiceAccount, Rule
from constructs_lib.refs import ANYWHERE, Cidrs, Endpoint, Pods, Port, Ports
from tests.environments import BARE
from tests.service.cases import DATABASE
from tests.service.refusals import Refusal, assert_refused, service, worker

TRACES_NOWHERE = replace(BARE, tracing=Endpoint("collector", "observability", Port("otlp", 4317)))

REFUSALS = {
    "existing-account": Refusal(
        service(service_account=ExistingServiceAccount("A B")),
        "service_account.name = 'A B': is not a DNS name; use lower case "
        "letters, digits, '-' and '.', alphanumeric at both ends",
    ),
    "rule-for-everything": Refusal(
        service(rules=(Rule(verbs=("*",), resources=("pods",)),)),
        "rules[0].verbs = ('*',): allows everything; list what the service needs",
    ),
    "rule-for-nothing": Refusal(
        service(rules=(Rule(verbs=("get",), resources=()),)),
        "rules[0].resources = (): allows nothing; list at least one",
    ),
    "rule-of-names-for-list": Refusal(
        service(rules=(Rule(verbs=("get", "list"), resources=("pods",), names=("a",)),)),
        "rules[0].names = ('a',): limits list, whose requests carry no name, to "
        "nothing; put those verbs into a Rule without names",
    ),
    "rules-without-api-server": Refusal(
        service(rules=(Rule(verbs=("get",), resources=("pods",)),)),
        "rules = (Rule(verbs=('get',), resources=('pods',), api_groups=('',), "
        "names=()),): needs the API server, whose address the network policy has "
        "to know; set cluster.api_server",
        environment=BARE,
    ),
    "token-without-api-server": Refusal(
        service(service_account=ExistingServiceAccount("shared", token=True)),
        "service_account.token = True: needs the API server, whose address the network policy "
        "has to know; set cluster.api_server",
        environment=BARE,
    ),
    "metrics-query": Refusal(
        service(metrics=Metrics(port="http", path="/metrics?a=b")),
        "metrics.path = '/metrics?a=b': is not a path; write it without a query, other "
        "characters percent-encoded",
    ),
    "part-of-a-block-that-is-all-of-it": Refusal(
        service(
            egress=(Traffic((Cidrs(("10.1.0.0/16", "10.0.0.0/8"), excluding=("10.1.0.0/16",)),)),)
        ),
        "egress[0].peers[0].excluding = '10.1.0.0/16': leaves nothing of 10.1.0.0/16; exclude "
        "only parts of the blocks",
    ),
    "endpoint-without-peers": Refusal(
        service(uses=(Endpoint("a", "b", Port("http", 80)),)),
        "uses[0].peers = (): names nobody behind a whom a NetworkPolicy could "
        "let through; give the endpoint peers: Pods or Cidrs",
    ),
    "endpoint-names": Refusal(
        service(uses=(replace(DATABASE, service="A", namespace="b.c"),)),
        "uses[0].service = 'A': is not a DNS label; use lower case letters, "
        "digits and '-', a letter first, no '-' at the end",
        "uses[0].namespace = 'b.c': is not a DNS label; use lower case letters, "
        "digits and '-', a letter first, no '-' at the end",
    ),
    "endpoint-port": Refusal(
        service(uses=(replace(DATABASE, port=Port("http", 0)),)),
        "uses[0].port.number = 0: is not a port number; use 1 to 65535",
    ),
    "peer-labels": Refusal(
        service(clients=(Client(Pods("web", labels={"app": "a b"})),)),
        "clients[0].peer.labels['app'] = 'a b': is not a label value; use at "
        "most 63 letters, digits, '-', '_' and '.', alphanumeric at both ends",
    ),
    "address-with-host-bits": Refusal(
        service(egress=(Traffic((Cidrs(("10.0.0.1/8",)),)),)),
        "egress[0].peers[0].blocks = '10.0.0.1/8': is not an address range; "
        "write address/prefix with the host bits zero, such as 10.20.0.0/16",
    ),
    "address-without-prefix": Refusal(
        service(egress=(Traffic((Cidrs(("10.0.0.1",)),)),)),
        "egress[0].peers[0].blocks = '10.0.0.1': is not an address range; write "
        "address/prefix with the host bits zero, such as 10.20.0.0/16",
    ),
    "no-addresses": Refusal(
        service(egress=(Traffic((Cidrs(()),)),)),
        "egress[0].peers[0].blocks = (): names nobody; list at least one range",
    ),
    "excluded-elsewhere": Refusal(
        service(egress=(Traffic((Cidrs(("10.0.0.0/8",), excluding=("192.0.2.0/24",)),)),)),
        "egress[0].peers[0].excluding = '192.0.2.0/24': is in none of the "
        "blocks; exclude only parts of the blocks",
    ),
    "excluded-is-no-range": Refusal(
        service(egress=(Traffic((Cidrs(("10.0.0.0/8",), excluding=("10.0.0.1",)),)),)),
        "egress[0].peers[0].excluding = '10.0.0.1': is not an address range; "
        "write address/prefix with the host bits zero, such as 10.20.0.0/16",
    ),
    "traffic-to-nobody": Refusal(
        service(egress=(Traffic(()),)),
        "egress[0].peers = (): leads nowhere; name a peer, such as ANYWHERE",
    ),
    "traffic-port": Refusal(
        service(egress=(Traffic((ANYWHERE,), ports=(0,)),)),
        "egress[0].ports = 0: is not a port number; use 1 to 65535",
    ),
    "client-port": Refusal(
        service(clients=(Client(ANYWHERE, ports=("grpc",)),)),
        "clients[0].ports = 'grpc': is no port of it; its ports: http",
    ),
    "clients-of-a-worker-without-ports": Refusal(
        worker(clients=(Client(ANYWHERE),)),
        "clients = (Client(peer=Cidrs(blocks=('0.0.0.0/0', '::/0'), "
        "excluding=()), ports=()),): have no port to connect to; give ports, or "
        "leave clients out",
    ),
    "traces-to-nobody": Refusal(
        service(traces=True),
        "traces = True: cannot reach an OTLP receiver without peers; give "
        "environment.tracing peers",
        environment=TRACES_NOWHERE,
    ),
    "metrics-port": Refusal(
        service(metrics=Metrics()),
        "metrics.port = 'metrics': the container has no port 'metrics'; its ports: http",
    ),
    "metrics-path": Refusal(
        service(metrics=Metrics(port="http", path="metrics")),
        "metrics.path = 'metrics': is not an absolute path; write '/metrics'",
    ),
    "metrics-interval": Refusal(
        service(metrics=Metrics(port="http", interval_seconds=0)),
        "metrics.interval_seconds = 0: must be positive; use 1 to 140",
    ),
    "metrics-by-udp": Refusal(
        service(
            ports=Ports(Port("http", 80), Port("relay", 3478, protocol="UDP")),
            metrics=Metrics(port="relay"),
        ),
        "metrics.port = 'relay': is a UDP port, and metrics are fetched by TCP; "
        "its ports: http, relay",
    ),
}


@pytest.mark.parametrize("refusal", REFUSALS.values(), ids=REFUSALS.keys())
def test_is_refused(refusal: Refusal) -> None:
    assert_refused(refusal)
