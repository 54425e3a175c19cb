"""What a container is started with, from its manifest, its image and its pod."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from constructs_lib.quantity import parse
from tests.live.identity import Identity
from tests.live.images import SEARCH_PATH, Image
from tests.live.manifests import Document, ManifestError
from tests.live.node import Node
from tests.live.process import Mount, Order
from tests.live.security import privileges
from tests.live.tree import image_links, image_mounts, pod_files, user_files
from tests.live.variables import environment, expand
from tests.live.volumes import Volumes


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where the containers of a pod run."""

    node: Node
    folder: Path
    """What the pod keeps on this machine."""

    network: int
    """Descriptor of its network namespace."""

    services: Mapping[str, str]
    """Variables for the Services that it is told of."""


def order_for(
    spec: Document, image: Image, identity: Identity, volumes: Volumes, place: Place
) -> Order:
    """The order that starts a container."""
    node = place.node
    allowed = privileges(identity.spec, spec, image)
    variables = {
        "PATH": SEARCH_PATH,
        "HOSTNAME": identity.hostname,
        "HOME": "/root" if allowed.user == 0 else "/",
        **image.variables,
        **environment(spec, identity, node.manifests, place.services),
    }
    folder = place.folder / str(spec["name"])
    (folder / "root").mkdir(parents=True)
    files = pod_files(identity)
    mounts = volumes.mounts(spec, variables)
    own_tree = not image.whole_machine
    return Order(
        command=_command(spec, image, variables),
        variables=variables,
        folder=spec.get("workingDir", image.folder),
        user=allowed.user,
        group=allowed.group,
        groups=allowed.groups,
        capabilities=allowed.capabilities,
        no_new_privileges=allowed.no_new_privileges,
        network=place.network,
        volumes=node.mounts.fd if node.mounts else 0,
        memory=_memory(spec, place),
        hostname=identity.hostname,
        root=str(folder / "root") if own_tree else None,
        scratch=str(folder),
        folders=image.folders,
        links=image_links(image) if own_tree else {},
        files=files | user_files(image) if own_tree else files,
        mounts=_outer_first([*image_mounts(image, folder), *mounts]) if own_tree else [],
        read_only=allowed.read_only,
        log=str(folder / "log"),
    )


def _outer_first(mounts: Iterable[Mount]) -> list[Mount]:
    """None hides another: a program of this machine may lie below a folder that a pod mounts over,
    such as a checkout in /tmp."""
    return sorted(mounts, key=lambda mount: mount.target.count("/"))


def _command(spec: Document, image: Image, variables: Mapping[str, str]) -> Sequence[str]:
    entry_point = spec.get("command") or image.entry_point
    # A command in the manifest puts the image's own arguments out of force too.
    arguments = spec.get("args") or ([] if spec.get("command") else image.command)
    command = [expand(word, variables) for word in (*entry_point, *arguments)]
    if not command:
        msg = f"container {spec['name']!r} says nothing to run, and neither does its image"
        raise ManifestError(msg)
    return command


def _memory(spec: Document, place: Place) -> str:
    """The control group that the container is counted in, where it has a limit."""
    limit = spec.get("resources", {}).get("limits", {}).get("memory")
    if limit is None:
        return ""
    name = f"{place.folder.name}-{spec['name']}"
    return place.node.memory.made(name, int(parse(limit)))
