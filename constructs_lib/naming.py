"""Names, label keys, and the one selector of a workload.

An object's name is the plain id it was given: no hash, no prefix, so that a name in an alert is
the name in the code. What Kubernetes would refuse is refused here with the reason.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from constructs_lib.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

NAME = "app.kubernetes.io/name"
INSTANCE = "app.kubernetes.io/instance"
PART_OF = "app.kubernetes.io/part-of"
COMPONENT = "app.kubernetes.io/component"
VERSION = "app.kubernetes.io/version"
MANAGED_BY = "app.kubernetes.io/managed-by"
TEAM = "team"
NAMESPACE_NAME = "kubernetes.io/metadata.name"
"""Set by the API server on every Namespace, so a policy can select a namespace by its name."""

LABEL_LIMIT = 63
OBJECT_LIMIT = 253
"""Of names that stand in no label and no host name, such as a Secret's."""

CRON_JOB_LIMIT = 52
"""A CronJob's name is followed by 11 characters of time in the names of its Jobs."""

PORT_NAME_LIMIT = 15

_PART = r"[a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*"
_REPOSITORY = re.compile(rf"(?:[A-Za-z0-9.-]+:[0-9]+/)?{_PART}(?:/{_PART})*")
_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}")
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
_LABEL = re.compile(r"[a-z]([-a-z0-9]*[a-z0-9])?")
_SUBDOMAIN = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
_PORT = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_KEY = re.compile(r"[-._A-Za-z0-9]+")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")
_LABEL_VALUE = re.compile(r"([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?")


def selector(name: str, instance: str) -> dict[str, str]:
    """The labels that select the pods of workload ``name`` of app ``instance``.

    Workload, Services, disruption budget, policies and monitors share this one. It can never be
    changed on a live Deployment, so it holds identity only: no version, team or environment.
    """
    return {NAME: name, INSTANCE: instance}


def label_value(text: str) -> str:
    """``text`` as a label value: other characters become ``-``, at most 63 of them."""
    return re.sub(r"[^A-Za-z0-9._-]", "-", text)[:LABEL_LIMIT].strip("-._")


def name_problems(field: str, name: str, *, limit: int = LABEL_LIMIT) -> Iterator[Problem]:
    """Whether ``name`` can name a Service and so every other kind.

    A ``limit`` above that of labels asks for less: a name that only objects such as Secrets have,
    which may hold dots.
    https://kubernetes.io/docs/concepts/overview/working-with-objects/names/
    """
    if not isinstance(name, str):
        yield Problem(field, name, "is no name", "write a string")
        return
    if limit > LABEL_LIMIT:
        if not _SUBDOMAIN.fullmatch(name):
            fix = "use lower case letters, digits, '-' and '.', alphanumeric at both ends"
            yield Problem(field, name, "is not a DNS name", fix)
    elif not _LABEL.fullmatch(name):
        fix = "use lower case letters, digits and '-', a letter first, no '-' at the end"
        yield Problem(field, name, "is not a DNS label", fix)
    if len(name) > limit:
        yield Problem(field, name, f"has {len(name)} characters", f"use at most {limit}")


def host_problems(field: str, host: str) -> Iterator[Problem]:
    """Whether ``host`` is a host name, with a wildcard as the whole first label at most."""
    bare = host.removeprefix("*.")
    if not _SUBDOMAIN.fullmatch(bare) or "." not in bare:
        yield Problem(field, host, "is not a host name", "write one such as api.example.com")
    elif len(host) > 253:  # noqa: PLR2004  (RFC 1123)
        yield Problem(field, host, f"has {len(host)} characters", "use at most 253")


def repository_problems(field: str, repository: str) -> Iterator[Problem]:
    """Whether ``repository`` can stand before an image's tag: registry and path."""
    if not _REPOSITORY.fullmatch(repository):
        fix = "write registry/name in lower case, without scheme, and the tag in its own field"
        yield Problem(field, repository, "is not a repository", fix)


def tag_problems(field: str, tag: str) -> Iterator[Problem]:
    """Whether ``tag`` names one version of an image."""
    if not _TAG.fullmatch(tag):
        yield Problem(field, tag, "is not a tag", "use letters, digits, '_', '.' and '-'")
    elif tag == "latest":
        why = "means another image tomorrow, and nothing to roll back to"
        yield Problem(field, tag, why, "pin a version")


def digest_problems(field: str, digest: str) -> Iterator[Problem]:
    """Whether ``digest`` names the content of an image."""
    if not _DIGEST.fullmatch(digest):
        fix = "write sha256: and 64 hexadecimal digits"
        yield Problem(field, digest, "is not a digest", fix)


