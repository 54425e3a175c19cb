"""Container images."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field
from typing import Literal

from constructs_lib.environment import Images
from constructs_lib.errors import Problem
from constructs_lib.naming import digest_problems, repository_problems, tag_problems
from constructs_lib.values import Value

PullPolicy = Literal["Always", "IfNotPresent", "Never"]


class Image(Value):
    """An image by its full name."""

    repository: str = field(kw_only=False)
    """Registry and repository, for example ``registry.example.com/orders-api``."""

    tag: str | None = None
    """Tag; beside a digest it only tells people which version that is."""

    digest: str | None = None
    """Content digest (``sha256:…``), which no push can move."""

    pull_policy: PullPolicy | None = None
    """When a node pulls; None takes the environment's."""

    def problems(self) -> Iterator[Problem]:
        """A full name, and a version that does not move by design."""
        yield from repository_problems("repository", self.repository)
        if self.tag is None and self.digest is None:
            yield Problem("tag", self.tag, "is missing", "pin a tag or a digest")
        if self.tag is not None:
            yield from tag_problems("tag", self.tag)
        if self.digest is not None:
            yield from digest_problems("digest", self.digest)


class AppImage(Value):
    """An application's own image, whose registry the environment decides.

    So does it the tag, where it has one for all; and where images do not exist yet, a stand-in runs
    in its place.
    """

    name: str = field(kw_only=False)
    """Name below the environment's registry, for example ``content-service``."""

    tag: str
    """Tag, unless the environment gives all application images one."""

    digest: str | None = None
    """Content digest (``sha256:…``) of ``tag``, which then only tells people which version that is.
    Left out where the environment gives all application images a tag of its own. None runs what
    the tag names."""

    def problems(self) -> Iterator[Problem]:
        """Name, tag and digest."""
        yield from repository_problems("name", self.name)
        yield from tag_problems("tag", self.tag)
        if self.digest is not None:
            yield from digest_problems("digest", self.digest)


def image_body(image: Image | AppImage, images: Images) -> dict[str, str]:
    """``image`` and ``imagePullPolicy`` of a container."""
    digest = f"@{image.digest}" if image.digest else ""
    if isinstance(image, AppImage):
        # The digest is that of the app's own tag; beside another one it would win, unseen.
        version = images.tag or f"{image.tag}{digest}"
        reference = f"{images.registry}/{image.name}:{version}"
        return {"image": reference, "imagePullPolicy": images.pull_policy}
    tag = f":{image.tag}" if image.tag else ""
    policy = image.pull_policy or images.pull_policy
    return {"image": f"{image.repository}{tag}{digest}", "imagePullPolicy": policy}


def image_version(image: Image | AppImage, images: Images) -> str:
    """What ``app.kubernetes.io/version`` says."""
    if isinstance(image, AppImage):
        return images.tag or image.tag
    return image.tag or (image.digest or "")[len("sha256:") :][:12]
