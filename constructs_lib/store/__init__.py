"""Stores that recover: one construct, one engine for each topology."""

from constructs_lib.kube.claims import Volume
from constructs_lib.store.backups import S3, Backup, BackupVolume
from constructs_lib.store.construct import ResilientStatefulStore
from constructs_lib.store.etcd.engine import Etcd
from constructs_lib.store.etcd.upkeep import Defragment, EtcdTools
from constructs_lib.store.nats.backup import NatsTools
from constructs_lib.store.nats.engine import NatsJetStream
from constructs_lib.store.nats.server import NatsExporter
from constructs_lib.store.nats.users import NatsUser
from constructs_lib.store.postgres.exporter import PostgresExporter
from constructs_lib.store.postgres.ha import PostgresHA
from constructs_lib.store.postgres.standalone import PostgresStandalone
from constructs_lib.store.postgres.values import Archive, Database, Login, Reach
from constructs_lib.store.props import StoreProps
from constructs_lib.store.proxy import Proxy
from constructs_lib.store.redis.clients import RedisClient
from constructs_lib.store.redis.engine import RedisExporter, SavePoint
from constructs_lib.store.redis.replicated import RedisReplicated
from constructs_lib.store.redis.sentinel import RedisSentinel
from constructs_lib.store.redis.standalone import RedisStandalone
from constructs_lib.store.tls import Tls

__all__ = [
    "S3",
    "Archive",
    "Backup",
    "BackupVolume",
    "Database",
    "Defragment",
    "Etcd",
    "EtcdTools",
    "Login",
    "NatsExporter",
    "NatsJetStream",
    "NatsTools",
    "NatsUser",
    "PostgresExporter",
    "PostgresHA",
    "PostgresStandalone",
    "Proxy",
    "Reach",
    "RedisClient",
    "RedisExporter",
    "RedisReplicated",
    "RedisSentinel",
    "RedisStandalone",
    "ResilientStatefulStore",
    "SavePoint",
    "StoreProps",
    "Tls",
    "Volume",
]
