"""StatefulSets: names that stay, volumes that stay, and who may be found before it is ready."""

import signal
from collections.abc import Iterator

import dns.message
import dns.query
import dns.rcode
import pytest

from tests.live.cluster import Cluster
from tests.live.faults import lose, lose_all
from tests.live.manifests import parse
from tests.live.pod import Pod

# A server that counts its starts on its volume, and is ready where the file says so.
SYSTEM = """
apiVersion: v1
kind: Service
metadata: {name: peers, namespace: stores}
spec:
  clusterIP: None
  publishNotReadyAddresses: true
  selector: {app: store}
  ports: [{name: peer, port: 7000, targetPort: 7000}]
---
apiVersion: v1
kind: Service
metadata: {name: read, namespace: stores}
spec:
  clusterIP: None
  selector: {app: store}
  ports: [{name: client, port: 80, targetPort: client}]
---
apiVersion: v1
kind: Service
metadata: {name: elsewhere, namespace: stores}
spec: {type: ExternalName, externalName: db.example.com}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: store, namespace: stores}
spec:
  serviceName: peers
  replicas: 3
  podManagementPolicy: Parallel
  selector: {matchLabels: {app: store}}
  template:
    metadata: {labels: {app: store}}
    spec:
      terminationGracePeriodSeconds: 10
      securityContext:
        runAsUser: 999
        runAsGroup: 1000
        fsGroup: 1000
        fsGroupChangePolicy: OnRootMismatch
      initContainers:
      - name: count
        image: busybox
        command: [sh, -c, 'echo start >>/data/starts; umask 077; mkdir -p /data/inner']
        volumeMounts: [{name: data, mountPath: /data}]
      containers:
      - name: store
        image: busybox
        command: [sh, -c]
        args: ['trap "exit 0" TERM; touch /run/own/ready; while :; do sleep 1 & wait $!; done']
        ports: [{name: client, containerPort: 8080}]
        env: [{name: POD, valueFrom: {fieldRef: {fieldPath: metadata.name}}}]
        readinessProbe:
          exec: {command: [test, -e, /run/own/ready]}
          periodSeconds: 1
          timeoutSeconds: 10
          failureThreshold: 1
        volumeMounts:
        - {name: data, mountPath: /data}
        - {name: own, mountPath: /run/own}
        - {name: data, mountPath: /mnt/one, subPathExpr: inner/$(POD)}
      volumes: [{name: own, emptyDir: {}}]
  volumeClaimTemplates:
  - metadata: {name: data}
    spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
"""
ZONE = "stores.svc.cluster.local"


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    with Cluster(parse(SYSTEM), outside={"db.example.com": "203.0.113.9"}) as running:
        running.start()
        running.wait_ready(timeout=30)
        yield running


@pytest.fixture(scope="module")
def client(cluster: Cluster) -> Pod:
    return cluster.client("stores")


@pytest.fixture(autouse=True)
def _all_ready(cluster: Cluster) -> Iterator[None]:
    yield
    cluster.wait_ready(timeout=30)


def addresses(cluster: Cluster) -> list[str]:
    return sorted(pod.address for pod in cluster.pods)


def test_peers_are_found_by_name(cluster: Cluster, client: Pod) -> None:
    first = cluster.pod("store-0")

    assert cluster.resolve("peers", client) == addresses(cluster)
    assert cluster.resolve("store-0.peers", client) == [first.address]
    assert first.run("hostname").stdout == "store-0\n"
    names = f"store-0.peers.{ZONE}\tstore-0"
    assert f"{first.address}\t{names}" in first.run("cat", "/etc/hosts").stdout
    assert cluster.resolve("elsewhere", client) == ["203.0.113.9"]


def test_ports_are_found_by_name(cluster: Cluster, client: Pod) -> None:
    answer = ask(client, f"_client._tcp.read.{ZONE}", "SRV")

    targets = sorted(str(row).split()[2:] for row in answer.answer[0])
    dashed = [pod.address.replace(".", "-") for pod in cluster.pods]
    assert targets == sorted(["8080", f"{name}.read.{ZONE}."] for name in dashed)
    assert len(answer.additional) == 3


