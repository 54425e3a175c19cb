"""Services, policies and cuts between pods."""

from collections.abc import Iterator

import pytest

from tests.live.cluster import Cluster
from tests.live.faults import cut_from
from tests.live.follower import Follower
from tests.live.manifests import Document, parse
from tests.live.pod import Pod

# Each pod says its name to whoever connects.
SYSTEM = """
apiVersion: v1
kind: Namespace
metadata: {name: other, labels: {team: trusted}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: tests}
spec:
  replicas: 3
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      terminationGracePeriodSeconds: 1
      containers:
      - name: web
        image: nginx
        command: [nginx, -e, stderr, -c, /etc/web/nginx.conf, -g, "pid /run/nginx.pid;"]
        ports: [{name: http, containerPort: 8080}]
        readinessProbe: {tcpSocket: {port: http}, periodSeconds: 1}
        volumeMounts: [{name: web, mountPath: /etc/web}]
      volumes: [{name: web, configMap: {name: web}}]
---
apiVersion: v1
kind: ConfigMap
metadata: {name: web, namespace: tests}
data:
  nginx.conf: |
    daemon off;
    user root root;
    worker_processes 1;
    events {}
    http {
      access_log off;
      client_body_temp_path /tmp/a; proxy_temp_path /tmp/b; fastcgi_temp_path /tmp/c;
      uwsgi_temp_path /tmp/d; scgi_temp_path /tmp/e;
      server { listen 8080; listen 9090; location / { return 200 "$hostname\\n"; } }
    }
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: tests}
spec: {selector: {app: web}, ports: [{name: http, port: 80, targetPort: http}]}
---
apiVersion: v1
kind: Service
metadata: {name: sticky, namespace: tests}
spec:
  selector: {app: web}
  sessionAffinity: ClientIP
  ports: [{port: 80, targetPort: 8080}]
---
apiVersion: v1
kind: Service
metadata: {name: empty, namespace: tests}
spec: {selector: {app: none}, ports: [{port: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: written-down, namespace: tests}
spec: {ports: [{name: db, port: 5432}]}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: w, namespace: tests, labels: {kubernetes.io/service-name: written-down}}
addressType: IPv4
endpoints: [{addresses: [203.0.113.7]}]
ports: [{name: db, port: 15432}]
"""

POLICY = """
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: web, namespace: tests}
spec:
  podSelector: {matchLabels: {app: web}}
  policyTypes: [Ingress, Egress]
  ingress:
  - from:
    - podSelector: {matchLabels: {may: enter}}
    - namespaceSelector: {matchLabels: {team: trusted}}
    ports: [{port: http}]
  - from: [{ipBlock: {cidr: 198.51.100.0/24, except: [198.51.100.128/25]}}]
    ports: [{port: 9000, endPort: 9090}]
  egress:
  - to: [{podSelector: {}}]
    ports: [{port: 9090}]
"""

VISIT = """
apiVersion: batch/v1
kind: Job
metadata: {name: visit, namespace: tests}
spec:
  backoffLimit: 0
  template:
    metadata: {labels: {may: enter}}
    spec:
      restartPolicy: Never
      containers: [{name: visit, image: nginx, command: [curl, -sSm20, "http://web/"]}]
"""

# Asks for a name, and how `timeout` puts it when there was no answer.
NO_NAME = ("timeout", "1", "getent", "ahostsv4", "web")
SILENCE = 124

pytestmark = pytest.mark.images("nginx")


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    with Cluster(parse(SYSTEM)) as running:
        running.start()
        running.wait_ready(timeout=30)
        yield running


@pytest.fixture(scope="module")
def guarded() -> Iterator[Cluster]:
    with Cluster([*parse(SYSTEM), *parse(POLICY)]) as running:
        running.start()
        running.wait_ready(timeout=30)
        yield running


@pytest.fixture(scope="module")
def client(cluster: Cluster) -> Pod:
    return cluster.client("tests")


def asked(client: Pod, place: str, *, seconds: float = 10) -> str:
    """What is answered, or the exit code of curl: 7 is refused, 28 is no answer in time, of which
    a little is enough where none is to come."""
    done = client.run("curl", "-sS", "-m", str(seconds), f"http://{place}/", timeout=20)
    return done.stdout.strip() if done.returncode == 0 else f"curl {done.returncode}"


def test_requests_go_to_all_pods(cluster: Cluster, client: Pod) -> None:
    answers = {asked(client, "web") for _ in range(40)}

    assert answers == {pod.name for pod in cluster.pods}


def test_requests_of_one_client_can_stay_with_one_pod(client: Pod) -> None:
    assert len({asked(client, "sticky") for _ in range(8)}) == 1


def test_a_service_without_pods_refuses(client: Pod) -> None:
    assert asked(client, "empty") == "curl 7"
    assert asked(client, "web:81") == "curl 7"


def test_a_pod_reaches_itself_through_its_service(cluster: Cluster) -> None:
    first = cluster.pods[0]

    answers = {asked(first, "web") for _ in range(30)}

    assert answers == {pod.name for pod in cluster.pods}


