"""What somebody has to know of Redis.

Metrics: https://github.com/oliver006/redis_exporter, HAProxy's own, and the kubelet's of volumes.
"""

from __future__ import annotations

from constructs_lib.kube.alerts import Alert
from constructs_lib.store.engine import Place
from constructs_lib.store.redis.engine import RedisEngine


def server_alerts(
    engine: RedisEngine, place: Place, *, servers: int, parts: tuple[str, ...]
) -> tuple[Alert, ...]:
    """What holds of every server; what its exporter tells only where there is one."""
    told = (
        ()
        if engine.exporter is None
        else (
            *_presence(place, _pods(place, parts), servers),
            *_persistence(engine, _pods(place, parts)),
            *_memory(engine, _pods(place, parts)),
        )
    )
    return (*told, _volume(place, parts))


def replica_alerts(
    engine: RedisEngine, place: Place, *, parts: tuple[str, ...], replicas: int
) -> tuple[Alert, ...]:
    """What the exporters tell of replication; nothing where there are none."""
    if engine.exporter is None:
        return ()
    pods = _pods(place, parts)
    return (
        Alert(
            name="RedisReplicaOutOfStep",
            expression=f"redis_master_link_up{{{pods}}} == 0",
            summary="Replica {{ $labels.pod }} has lost its master.",
            action="Look at its log, and whether the master's buffer for replicas is too small.",
        ),
        Alert(
            name="RedisReplicasMissing",
            expression=f"sum(redis_connected_slaves{{{pods}}}) < {replicas}",
            lasts="10m",
            summary=f"{place.name} in {place.namespace} has {{{{ $value }}}} of {replicas}"
            " replicas.",
            action=f"kubectl get pods -n {place.namespace}, and the logs of those not ready.",
        ),
    )


def sentinel_alerts(engine: RedisEngine, place: Place, *, proxy: str) -> tuple[Alert, ...]:
    """What goes wrong between Sentinels and proxies; how many masters there are, exporters tell."""
    up = (
        f'sum by (pod) (haproxy_backend_active_servers{{namespace="{place.namespace}",'
        f' pod=~"{proxy}-.+", proxy=~"master-.+"}})'
    )
    return (
        *(() if engine.exporter is None else _masters(place)),
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
            expression=f"(count({up}) or vector(0)) == 0",
            lasts="1m",
            severity="critical",
            summary=f"{place.name} in {place.namespace} has no proxy: clients reach no server.",
            action=f"kubectl get pods -n {place.namespace}, and the logs of {proxy}.",
        ),
    )


def _masters(place: Place) -> tuple[Alert, ...]:
    pods = _pods(place, (place.name,))
    masters = f'count(redis_instance_info{{{pods}, role="master"}}) or vector(0)'
    return (
        Alert(
            name="RedisMasterMissing",
            expression=f"({masters}) == 0",
            lasts="1m",
            severity="critical",
            summary=f"{place.name} in {place.namespace} has no master.",
            action="SENTINEL CKQUORUM on any Sentinel tells whether there are enough of them.",
        ),
        Alert(
            name="RedisMastersSeveral",
            expression=f"({masters}) > 1",
            lasts="2m",
            severity="critical",
            summary=f"{place.name} in {place.namespace} has {{{{ $value }}}} masters.",
            action="Sentinels end this within seconds; if not, they do not see each other.",
        ),
    )


def _pods(place: Place, parts: tuple[str, ...]) -> str:
    names = "|".join(parts)
    choice = names if len(parts) == 1 else f"({names})"
    return f'namespace="{place.namespace}", pod=~"{choice}-[0-9]+"'


def _presence(place: Place, pods: str, servers: int) -> tuple[Alert, ...]:
    return (
        Alert(
            name="RedisServersMissing",
            expression=f"(count(redis_up{{{pods}}} == 1) or vector(0)) < {servers}",
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


def _volume(place: Place, parts: tuple[str, ...]) -> Alert:
    names = "|".join(f"data-{part}-[0-9]+" for part in parts)
    claims = f'namespace="{place.namespace}", persistentvolumeclaim=~"{names}"'
    free = (
        f"kubelet_volume_stats_available_bytes{{{claims}}}"
        f" / kubelet_volume_stats_capacity_bytes{{{claims}}}"
    )
    return Alert(
        name="RedisVolumeFilling",
        expression=f"{free} < 0.15",
        severity="critical",
        summary="{{ $labels.persistentvolumeclaim }} has {{ $value | humanizePercentage }} left.",
        action="Grow the claim; an append-only file that cannot be written stops all writes.",
    )
