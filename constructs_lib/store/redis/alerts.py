"""What somebody has to know of Redis.

Metrics: https://github.com/oliver006/redis_exporter, HAProxy's own, and the kubelet's of volumes.
"""

from __future__ import annotations

from constructs_lib.kube.alerts import Alert
from constructs_lib.kube.promql import counted_pods, stateful_set_pods
from constructs_lib.store.certificate_alerts import certificate_alerts
from constructs_lib.store.engine import Place
from constructs_lib.store.quorum import majority
from constructs_lib.store.redis.engine import RedisEngine
from constructs_lib.store.volume_alerts import claims_of, filling_soon, free_share


def server_alerts(
    engine: RedisEngine, place: Place, *, servers: int, parts: tuple[str, ...]
) -> tuple[Alert, ...]:
    """What holds of every server; what its exporter tells only where there is one."""
    pods = stateful_set_pods(place.namespace, *parts)
    told = (
        ()
        if engine.exporter is None
        else (
            *_presence(place, pods, servers),
            *_persistence(engine, pods),
            *_memory(engine, pods),
        )
    )
    return (
        *told,
        *_volume(place, parts),
        *certificate_alerts(place, engine.tls, "Redis"),
    )


def replica_alerts(
    engine: RedisEngine, place: Place, *, parts: tuple[str, ...], replicas: int
) -> tuple[Alert, ...]:
    """What the exporters tell of replication; nothing where there are none."""
    if engine.exporter is None:
        return ()
    pods = stateful_set_pods(place.namespace, *parts)
    return (
        _master_missing(place, pods),
        _lags(pods),
        Alert(
            name="RedisReplicaOutOfStep",
            expression=f"redis_master_link_up{{{pods}}} == 0",
            summary="Replica {{ $labels.pod }} has lost its master.",
            action="Look at its log, and whether the master's buffer for replicas is too small.",
        ),
        Alert(
            name="RedisReplicasMissing",
            expression=f"sum(max by (pod) (redis_connected_slaves{{{pods}}})) < {replicas}",
            lasts="10m",
            summary=f"{place.name} in {place.namespace} has {{{{ $value }}}} of {replicas}"
            " replicas.",
            action=f"kubectl get pods -n {place.namespace}, and the logs of those not ready.",
        ),
    )


def _lags(pods: str) -> Alert:
    # By pod, since one that was replaced and kept its name has two of each series for a moment.
    written, backlog = (
        f"max by (namespace, pod) ({name}{{{pods}}})"
        for name in ("redis_master_repl_offset", "redis_replication_backlog_bytes")
    )
    read = f"max by (namespace, pod, slave_ip) (redis_connected_slave_offset_bytes{{{pods}}})"
    behind = f"{written} - on (namespace, pod) group_right () {read}"
    return Alert(
        name="RedisReplicaLags",
        # What is further behind than the backlog has to copy everything if it is cut off.
        expression=f"{behind} > on (namespace, pod) group_left () {backlog}",
        summary="Replica {{ $labels.slave_ip }} of {{ $labels.pod }} is"
        " {{ $value | humanize1024 }}B behind, more than the backlog holds.",
        action="Look at the replica's disk, processor and network. If writes are that many"
        " for good, raise replication_backlog.",
    )


def sentinel_alerts(
    engine: RedisEngine, place: Place, *, proxy: str, servers: int
) -> tuple[Alert, ...]:
    """What goes wrong between Sentinels and proxies; how many masters there are, exporters tell."""
    up = (
        f'sum by (pod) (haproxy_backend_active_servers{{namespace="{place.namespace}",'
        f' pod=~"{proxy}-.+", proxy=~"master-.+"}})'
    )
    return (
        *(() if engine.exporter is None else _masters(place, servers)),
        Alert(
            name="RedisProxyWithoutMaster",
            expression=f"{up} == 0",
            lasts="1m",
            severity="critical",
            summary="Proxy {{ $labels.pod }} leads writes nowhere.",
            action="Ask each Sentinel for the master, and look at the proxy's log.",
        ),
        Alert(
            name="RedisProxiesMissing",
            # Proxies that are gone tell nothing, so none of them leads nowhere.
            expression=f"{counted_pods(up)} == 0",
            lasts="1m",
            severity="critical",
            summary=f"{place.name} in {place.namespace} has no proxy: clients reach no server.",
            action=f"kubectl get pods -n {place.namespace}, and the logs of {proxy}.",
        ),
    )


