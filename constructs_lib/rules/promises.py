"""The Secrets and ConfigMaps that there will be because of what is rendered, and their keys."""

from collections.abc import Iterator, Mapping, Sequence

from constructs_lib.rules.findings import Manifest
from constructs_lib.rules.pods import entries, group_of, mapping, name_of, namespace_of, value_at

Keys = frozenset[str] | None
"""The keys of a Secret or ConfigMap; None where they cannot be told, so any may be there."""

_TLS = frozenset({"tls.crt", "tls.key"})
_CERTIFICATE = _TLS | {"ca.crt"}
_ISSUED = ("cert-manager.io/cluster-issuer", "cert-manager.io/issuer", "kubernetes.io/tls-acme")
"""Annotations that have cert-manager make the Secrets that an Ingress or a Gateway names."""


def secret_keys(manifests: Sequence[Manifest]) -> Mapping[tuple[str, str], Keys]:
    """The keys of every Secret, by namespace and name: rendered ones, and those promised.

    An ExternalSecret promises its target, a SealedSecret the Secret of its name, a Certificate the
    Secret of its key pair.
    """
    found: dict[tuple[str, str], Keys] = {}
    for manifest in manifests:
        for name, keys in _secrets(manifest):
            place = (namespace_of(manifest), name)
            before = found.get(place, frozenset())
            # Several may add keys to one Secret.
            found[place] = None if keys is None or before is None else before | keys
    return found


def config_map_keys(manifests: Sequence[Manifest]) -> Mapping[tuple[str, str], Keys]:
    """The keys of every rendered ConfigMap, by namespace and name."""
    return {
        (namespace_of(m), name_of(m)): frozenset(
            {*mapping(m.get("data")), *mapping(m.get("binaryData"))}
        )
        for m in manifests
        if m.get("kind") == "ConfigMap" and m.get("apiVersion") == "v1"
    }


def _secrets(manifest: Manifest) -> Iterator[tuple[str, Keys]]:
    match group_of(manifest), manifest.get("kind"):
        case "", "Secret":
            yield name_of(manifest), _of_secret(manifest)
        case "external-secrets.io", "ExternalSecret":
            target = value_at(manifest, "spec.target.name")
            yield str(target or name_of(manifest)), _of_external_secret(manifest)
        case "bitnami.com", "SealedSecret":
            keys = frozenset(mapping(value_at(manifest, "spec.encryptedData")))
            yield name_of(manifest), keys
        case "cert-manager.io", "Certificate":
            yield str(value_at(manifest, "spec.secretName")), _of_certificate(manifest)
        case _:
            for name in _issued(manifest):
                yield name, _CERTIFICATE


def _issued(manifest: Manifest) -> Iterator[str]:
    """The Secrets that cert-manager makes for an Ingress or a Gateway."""
    if mapping(value_at(manifest, "metadata.annotations")).keys().isdisjoint(_ISSUED):
        return
    for entry in entries(manifest, "spec.tls"):
        yield str(entry.get("secretName"))
    for listener in entries(manifest, "spec.listeners"):
        for reference in entries(listener, "tls.certificateRefs"):
            yield str(reference.get("name"))


def _of_secret(manifest: Manifest) -> Keys:
    # The API server fills a token's in.
    if manifest.get("type") == "kubernetes.io/service-account-token":
        return None
    return frozenset({*mapping(manifest.get("data")), *mapping(manifest.get("stringData"))})


def _of_external_secret(manifest: Manifest) -> Keys:
    """https://external-secrets.io/latest/api/externalsecret/ ."""
    if value_at(manifest, "spec.dataFrom") or value_at(
        manifest, "spec.target.template.templateFrom"
    ):
        return None
    own = frozenset(str(entry.get("secretKey")) for entry in entries(manifest, "spec.data"))
    made = mapping(value_at(manifest, "spec.target.template.data"))
    if value_at(manifest, "spec.target.template.mergePolicy") == "Merge":
        return own | frozenset(made)
    return frozenset(made) or own


def _of_certificate(manifest: Manifest) -> Keys:
    """https://cert-manager.io/docs/reference/api-docs/#cert-manager.io/v1.CertificateSpec ."""
    further = ("keystores", "additionalOutputFormats")
    if any(value_at(manifest, f"spec.{name}") for name in further):
        return None
    return _CERTIFICATE
