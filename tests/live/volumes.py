"""A pod's volumes: folders of this machine, owned and filled as the kubelet does it."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from tests.live.claims import Claims
from tests.live.identity import Identity
from tests.live.manifests import Contents, Document, ManifestError, Manifests
from tests.live.process import Mount
from tests.live.variables import expand


class Volumes:
    """The volumes of one pod."""

    def __init__(
        self, identity: Identity, manifests: Manifests, folder: Path, claims: Claims
    ) -> None:
        self._identity = identity
        self._manifests = manifests
        self._folder = folder
        self._claims = claims
        self._read_only: set[str] = set()
        self._folders: dict[str, Path] = {}
        for volume in identity.spec.get("volumes", ()):
            self._folders[volume["name"]] = self._made(volume)
        for name, claim in identity.claims.items():
            self._folders[name] = self._claimed(claim["metadata"]["name"], claim)

    def mounts(self, container: Document, variables: Mapping[str, str]) -> list[Mount]:
        """What a container sees of them, outer folders first."""
        found = []
        for mount in container.get("volumeMounts", ()):
            if mount["name"] not in self._folders:
                msg = f"{self._identity.name}: no volume {mount['name']!r} to mount"
                raise ManifestError(msg)
            source = self._folders[mount["name"]]
            inside = mount.get("subPath") or expand(mount.get("subPathExpr", ""), variables)
            read_only = mount["name"] in self._read_only or mount.get("readOnly", False)
            found.append(
                Mount(
                    source=str(source / inside),
                    target=mount["mountPath"].rstrip("/"),
                    read_only=read_only,
                )
            )
        return sorted(found, key=lambda mount: mount.target)

    def _made(self, volume: Document) -> Path:
        if claim := volume.get("persistentVolumeClaim"):
            return self._claimed(claim["claimName"])
        folder: Path = self._folder / volume["name"]
        folder.mkdir(parents=True)
        if "emptyDir" in volume:
            folder.chmod(0o777)
            self._own(folder, read_only=False)
            return folder
        self._read_only.add(volume["name"])
        _write(folder, list(self._files(volume)))
        self._own(folder, read_only=True)
        return folder

    def _claimed(self, name: str, template: Document | None = None) -> Path:
        claim = self._claims.provide(self._identity.namespace, name, template)
        self._own(claim.folder, read_only=False)
        return claim.source

    def _files(self, volume: Document) -> Iterator[tuple[str, bytes, int]]:
        """Path, contents and mode of what a volume of files holds."""
        sources = [volume]
        mode = 0o644
        if projected := volume.get("projected"):
            sources, mode = projected["sources"], projected.get("defaultMode", mode)
        for source in sources:
            if "downwardAPI" in source:
                yield from self._own_fields(source["downwardAPI"], mode)
                continue
            kind = next((kind for kind in ("configMap", "secret") if kind in source), None)
            if kind is None:
                msg = f"{self._identity.name}: volume {volume['name']!r} is of no known kind"
                raise ManifestError(msg)
            yield from self._selected(source[kind], self._contents(kind, source[kind]), mode)

    def _contents(self, kind: str, source: Document) -> Contents:
        name = source.get("secretName") or source["name"]
        lookup = self._manifests.secret if kind == "secret" else self._manifests.config_map
        found = lookup(self._identity.namespace, name)
        if found is None and not source.get("optional"):
            msg = f"{self._identity.namespace}/{self._identity.name}: no {kind} {name!r} to mount"
            raise ManifestError(msg)
        return found or {}

    def _selected(
        self, source: Document, contents: Contents, mode: int
    ) -> Iterator[tuple[str, bytes, int]]:
        mode = source.get("defaultMode", mode)
        for item in source.get("items") or [{"key": key, "path": key} for key in contents]:
            if item["key"] in contents:
                yield item["path"], contents[item["key"]], item.get("mode", mode)
            elif not source.get("optional"):
                msg = f"{self._identity.name}: no key {item['key']!r} to mount"
                raise ManifestError(msg)

    def _own_fields(self, source: Document, mode: int) -> Iterator[tuple[str, bytes, int]]:
        mode = source.get("defaultMode", mode)
        for item in source["items"]:
            path = item["fieldRef"]["fieldPath"]
            named = {"metadata.labels": self._identity.labels}
            named["metadata.annotations"] = self._identity.annotations
            if path in named:
                lines = sorted(f'{key}="{value}"' for key, value in named[path].items())
                value = "\n".join(lines)
            else:
                value = self._identity.field_value(path)
            yield item["path"], value.encode(), item.get("mode", mode)

    def _own(self, folder: Path, *, read_only: bool) -> None:
        """Give the volume to the pod's group."""
        context = self._identity.spec.get("securityContext", {})
        group = context.get("fsGroup")
        if group is None:
            return
        matches = folder.stat().st_gid == group and folder.stat().st_mode & 0o2070 == 0o2070
        if matches and context.get("fsGroupChangePolicy") == "OnRootMismatch":
            return
        for place, _, files in os.walk(folder):
            os.chown(place, -1, group)
            os.chmod(place, _mode(place) | (0o2550 if read_only else 0o2770))  # noqa: PTH101
            for file in (Path(place, name) for name in files):
                if not file.is_symlink():
                    os.chown(file, -1, group)
                    file.chmod(_mode(file) | (0o440 if read_only else 0o660))


def _mode(place: str | Path) -> int:
    return os.stat(place).st_mode & 0o7777  # noqa: PTH116 (of text or path)


def _write(folder: Path, files: list[tuple[str, bytes, int]]) -> None:
    """Files behind one link, as the kubelet writes them to change all at once."""
    version = folder / "..version"
    version.mkdir()
    (folder / "..data").symlink_to(version.name)
    for path, contents, mode in files:
        file = version / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(contents)
        file.chmod(mode)
        top = path.split("/")[0]
        if not (folder / top).is_symlink():
            (folder / top).symlink_to(f"..data/{top}")