def _master(pods: str) -> str:
    return f'redis_instance_info{{{pods}, role="master"}}'


def _master_missing(place: Place, pods: str) -> Alert:
    return Alert(
        name="RedisMasterMissing",
        expression=f"{counted_pods(_master(pods))} == 0",
        lasts="1m",
        severity="critical",
        summary=f"{place.name} in {place.namespace} has no master: nobody can write.",
        action="With Sentinels, SENTINEL CKQUORUM on any of them tells whether there are enough;"
        " else look at the master's pod.",
    )


def _masters(place: Place, servers: int) -> tuple[Alert, ...]:
    pods = stateful_set_pods(place.namespace, place.name)
    return (
        Alert(
            name="RedisMastersSeveral",
            # One that was replaced and has come back as a replica is none any more.
            expression=f"count(count by (pod) ({_master(pods)})"
            f' unless on (pod) redis_instance_info{{{pods}, role!="master"}}) > 1',
            lasts="2m",
            severity="critical",
            summary=f"{place.name} in {place.namespace} has {{{{ $value }}}} masters.",
            action="Sentinels end this within seconds; if not, they do not see each other.",
        ),
        Alert(
            name="RedisQuorumAtRisk",
            # Sentinels are beside the servers; nobody tells of them alone.
            expression=f"{_answering(pods)} == {majority(servers)}",
            lasts="30m",
            severity="critical",
            summary=f"{place.name} in {place.namespace} has only {{{{ $value }}}} of {servers}"
            " servers: with one more lost, no Sentinels are left to replace a master.",
            action="Bring the missing one back now: kubectl describe pod, and RedisServersMissing.",
        ),
    )


def _answering(pods: str) -> str:
    return counted_pods(f"redis_up{{{pods}}} == 1")


def _presence(place: Place, pods: str, servers: int) -> tuple[Alert, ...]:
    return (
        Alert(
            name="RedisServersMissing",
            expression=f"{_answering(pods)} < {servers}",
            severity="critical" if servers == 1 else "warning",
            summary=f"{place.name} in {place.namespace} has {{{{ $value }}}} of {servers} servers"
            " that answer.",
            action=f"kubectl get pods -n {place.namespace}, and the logs of those not ready.",
        ),
    )


def _persistence(engine: RedisEngine, pods: str) -> tuple[Alert, ...]:
    failing = []
    if engine.save_points:
        failing.append(f"redis_rdb_last_bgsave_status{{{pods}}} == 0")
    if engine.append_only:
        failing.append(f"redis_aof_last_write_status{{{pods}}} == 0")
        failing.append(f"redis_aof_last_bgrewrite_status{{{pods}}} == 0")
    if not failing:
        return ()
    return (
        Alert(
            name="RedisSaveFailing",
            expression=" or ".join(failing),
            severity="critical",
            summary="{{ $labels.pod }} cannot write to its volume; soon it refuses writes.",
            action="See whether the volume is full, and the memory limit too small for the copy.",
        ),
    )


def _memory(engine: RedisEngine, pods: str) -> tuple[Alert, ...]:
    if engine.eviction != "noeviction":
        # Full is what a cache is.
        return ()
    share = f"redis_memory_used_bytes{{{pods}}} / redis_memory_max_bytes{{{pods}}}"
    return (
        Alert(
            name="RedisMemoryFilling",
            expression=f"{share} > 0.9",
            lasts="10m",
            summary="{{ $labels.pod }} uses {{ $value | humanizePercentage }} of maxmemory; at all"
            " of it, writes are refused.",
            action="Raise the memory limit, or look for keys that should expire.",
        ),
    )


def _volume(place: Place, parts: tuple[str, ...]) -> tuple[Alert, ...]:
    claims = claims_of(place.namespace, *parts)
    return (
        Alert(
            name="RedisVolumeFilling",
            expression=f"{free_share(claims)} < 0.15",
            severity="critical",
            summary="{{ $labels.persistentvolumeclaim }} has {{ $value | humanizePercentage }}"
            " left.",
            action="Grow the claim; an append-only file that cannot be written stops all writes.",
        ),
        filling_soon("Redis", claims, consequence="a server without room refuses writes"),
    )
