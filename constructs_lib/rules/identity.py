"""What an object is known by in a cluster belongs to one object of a render."""

from collections import Counter
from collections.abc import Iterator, Sequence

from constructs_lib.rules.findings import Finding, Manifest, described, nearest
from constructs_lib.rules.fleet import Fleet
from constructs_lib.rules.pods import mapping, name_of, namespace_of, value_at
from constructs_lib.rules.selection import NOT_HERE

UNIQUE = "identity/unique"
SECRET_OWNER = "identity/one-secret-owner"  # noqa: S105  (a rule's name)
NO_LISTS = "identity/no-lists"
NAMESPACE = "identity/namespace"
NAMES = (UNIQUE, SECRET_OWNER, NO_LISTS, NAMESPACE)

_MAKING_POLICIES = (None, "Owner", "Orphan")
"""``spec.target.creationPolicy`` of an ExternalSecret that makes the Secret; ``Merge`` adds to one
that somebody else makes, ``None`` leaves it alone."""


def unique(manifests: Sequence[Manifest]) -> list[Finding]:
    """A finding for each API group, kind, namespace and name that several objects share.

    The version is no part of it: ``autoscaling/v1`` and ``autoscaling/v2`` serve the same objects.
    Objects without a name are left out, since the server makes one up from ``generateName``.
    """
    named = [m for m in manifests if name_of(m)]
    counts = Counter(map(identity_of, named))
    first = {identity_of(manifest): manifest for manifest in reversed(named)}
    return [
        Finding(
            rule=UNIQUE,
            object=described(first[identity]),
            message=f"{count} objects of API group {identity[0] or 'core'!r} have this identity, "
            "and the last one applied would replace the others",
            fix="render it once, or give each its own name",
        )
        for identity, count in counts.items()
        if count > 1
    ]


def one_secret_owner(manifests: Sequence[Manifest]) -> list[Finding]:
    """A finding for each Secret that is made by more than one object.

    Secrets make themselves; an ExternalSecret makes its target, a Certificate the Secret of its
    key. Whoever only refers to a Secret, such as an Ingress, makes none.
    """
    first: dict[tuple[str, str], Manifest] = {}
    findings: list[Finding] = []
    for manifest in manifests:
        for name in _secrets_of(manifest):
            namespace = str(mapping(manifest.get("metadata")).get("namespace") or "")
            other = first.setdefault((namespace, name), manifest)
            # Objects of one identity are the other rule's.
            if described(other) != described(manifest):
                message = f"makes Secret {name}, which {described(other)} makes as well"
                fix = "let one of them make it, or use another name"
                findings.append(Finding(SECRET_OWNER, described(manifest), message, fix))
    return findings


def _secrets_of(manifest: Manifest) -> Iterator[str]:
    """The names of the Secrets that will be there because of an object."""
    group = str(manifest.get("apiVersion", "")).rpartition("/")[0]
    own = value_at(manifest, "metadata.name")
    name = None
    match group, manifest.get("kind"):
        case "", "Secret":
            name = own
        case "external-secrets.io", "ExternalSecret":
            if value_at(manifest, "spec.target.creationPolicy") in _MAKING_POLICIES:
                name = value_at(manifest, "spec.target.name") or own
        case "cert-manager.io", "Certificate":
            name = value_at(manifest, "spec.secretName")
    if name:
        yield str(name)


def no_lists(manifests: Sequence[Manifest]) -> list[Finding]:
    """No object is a List: what it holds would pass every other rule unseen."""
    return [
        Finding(
            rule=NO_LISTS,
            object=described(manifest),
            message=f"holds {len(manifest['items'])} objects that no rule sees",
            fix="render its items one by one",
        )
        for manifest in manifests
        if str(manifest.get("kind", "")).endswith("List")
        and isinstance(manifest.get("items"), list)
    ]


def identity_of(manifest: Manifest) -> tuple[str, str, str, str]:
    """What makes an object the same one at the next apply: API group, kind, namespace and name."""
    metadata = manifest["metadata"]
    group = str(manifest.get("apiVersion", "")).rpartition("/")[0]
    namespace = str(metadata.get("namespace") or "")
    return group, str(manifest.get("kind")), namespace, str(metadata["name"])


def namespaces(manifests: Sequence[Manifest]) -> list[Finding]:
    """A finding for each namespace that objects are in and nobody makes: no object gets there."""
    fleet = Fleet.of(manifests)
    missing: dict[str, list[Manifest]] = {}
    for manifest in fleet:
        place = namespace_of(manifest)
        if place and place not in fleet.places:
            missing.setdefault(place, []).append(manifest)
    return [_nowhere(fleet, place, found) for place, found in missing.items()]


def _nowhere(fleet: Fleet, place: str, found: Sequence[Manifest]) -> Finding:
    what = f"is one of {len(found)} objects" if len(found) > 1 else "is"
    message = f"{what} in namespace {place}, which nothing renders; "
    message += nearest(place, fleet.namespaces)
    fix = (
        f"correct its name, render it, or list 'Namespace {place}' in Known.objects if somebody "
        "else makes it"
    )
    # A client renders the way in beside the service that it calls.
    if all(manifest.get("kind") == "NetworkPolicy" for manifest in found):
        fix = NOT_HERE
    return Finding(NAMESPACE, described(found[0]), message, fix)
