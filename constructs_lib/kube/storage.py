"""Volumes of pods that keep nothing: writable scratch space, and files from elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import field
from decimal import Decimal

from constructs_lib.errors import Problem
from constructs_lib.kube.body import Body, body
from constructs_lib.kube.config import config_map_problems
from constructs_lib.naming import LABEL_LIMIT, OBJECT_LIMIT, name_problems
from constructs_lib.quantity import memory, memory_problems, parse
from constructs_lib.refs import plus_name
from constructs_lib.resources import Resources
from constructs_lib.values import Value

_SCRATCH = "scratch"
_FILES = "files"
_OPEN_TO_ALL = 0o444
_OPEN_TO_GROUP = 0o440


class WritablePath(Value):
    """A folder the container may write to under a read-only root; empty at every pod start."""

    path: str = field(kw_only=False)
    """Absolute path."""

    size: str = "64Mi"
    """Most it may hold; the pod is evicted beyond. Default 64Mi."""

    in_memory: bool = False
    """Whether it is a tmpfs, which counts against the memory limit. Default False: node disk."""

    def problems(self) -> Iterator[Problem]:
        """Path and size."""
        yield from _path_problems(self.path)
        yield from memory_problems("size", self.size, example="64Mi")


class ConfigFiles(Value):
    """Files written here; they become a ConfigMap of the workload, and a change rolls the pods."""

    files: Mapping[str, str] = field(kw_only=False)
    """Text by file name."""

    def problems(self) -> Iterator[Problem]:
        """There are files, and their names are plain."""
        if not self.files:
            yield Problem("files", self.files, "mounts nothing", "write at least one file")
        for name in self.files:
            yield from _file_problems("files", name)


class ConfigMapFiles(Value):
    """Files from a ConfigMap that somebody else makes."""

    config_map: str = field(kw_only=False)
    """Its name."""

    keys: tuple[str, ...] = ()
    """Keys to mount, as files of the same names; none mounts all."""

    @classmethod
    def of(cls, config_map: object, *keys: str) -> ConfigMapFiles:
        """Files of a ``cdk8s_plus_27.ConfigMap``."""
        return cls(plus_name(config_map), keys=keys)

    def problems(self) -> Iterator[Problem]:
        """Name and keys."""
        yield from name_problems("config_map", self.config_map, limit=OBJECT_LIMIT)
        for key in self.keys:
            yield from _file_problems("keys", key)


class SecretFiles(Value):
    """Files from a Secret."""

    secret: str = field(kw_only=False)
    """Its name."""

    keys: tuple[str, ...] = ()
    """Keys to mount, as files of the same names; none mounts all."""

    optional: bool = False
    """Whether a pod may start without it. Default False."""

    @classmethod
    def of(cls, secret: object, *keys: str) -> SecretFiles:
        """Files of a ``cdk8s_plus_27.Secret``."""
        return cls(plus_name(secret), keys=keys)

    def problems(self) -> Iterator[Problem]:
        """Name and keys."""
        yield from name_problems("secret", self.secret, limit=OBJECT_LIMIT)
        for key in self.keys:
            yield from _file_problems("keys", key)


class FileMount(Value):
    """Files in a folder of the container, read-only."""

    path: str = field(kw_only=False)
    """Absolute path of the folder."""

    source: ConfigFiles | ConfigMapFiles | SecretFiles = field(kw_only=False)
    """Where the files come from."""

    mode: int | None = None
    """Permission bits; None is 0444, and 0440 for files of a Secret, read by the pod's group."""

    def problems(self) -> Iterator[Problem]:
        """Path and mode."""
        yield from _path_problems(self.path)
        if self.mode is not None and not 0 < self.mode <= 0o777:  # noqa: PLR2004
            yield Problem("mode", self.mode, "are no permission bits", "write for example 0o440")


def mount_problems(
    writable: tuple[WritablePath, ...], files: tuple[FileMount, ...]
) -> Iterator[Problem]:
    """Paths mounted twice, and paths so alike that they would share a volume's name."""
    places = [
        *((f"writable[{i}].path", _SCRATCH, item.path) for i, item in enumerate(writable)),
        *((f"files[{i}].path", _FILES, item.path) for i, item in enumerate(files)),
    ]
    seen: dict[str, str] = {}
    for where, prefix, path in places:
        plain, volume = path.rstrip("/"), _volume_name(prefix, path)
        other = seen.get(plain) or seen.get(volume)
        if other is not None:
            why = f"is mounted already, or too like {other}"
            yield Problem(where, path, why, "mount it once, or at another path")
        seen.update({plain: path, volume: path})
    yield from _key_problems(files)