def image_parts(image: str) -> tuple[str, str | None, str | None]:
    """Repository, tag and digest of ``repository:tag@digest``; the last two may be absent."""
    named, _, digest = image.partition("@")
    path, slash, last = named.rpartition("/")
    name, _, tag = last.partition(":")
    return f"{path}{slash}{name}", tag or None, digest or None


def image_problems(field: str, image: str) -> Iterator[Problem]:
    """Whether ``image`` is a full image name that is pinned to a version."""
    repository, tag, digest = image_parts(image)
    yield from repository_problems(field, repository)
    if tag is None and digest is None:
        yield Problem(field, image, "has neither tag nor digest", "pin one, as in 'nginx:1.29.4'")
    if tag is not None:
        yield from tag_problems(field, tag)
    if digest is not None:
        yield from digest_problems(field, digest)


def port_name_problems(field: str, name: str) -> Iterator[Problem]:
    """Whether ``name`` is an IANA service name, as container ports need."""
    letters = any(c.isalpha() for c in name)
    if not _PORT.fullmatch(name) or not letters or len(name) > PORT_NAME_LIMIT:
        fix = f"use at most {PORT_NAME_LIMIT} of a-z, 0-9 and single '-', a letter among them"
        yield Problem(field, name, "is not a port name", fix)


def protocol_problems(field: str, name: str) -> Iterator[Problem]:
    """Whether ``name`` can be the application protocol of a Service port.

    Names without a prefix are those of the IANA registry, which compares them without case.
    https://www.rfc-editor.org/rfc/rfc6335#section-5.1
    """
    kind = "an application protocol"
    prefixed = "/" in name
    if any(
        qualified_problems(field, name, kind=kind) if prefixed else port_name_problems("", name)
    ):
        fix = "write an IANA service name such as 'http' in lower case, or 'example.com/redis'"
        yield Problem(field, name, f"is not {kind}", fix)


def port_number_problems(field: str, number: int) -> Iterator[Problem]:
    """Whether ``number`` is a port."""
    if not 1 <= number <= 65535:  # noqa: PLR2004
        yield Problem(field, number, "is not a port number", "use 1 to 65535")


def variable_problems(field: str, name: str) -> Iterator[Problem]:
    """Whether ``name`` can name an environment variable."""
    if not _VARIABLE.fullmatch(name):
        fix = "use letters, digits, '_', '-' and '.', no digit first"
        yield Problem(field, name, "is not an environment variable name", fix)


def key_problems(field: str, key: str) -> Iterator[Problem]:
    """Whether ``key`` can be a key of a ConfigMap or Secret."""
    if not _KEY.fullmatch(key) or key in (".", ".."):
        fix = "use letters, digits, '-', '_' and '.'"
        yield Problem(field, key, "is no key of a ConfigMap or Secret", fix)


def label_map_problems(field: str, labels: Mapping[str, str]) -> Iterator[Problem]:
    """Whether ``labels`` are labels that an object may have."""
    for key, value in labels.items():
        yield from qualified_problems(field, key, kind="a label's key")
        yield from label_problems(f"{field}[{key!r}]", value)


def annotation_problems(field: str, annotations: Mapping[str, str]) -> Iterator[Problem]:
    """Whether ``annotations`` are annotations that an object may have."""
    for key in annotations:
        yield from qualified_problems(field, key.lower(), kind="an annotation's key")


def qualified_problems(field: str, key: str, *, kind: str) -> Iterator[Problem]:
    """Whether ``key`` is a qualified name: a label's key, an annotation's, a taint's."""
    if not isinstance(key, str):
        yield Problem(field, key, f"is not {kind}", "write a string")
        return
    prefix, _, name = key.rpartition("/")
    prefixed = "/" not in key or (_SUBDOMAIN.fullmatch(prefix) and len(prefix) <= OBJECT_LIMIT)
    if not name or not prefixed or any(label_problems(field, name)):
        fix = "use letters, digits, '-', '_' and '.', after a DNS name and '/' if you like"
        yield Problem(field, key, f"is not {kind}", fix)


def own_label_problems(field: str, labels: Mapping[str, str]) -> Iterator[Problem]:
    """Whether ``labels`` can stand beside those that say what an object belongs to."""
    yield from label_map_problems(field, labels)
    for key in (NAME, INSTANCE):
        if key in labels:
            why = "is part of the selector of the pods"
            yield Problem(field, key, why, "leave it out: the library sets it")


def label_problems(field: str, value: str) -> Iterator[Problem]:
    """Whether ``value`` can be a label's value."""
    fits = isinstance(value, str) and _LABEL_VALUE.fullmatch(value)
    if not fits or len(value) > LABEL_LIMIT:
        fix = "use at most 63 letters, digits, '-', '_' and '.', alphanumeric at both ends"
        yield Problem(field, value, "is not a label value", fix)
