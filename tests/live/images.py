"""Which program of this machine stands for which image."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tests.live.manifests import ManifestError

SEARCH_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


@dataclass(frozen=True, kw_only=True)
class Image:
    """What there is to know about an image besides its files."""

    needs: Sequence[str] = ()
    """Programs that this machine has to have."""

    entry_point: Sequence[str] = ()
    command: Sequence[str] = ()
    """The image's ENTRYPOINT and CMD, for containers that say nothing else."""

    user: int = 0
    users: Mapping[int, str] = field(default_factory=dict)
    """Names of users; some programs do not start as a user without one."""

    variables: Mapping[str, str] = field(default_factory=dict)
    folder: str = "/"
    stop_signal: str = "SIGTERM"

    paths: Mapping[str, str] = field(default_factory=dict)
    """Files and folders of this machine, by their place in the container."""

    whole_machine: bool = False
    """Whether it is the tree of this machine, writable and all; for clients of the tests' own."""

    capabilities: Mapping[str, str] = field(default_factory=dict)
    """What the image's file capabilities are, by program, as `setcap` reads it."""


IMAGES: Mapping[str, Image] = {
    "nginx": Image(
        needs=("nginx",),
        command=("nginx", "-g", "daemon off;"),
        users={101: "nginx"},
        stop_signal="SIGQUIT",
    ),
    "coturn/coturn": Image(
        needs=("turnserver", "setcap"),
        entry_point=("turnserver",),
        user=65534,
        capabilities={"turnserver": "cap_net_bind_service=+ep"},
    ),
    "busybox": Image(command=("sh",)),
    "this-machine": Image(whole_machine=True),
}
"""By the repository's last words, without registry and tag."""


def image_for(reference: str, images: Mapping[str, Image]) -> Image:
    """The entry for an image."""
    repository = reference.split("@", maxsplit=1)[0]
    if ":" in repository.rpartition("/")[2]:
        repository = repository.rpartition(":")[0]
    while repository:
        if found := images.get(repository):
            return found
        repository = repository.partition("/")[2]
    msg = f"nothing stands for image {reference!r}; known are {', '.join(sorted(images))}"
    raise ManifestError(msg)
