"""Stores that recover: one construct, one engine for each topology."""

from constructs_lib.kube.claims import Volume
from constructs_lib.store.backups import S3, Backup, BackupVolume
from constructs_lib.store.construct import ResilientStatefulStore
from constructs_lib.store.props import StoreProps

__all__ = [
    "S3",
    "Backup",
    "BackupVolume",
    "ResilientStatefulStore",
    "StoreProps",
    "Volume",
]
