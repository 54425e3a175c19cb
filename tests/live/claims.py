"""Persistent volumes, which outlive pods: folders of this machine, or file systems in files."""

import os
import shutil
import subprocess
import threading
from dataclasses import dataclass
from pathlib import Path

from constructs_lib.quantity import parse
from tests.live.manifests import Document, ManifestError, Manifests
from tests.live.namespaces import MountNamespace


@dataclass(frozen=True, kw_only=True)
class Claim:
    """A volume that has been provided."""

    folder: Path
    """Where the tests, and the kubelet, find it."""

    source: Path
    """Where a container's mounts find it."""

    descriptor: int | None = None
    """What holds it, where it is a file system of its own."""


class Claims:
    """The volumes of a cluster. One that is there is mounted by every pod that names it, as pods of
    one node may."""

    def __init__(self, folder: Path, manifests: Manifests, mounts: MountNamespace | None) -> None:
        self._folder = folder
        self._manifests = manifests
        self._mounts = mounts
        self._provided: dict[tuple[str, str], Claim] = {}
        self._providing = threading.Lock()

    def provide(self, namespace: str, name: str, template: Document | None = None) -> Claim:
        """The volume of a claim: the one there is, or a new one for a claim of the manifests or
        the template of a StatefulSet."""
        with self._providing:
            if (namespace, name) not in self._provided:
                wanted = self._wanted(namespace, name, template)
                self._provided[namespace, name] = self._made(namespace, name, wanted)
            return self._provided[namespace, name]

    def folder(self, namespace: str, name: str) -> Path:
        """Where the tests find a volume."""
        return self._provided[namespace, name].folder

    def delete(self, namespace: str, name: str) -> None:
        """Lose a volume, with what is on it."""
        claim = self._provided.pop((namespace, name))
        if self._mounts and claim.descriptor is not None:
            self._mounts.unmount(claim.source)
            os.close(claim.descriptor)
            self._image(namespace, name).unlink()
        shutil.rmtree(claim.source)

    def close(self) -> None:
        """Let go of all volumes."""
        for claim in self._provided.values():
            if claim.descriptor is not None:
                os.close(claim.descriptor)

    def _wanted(self, namespace: str, name: str, template: Document | None) -> Document:
        found = template or self._manifests.find("PersistentVolumeClaim", namespace, name)
        if found is None:
            msg = f"{namespace}: no PersistentVolumeClaim {name!r}"
            raise ManifestError(msg)
        if "ReadWriteOncePod" in found["spec"].get("accessModes", ()):
            msg = f"{namespace}/{name}: access mode ReadWriteOncePod is not run here"
            raise ManifestError(msg)
        return found

    def _made(self, namespace: str, name: str, wanted: Document) -> Claim:
        folder = self._folder / namespace / name
        folder.mkdir(parents=True)
        if self._mounts is None:
            # What a new file system has, and some servers do not want in their data folder.
            (folder / "lost+found").mkdir(mode=0o700)
            return Claim(folder=folder, source=folder)
        image = self._image(namespace, name)
        image.parent.mkdir(parents=True, exist_ok=True)
        with image.open("wb") as file:
            file.truncate(int(parse(wanted["spec"]["resources"]["requests"]["storage"])))
        # As storage drivers format it: no part is kept back for root.
        subprocess.run(["mkfs.ext4", "-q", "-m", "0", str(image)], check=True)
        descriptor = self._mounts.mount(image, folder)
        inside = Path(f"/proc/{os.getpid()}/fd/{descriptor}")
        return Claim(folder=inside, source=folder, descriptor=descriptor)

    def _image(self, namespace: str, name: str) -> Path:
        return self._folder / ".images" / namespace / name
