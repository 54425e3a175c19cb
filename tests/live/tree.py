"""The file tree of a container: programs of this machine, files that every pod is given."""

import shutil
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tests.live.identity import Identity
from tests.live.images import Base, Image, program
from tests.live.manifests import ManifestError
from tests.live.network import DNS
from tests.live.process import Mount

# Parts of /etc that programs and libraries need, and that say nothing of this machine.
_SHARED = ("/etc/alternatives", "/etc/ca-certificates", "/etc/ld.so.cache", "/etc/ssl")


def pod_files(identity: Identity) -> dict[str, str]:
    """The files that the kubelet gives to every container."""
    return {
        "/etc/hostname": f"{identity.hostname}\n",
        "/etc/hosts": _hosts(identity),
        "/etc/resolv.conf": _resolver(identity),
    }


def user_files(image: Image) -> dict[str, str]:
    """Who is who in the image; a container's user may be nobody there."""
    users = {0: "root", 65534: "nobody", **image.users}
    homes = {0: "/root"}
    lines = [f"{name}:x:{n}:{n}::{homes.get(n, '/')}:/bin/sh" for n, name in users.items()]
    groups = [f"{name}:x:{number}:" for number, name in users.items()]
    return {
        "/etc/passwd": "\n".join([*lines, ""]),
        "/etc/group": "\n".join([*groups, ""]),
        "/etc/nsswitch.conf": "passwd: files\ngroup: files\nhosts: files dns\nservices: files\n",
    }


def image_mounts(image: Image, folder: Path) -> list[Mount]:
    """What stands for the image's own files, all of it read-only."""
    own = {place: found for place, name in image.programs.items() if (found := program(name))}
    if image.base == Base.SCRATCH:
        parts = [library for found in own.values() for library in _libraries(found)]
    else:
        parts = [str(part) for part in Path("/usr").iterdir() if _is_shared(part, image.base)]
    if image.base == Base.ALPINE:
        own = {**own, **_tools()}
    paths = [*parts, *(path for path in _SHARED if Path(path).exists())]
    places = {**dict(zip(paths, paths, strict=True)), **image.paths, **own}
    mounts = [Mount(source=path, target=place, read_only=True) for place, path in places.items()]
    return [*mounts, *_capable(image, folder)]


def image_links(image: Image) -> dict[str, str]:
    """Links in the tree: the other names of BusyBox, where the image has it."""
    return _applets() if image.base == Base.ALPINE else {}


def _is_shared(part: Path, base: Base) -> bool:
    # An image's /usr/local is its own, so that of this machine stays out.
    programs = ("bin", "games", "include", "sbin", "src") if base == Base.ALPINE else ()
    return part.name not in ("local", *programs)


def _tools() -> dict[str, str]:
    """What every Alpine has besides the libraries: BusyBox, and the C library's own `getent`."""
    names = {"/bin/busybox": "busybox", "/bin/getent": "getent"}
    return {place: found for place, name in names.items() if (found := program(name))}


@cache
def _applets() -> dict[str, str]:
    listed = subprocess.run(
        ["busybox", "--list"], check=True, capture_output=True, text=True
    ).stdout.split()
    return {f"/bin/{name}": "busybox" for name in listed if name != "busybox"}


@cache
def _libraries(path: str) -> list[str]:
    """The shared libraries that a program is started with; none where it is linked statically."""
    listed = subprocess.run(["ldd", path], check=False, capture_output=True, text=True).stdout
    words = [word for line in listed.splitlines() for word in line.split()]
    return [word for word in words if word.startswith("/")]


def _capable(image: Image, folder: Path) -> Iterator[Mount]:
    """Copies of programs, with the capabilities that they have in the image."""
    for name, capabilities in image.capabilities.items():
        program = shutil.which(name)
        if program is None:
            msg = f"{name} is not installed"
            raise ManifestError(msg)
        copy = folder / name
        if not copy.exists():
            shutil.copy(program, copy)
            subprocess.run(["setcap", capabilities, str(copy)], check=True)
        yield Mount(source=str(copy), target=program, read_only=True)


def _hosts(identity: Identity) -> str:
    names = identity.hostname
    if identity.subdomain:
        names = f"{names}.{identity.subdomain}.{identity.namespace}.svc.cluster.local\t{names}"
    lines = [
        "127.0.0.1\tlocalhost",
        "::1\tlocalhost ip6-localhost ip6-loopback",
        f"{identity.address}\t{names}",
    ]
    aliases = identity.spec.get("hostAliases", ())
    lines += ["\t".join([alias["ip"], *alias["hostnames"]]) for alias in aliases]
    return "\n".join([*lines, ""])


def _resolver(identity: Identity) -> str:
    policy = identity.spec.get("dnsPolicy", "ClusterFirst")
    if policy not in ("ClusterFirst", "None"):
        msg = f"{identity.name}: dnsPolicy {policy!r} is not run here"
        raise ManifestError(msg)
    servers, searches, options = [], [], {}
    if policy == "ClusterFirst":
        ending = "svc.cluster.local"
        servers = [DNS]
        searches = [f"{identity.namespace}.{ending}", ending, "cluster.local"]
        options = {"ndots": "5"}
    config = identity.spec.get("dnsConfig", {})
    servers += config.get("nameservers", [])
    searches += config.get("searches", [])
    options |= {item["name"]: item.get("value", "") for item in config.get("options", ())}
    lines = [f"search {' '.join(searches)}"] if searches else []
    lines += [f"nameserver {server}" for server in servers]
    words = [f"{name}:{value}" if value else name for name, value in options.items()]
    lines += [f"options {' '.join(words)}"] if words else []
    return "\n".join([*lines, ""])
