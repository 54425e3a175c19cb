"""Probes, shutdowns and users that cannot work are refused."""

from dataclasses import replace

import pytest

from constructs_lib.kube.probes import ExecCommand, GrpcCheck, HttpGet, Probe, Probes, TcpConnect
from constructs_lib.kube.security import Security
from constructs_lib.kube.shutdown import Shutdown
from constructs_lib.refs import Port, Ports
from tests.service.refusals import Refusal, assert_refused, service, wrong

REFUSALS = {
    "probe-path": Refusal(
        service(probes=Probes(readiness=Probe(HttpGet("health")))),
        "probes.readiness.check.path = 'health': is not an absolute path; write '/health'",
    ),
    "probe-command": Refusal(
        service(probes=Probes(readiness=Probe(ExecCommand(())))),
        "probes.readiness.check.command = (): runs nothing; name a program",
    ),
    "probe-port": Refusal(
        service(probes=Probes(readiness=Probe(GrpcCheck()))),
        "probes.readiness.check.port = 'grpc': the container has no port 'grpc'; its ports: http",
    ),
    "probe-of-a-udp-port": Refusal(
        service(
            ports=Ports(Port("http", 8080), Port("relay", 3478, protocol="UDP")),
            probes=Probes(readiness=Probe(TcpConnect("relay"))),
        ),
        "probes.readiness.check.port = 'relay': is a UDP port, and probes "
        "connect by TCP; its ports: http, relay",
    ),
    "probe-period": Refusal(
        service(
            probes=Probes(readiness=Probe(TcpConnect("http"), period_seconds=0, timeout_seconds=-1))
        ),
        "probes.readiness.period_seconds = 0: must be positive; use 1 or more",
        "probes.readiness.timeout_seconds = -1: must be positive; use 1 or more",
    ),
    "probe-delay": Refusal(
        service(probes=Probes(readiness=Probe(TcpConnect("http"), initial_delay_seconds=-1))),
        "probes.readiness.initial_delay_seconds = -1: is negative; use 0 or more",
    ),
    "probe-timeout-beyond-period": Refusal(
        service(probes=Probes(readiness=Probe(TcpConnect("http"), timeout_seconds=11))),
        "probes.readiness.timeout_seconds = 11: is longer than the period of 10 "
        "s, so checks overlap; lengthen the period",
    ),
    "liveness-success-threshold": Refusal(
        service(
            probes=replace(Probes.http("/"), liveness=Probe(HttpGet("/"), success_threshold=2))
        ),
        "probes.liveness.success_threshold = 2: must be 1 for this probe; leave it out",
    ),
    "liveness-before-readiness": Refusal(
        service(
            probes=replace(Probes.http("/"), liveness=Probe(HttpGet("/"), failure_threshold=1))
        ),
        "probes.liveness = Probe(check=HttpGet(path='/', port='http', "
        "scheme='HTTP', headers={}), period_seconds=10, timeout...: restarts "
        "after 10 s a pod that leaves its Service only after 15 s; raise "
        "liveness.failure_threshold, or lower readiness.failure_threshold",
    ),
    "liveness-during-the-start": Refusal(
        service(probes=Probes(liveness=Probe(HttpGet("/")))),
        "probes.liveness = Probe(check=HttpGet(path='/', port='http', "
        "scheme='HTTP', headers={}), period_seconds=10, timeout...: restarts a "
        "pod that needs more than 30 s to start; add a startup probe, or an "
        "initial delay",
    ),
    "startup-beyond-the-rollout": Refusal(
        service(probes=Probes(startup=Probe(HttpGet("/"), failure_threshold=100))),
        "rollout.progress_deadline_seconds = 600: is over before a pod may be "
        "up: startup 1000 s + min_ready_seconds = 1000 s; use 1000 or more",
    ),
    "grace-below-drain-and-stop": Refusal(
        service(shutdown=Shutdown(drain_seconds=15)),
        "shutdown.grace_period_seconds = 30: is shorter than drain_seconds + "
        "stop_seconds = 15 + 20 = 35; use 35 or more, or shorten the parts",
    ),
    "negative-drain": Refusal(
        service(shutdown=Shutdown(drain_seconds=-1)),
        "shutdown.drain_seconds = -1: is negative; use 0 or more",
    ),
    "root": Refusal(
        service(security=Security(user=0)),
        "security.user = 0: is root; use the image's numeric id, 1 or more",
    ),
    "root-group": Refusal(
        service(security=Security(group=0, fs_group=0)),
        "security.group = 0: is root; use the image's numeric id, 1 or more",
        "security.fs_group = 0: is root; use the image's numeric id, 1 or more",
    ),
    "capability": Refusal(
        service(security=Security(add_capabilities=wrong(("NET_ADMIN",)))),
        "security.add_capabilities = ('NET_ADMIN',): does not hold what it "
        "should (a tuple of 'NET_BIND_SERVICE'); [0] is 'NET_ADMIN'; write a "
        "tuple of 'NET_BIND_SERVICE'",
    ),
}


@pytest.mark.parametrize("refusal", REFUSALS.values(), ids=REFUSALS.keys())
def test_is_refused(refusal: Refusal) -> None:
    assert_refused(refusal)