def room_problems(
    writable: tuple[WritablePath, ...], own: Resources, beside: list[Resources]
) -> Iterator[Problem]:
    """Whether the limits of the containers leave the folders the sizes they are promised.

    A folder on disk counts against all containers' limits together, a tmpfs against the memory of
    the container that writes to it.
    """
    promised = {
        kind: sum((parse(f.size) for f in writable if f.in_memory is kind), Decimal(0))
        for kind in (False, True)
    }
    if own.ephemeral_storage is not None:
        disks = [r.ephemeral_storage for r in (own, *beside) if r.ephemeral_storage is not None]
        disk, folders = sum(map(parse, disks), Decimal(0)), promised[False]
        if disk < folders:
            why = f"is {memory(disk)} with the sidecars', less than the folders' {memory(folders)}"
            fix = f"use {memory(folders)} or more, or smaller folders"
            yield Problem("resources.ephemeral_storage", own.ephemeral_storage, why, fix)
    limit = own.memory_limit or own.memory
    if parse(limit) < promised[True]:
        why = f"is less than the {memory(promised[True])} of the folders in memory, which count too"
        fix = "raise it, or make the folders smaller"
        yield Problem("resources.memory_limit", limit, why, fix)


def _key_problems(files: tuple[FileMount, ...]) -> Iterator[Problem]:
    keys = [
        _file_key(mount, name)
        for mount in files
        if isinstance(mount.source, ConfigFiles)
        for name in mount.source.files
    ]
    for key in sorted({key for key in keys if keys.count(key) > 1}):
        why = "would hold two files under one key of the ConfigMap"
        yield Problem("files", key, why, "rename a file or a folder")
    yield from config_map_problems("files", written_files(files), "put large files into the image")


def writable_volumes(writable: tuple[WritablePath, ...]) -> tuple[list[Body], list[Body]]:
    """``volumes`` of the pod and ``volumeMounts`` of the container for scratch space."""
    volumes, mounts = [], []
    for item in writable:
        name = _volume_name(_SCRATCH, item.path)
        medium = "Memory" if item.in_memory else None
        volumes.append({"name": name, "emptyDir": body(sizeLimit=item.size, medium=medium)})
        mounts.append({"name": name, "mountPath": item.path})
    return volumes, mounts


def file_volumes(
    files: tuple[FileMount, ...], own_config_map: str
) -> tuple[list[Body], list[Body]]:
    """``volumes`` and ``volumeMounts`` for files; ``own_config_map`` holds the written ones."""
    volumes, mounts = [], []
    for mount in files:
        name = _volume_name(_FILES, mount.path)
        volumes.append({"name": name, **_file_volume(mount, own_config_map)})
        mounts.append({"name": name, "mountPath": mount.path, "readOnly": True})
    return volumes, mounts


def written_files(files: tuple[FileMount, ...]) -> dict[str, str]:
    """Data of the ConfigMap that holds all files written in place, keyed by mount and name."""
    data: dict[str, str] = {}
    for mount in files:
        if isinstance(mount.source, ConfigFiles):
            for name, text in mount.source.files.items():
                data[_file_key(mount, name)] = text
    return data


def _file_volume(mount: FileMount, own_config_map: str) -> Body:
    source = mount.source
    match source:
        case ConfigFiles():
            items = [{"key": _file_key(mount, name), "path": name} for name in source.files]
            mode = mount.mode or _OPEN_TO_ALL
            return {"configMap": {"name": own_config_map, "defaultMode": mode, "items": items}}
        case ConfigMapFiles():
            items = [{"key": key, "path": key} for key in source.keys]
            mode = mount.mode or _OPEN_TO_ALL
            return {"configMap": body(name=source.config_map, defaultMode=mode, items=items)}
        case SecretFiles():
            items = [{"key": key, "path": key} for key in source.keys]
            mode = mount.mode or _OPEN_TO_GROUP
            secret = body(secretName=source.secret, defaultMode=mode, items=items)
            return {"secret": body(**secret, optional=source.optional or None)}


def _file_key(mount: FileMount, name: str) -> str:
    """Two folders may hold files of one name, so the folder is part of the key."""
    folder = re.sub(r"[^A-Za-z0-9._-]", "-", mount.path.strip("/"))
    return f"{folder}-{name}"


def _volume_name(prefix: str, path: str) -> str:
    plain = re.sub(r"[^a-z0-9]+", "-", path.lower()).strip("-")
    return f"{prefix}-{plain}"[:LABEL_LIMIT].rstrip("-")


def _path_problems(path: str) -> Iterator[Problem]:
    if not path.startswith("/") or path.rstrip("/") == "" or ":" in path:
        yield Problem("path", path, "is no folder to mount", "write an absolute path, such as /tmp")


def _file_problems(where: str, name: str) -> Iterator[Problem]:
    if not re.fullmatch(r"[-._A-Za-z0-9]+", name) or name in (".", ".."):
        yield Problem(where, name, "is no file name", "use letters, digits, '-', '_' and '.'")