def test_what_runs_elsewhere_is_reached_by_its_service(cluster: Cluster, client: Pod) -> None:
    outside = cluster.client("", address="203.0.113.7")
    server = "import socket; s = socket.create_server(('', 15432)); s.accept()[0].send(b'hello')"
    with outside.spawn("python3", "-c", server):
        asking = ("bash", "-c", "head -c5 </dev/tcp/written-down/5432")
        cluster.wait(lambda: client.run(*asking).stdout == "hello", 30, "an answer")


def test_a_pod_that_is_cut_off_answers_nobody_and_comes_back(cluster: Cluster, client: Pod) -> None:
    pod, other = cluster.pods[:2]
    cluster.fabric.cut(pod)
    try:
        assert asked(client, f"{pod.address}:8080", seconds=0.5) == "curl 28"
        assert pod.run(*NO_NAME).returncode == SILENCE
        assert pod.ready  # the kubelet is on the same node
    finally:
        cluster.fabric.rejoin(pod)
    assert asked(client, f"{pod.address}:8080") == pod.name
    with cut_from(cluster, pod, [other]):
        assert asked(other, f"{pod.address}:8080", seconds=0.5) == "curl 28"
        assert asked(client, f"{pod.address}:8080") == pod.name


def test_a_connection_that_is_open_is_cut_too(cluster: Cluster, client: Pod) -> None:
    pod = cluster.pods[0]
    script = (
        f"exec 3<>/dev/tcp/{pod.address}/8080; echo open; read _; "
        "printf 'GET / HTTP/1.0\\r\\n\\r\\n' >&3; timeout 0.5 cat <&3; echo ended $?"
    )
    with client.spawn("bash", "-c", script) as connection:
        assert connection.stdout
        assert connection.stdout.readline() == b"open\n"
        cluster.fabric.cut(pod)
        said, _ = connection.communicate(b"\n", timeout=20)
    cluster.fabric.rejoin(pod)

    assert said == b"ended 124\n"


@pytest.mark.parametrize(
    ("namespace", "labels", "port", "let_in"),
    [
        ("tests", {"may": "enter"}, 8080, True),
        ("tests", {"may": "enter"}, 9090, False),
        ("tests", {}, 8080, False),
        ("other", {}, 8080, True),
        ("elsewhere", {"may": "enter"}, 8080, False),
    ],
)
def test_policies_let_in_whom_they_name(
    guarded: Cluster, namespace: str, labels: Document, port: int, *, let_in: bool
) -> None:
    client = guarded.client(namespace, labels)
    pod = guarded.pods[0]

    answer = asked(client, f"{pod.address}:{port}", seconds=10 if let_in else 2)
    assert answer == (pod.name if let_in else "curl 28")
    assert ((client.name, pod.name, "tcp", port) in guarded.blocked()) is not let_in


def test_policies_hold_behind_a_service(guarded: Cluster) -> None:
    allowed, stranger = guarded.client("tests", {"may": "enter"}), guarded.client("tests")

    assert asked(allowed, "web") in {pod.name for pod in guarded.pods}
    assert asked(stranger, "web", seconds=0.5) == "curl 28"


@pytest.mark.parametrize(("address", "answer"), [("198.51.100.5", True), ("198.51.100.200", False)])
def test_policies_let_in_blocks_of_addresses(
    guarded: Cluster, address: str, *, answer: bool
) -> None:
    client = guarded.client("", address=address)
    pod = guarded.pods[0]

    found = asked(client, f"{pod.address}:9090", seconds=10 if answer else 0.5)
    assert found == (pod.name if answer else "curl 28")
    assert asked(client, f"{pod.address}:8080", seconds=0.5) == "curl 28"


def test_policies_let_out_what_they_name(guarded: Cluster) -> None:
    one, other = guarded.pods[:2]
    client = guarded.client("tests")

    # Out is allowed, but the other pod lets nobody of these in.
    assert asked(one, f"{other.address}:9090", seconds=0.5) == "curl 28"
    assert asked(one, f"{client.address}:9090") == "curl 7"  # let out, and nobody listens there
    assert asked(one, f"{client.address}:9091", seconds=2) == "curl 28"
    assert one.run(*NO_NAME).returncode == SILENCE  # nor is a query for a name let out
    assert (one.name, client.name, "tcp", 9091) in guarded.blocked()


def test_policies_know_a_pod_before_its_program_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    # What follows the journal may come late: here it never comes.
    monkeypatch.setattr(Follower, "_run", lambda _: None)
    with Cluster([*parse(SYSTEM), *parse(POLICY), *parse(VISIT)]) as cluster:
        cluster.start("Deployment/web")
        cluster.wait_ready("Deployment/web", timeout=30)
        visit = cluster.run_job("Job/visit", timeout=30)
        assert visit.container.log.strip() in {pod.name for pod in cluster.pods}
        assert cluster.blocked() == set()