def test_answers_are_those_of_a_cluster(client: Pod) -> None:
    found = ask(client, f"peers.{ZONE}", "A")
    absent = ask(client, f"store-7.peers.{ZONE}", "A")
    empty = ask(client, f"peers.{ZONE}", "AAAA")

    assert found.answer[0].ttl == 30
    assert absent.rcode() == dns.rcode.NXDOMAIN
    assert [row.name.to_text() for row in absent.authority] == ["cluster.local."]
    assert (empty.rcode(), empty.answer, len(empty.authority)) == (dns.rcode.NOERROR, [], 1)
    assert ask(client, f"peers.{ZONE}", "A", tcp=True).answer == found.answer


def test_a_pod_that_is_not_ready_is_found_by_its_peers_only(cluster: Cluster, client: Pod) -> None:
    pod = cluster.pod("store-1")
    everybody = addresses(cluster)

    pod.run("rm", "/run/own/ready")
    cluster.wait(lambda: not pod.ready, 30, "the readiness probe fails")

    assert cluster.resolve("peers", client) == everybody
    assert cluster.resolve("read", client) == [a for a in everybody if a != pod.address]
    pod.run("touch", "/run/own/ready")


def test_a_lost_pod_comes_back_with_name_and_volume(cluster: Cluster, client: Pod) -> None:
    old = cluster.pod("store-2")
    old.run("sh", "-c", "echo kept >/data/file; echo lost >/run/own/file")
    starts = old.run("cat", "/data/starts").stdout

    new = lose(cluster, old)
    cluster.wait_ready(timeout=30)

    assert new.name == "store-2"
    assert new.address != old.address
    assert cluster.resolve("store-2.peers", client) == [new.address]
    assert new.run("cat", "/data/file").stdout == "kept\n"
    assert len(new.run("cat", "/data/starts").stdout) == len(starts) + len("start\n")
    assert new.run("test", "-e", "/run/own/file").returncode == 1


def test_a_lost_volume_is_empty(cluster: Cluster) -> None:
    cluster.pod("store-0").run("touch", "/data/file")

    new = lose(cluster, cluster.pod("store-0"), claims=True)
    cluster.wait_ready(timeout=30)

    assert new.run("ls", "/data").stdout.split() == ["inner", "lost+found", "starts"]


def test_the_group_owns_the_volume_and_inner_modes_stay(cluster: Cluster) -> None:
    pod = lose(cluster, cluster.pod("store-1"))
    cluster.wait_ready(timeout=30)

    shown = pod.run("stat", "-c", "%a %u %g", "/data", "/data/inner").stdout.splitlines()
    assert shown == ["2775 0 1000", "2700 999 1000"]
    assert pod.run("stat", "-c", "%i", "/mnt/one").stdout == (
        pod.run("stat", "-c", "%i", "/data/inner/store-1").stdout
    )


def test_all_lost_at_the_same_moment_come_back(cluster: Cluster, client: Pod) -> None:
    before = addresses(cluster)

    following = lose_all(cluster, cluster.pods)
    cluster.wait_ready(timeout=30)

    assert [pod.name for pod in following] == [f"store-{n}" for n in range(3)]
    assert not set(before) & set(cluster.resolve("peers", client))


def test_pods_that_are_rolled_go_one_by_one_from_the_last(cluster: Cluster) -> None:
    earlier = cluster.journal.size()

    cluster.workload("StatefulSet/store").roll(timeout=30)

    story = cluster.journal.lines()[earlier:]
    gone = [line.split()[1] for line in story if "is terminating" in line]
    assert gone == [f"stores/store-{n}:" for n in (2, 1, 0)]
    ended = [line for line in story if "ended with" in line and "store: " in line]
    assert [line.split()[-1] for line in ended] == ["0", "0", "0"]


def test_a_signal_reaches_the_first_process(cluster: Cluster) -> None:
    pod = cluster.pod("store-0")
    ends = len(pod.container.exit_codes)
    pod.container.send(signal.SIGTERM)

    cluster.wait(lambda: len(pod.container.exit_codes) > ends, 30, "the container has ended")

    assert pod.container.exit_codes[-1] == 0


def ask(client: Pod, name: str, kind: str, *, tcp: bool = False) -> dns.message.Message:
    """What the cluster's DNS says to a pod."""
    server = client.run("sed", "-n", "s/^nameserver //p", "/etc/resolv.conf").stdout.strip()
    query = dns.message.make_query(name, kind)
    with client.link.namespace.entered():
        return (dns.query.tcp if tcp else dns.query.udp)(query, server, timeout=5)
