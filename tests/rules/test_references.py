"""References to objects, and keys of them, that will not be there."""

from typing import Any

import pytest

from constructs_lib.rules import Known
from tests.rules.shop import API, GONE, KNOWN, POD, Break, Change, check, found

CERTIFICATE = "Certificate web"
EXTERNAL = "ExternalSecret db"
URL = f"{API}.env.0.valueFrom.secretKeyRef"

BREAKS = (
    Break(
        "references/config-map",
        Change("Deployment api", f"{API}.envFrom.0.configMapRef.name", "api-confg"),
        "envFrom[0] needs ConfigMap shop/api-confg; the nearest is api-config",
    ),
    Break(
        "references/config-map",
        Change("Deployment api", f"{API}.env.1.valueFrom.configMapKeyRef.key", "LOGLEVEL"),
        "env[LOG_LEVEL] needs key LOGLEVEL of ConfigMap api-config; the nearest is LOG_LEVEL",
    ),
    Break(
        "references/config-map",
        Change("Deployment api", f"{POD}.volumes.0.configMap.items.0.key", "mot"),
        "volumes[motd] needs key mot of ConfigMap api-config; the nearest is motd",
    ),
    Break(
        "references/config-map",
        Change("Role api", "rules.0.resourceNames", ["api-conf"]),
        "rules[0].resourceNames needs ConfigMap shop/api-conf; the nearest is api-config",
    ),
    Break(
        "references/secret",
        Change("Deployment api", f"{URL}.name", "dbs"),
        "env[DATABASE_URL] needs Secret shop/dbs; the nearest is db",
    ),
    Break(
        "references/secret",
        Change(EXTERNAL, "spec.data.0.secretKey", "URL"),
        "env[DATABASE_URL] needs key DATABASE_URL of Secret db; there is URL",
        "Deployment shop/api",
    ),
    Break(
        "references/secret",
        Change("ServiceAccount api", "imagePullSecrets", [{"name": "registry"}]),
        "imagePullSecrets needs Secret shop/registry; there is db, web-tls",
    ),
    Break(
        "references/secret",
        Change("Ingress web", "spec.tls.0.secretName", "db"),
        "spec.tls[0] needs key tls.crt, tls.key of Secret db; there is DATABASE_URL",
    ),
    Break(
        "references/service-account",
        Change("Deployment api", f"{POD}.serviceAccountName", "apu"),
        "serviceAccountName is shop/apu; the nearest is api",
    ),
    Break(
        "references/service-account",
        Change("RoleBinding api", "subjects.0.name", "apu"),
        "subjects[0] is shop/apu; the nearest is api",
    ),
    Break(
        "references/claim",
        Change("CronJob backup", "spec.jobTemplate.spec.template.spec.volumes.0", {
            "name": "data", "persistentVolumeClaim": {"claimName": "data-db-1"}
        }),
        "volumes[data].persistentVolumeClaim needs claim shop/data-db-1; the nearest is data-db-0",
    ),
    Break(
        "references/volume",
        Change("Deployment api", f"{API}.volumeMounts.0.name", "modt"),
        "volumeMounts[modt] is no volume of the pod; the nearest is motd",
    ),
    Break(
        "references/role",
        Change("RoleBinding api", "roleRef.name", "apis"),
        "roleRef needs Role shop/apis; the nearest is api",
    ),
)  # fmt: skip


@pytest.mark.parametrize("broken", BREAKS)
def test_what_is_not_there_is_found(broken: Break) -> None:
    check(broken)


def secret(source: Any) -> Change:
    return Change("Deployment api", f"{API}.env.0.valueFrom.secretKeyRef", source)


ISSUED = {"cert-manager.io/cluster-issuer": "letsencrypt"}
LISTENER = "spec.listeners.0.tls.certificateRefs.0.name"
ROOT = {"sources": [{"configMap": {"name": "kube-root-ca.crt"}}]}
ELECTION = {"resources": ["configmaps"], "resourceNames": ["leader"], "verbs": ["get", "update"]}
THEIRS = {"kind": "ServiceAccount", "name": "x", "namespace": "theirs"}

THERE = {
    "optional": (secret({"name": "no", "key": "k", "optional": True}),),
    "keys that nobody lists": (
        Change(EXTERNAL, "spec.dataFrom", [{}]),
        secret({"name": "db", "key": "x"}),
    ),
    "keys of a template": (
        Change(EXTERNAL, "spec.target.template", {"data": {"DSN": "{{ .x }}"}}),
        secret({"name": "db", "key": "DSN"}),
    ),
    "keystores": (
        Change(CERTIFICATE, "spec.keystores", {"jks": {}}),
        secret({"name": "web-tls", "key": "keystore.jks"}),
    ),
    "a certificate by annotation": (
        Change(CERTIFICATE, "spec.secretName", "other"),
        Change("Gateway edge", LISTENER, "other"),
        Change("Ingress web", "metadata.annotations", ISSUED),
    ),
    "the controller's own certificate": (Change("Ingress web", "spec.tls.0.secretName", GONE),),
    "what every namespace has": (
        Change("Deployment api", f"{POD}.volumes.0", {"name": "motd", "projected": ROOT}),
    ),
    "the account of every namespace": (
        Change("Deployment api", f"{POD}.serviceAccountName", "default"),
    ),
    "what its writer makes": (Change("Role api", "rules.0", ELECTION),),
    "roles of the cluster": (
        Change("RoleBinding api", "roleRef", {"kind": "ClusterRole", "name": "view"}),
    ),
    "accounts of others": (Change("RoleBinding api", "subjects.0", THEIRS),),
}


@pytest.mark.parametrize("changes", THERE.values(), ids=THERE.keys())
def test_what_will_be_there_is_accepted(changes: tuple[Change, ...]) -> None:
    assert found(*changes) == []


def test_what_others_make_is_listed() -> None:
    change = secret({"name": "theirs", "key": "URL"})
    for keys, findings in ((("URL",), 0), ((), 0), (("OTHER",), 1)):
        known = KNOWN.joined(Known(objects={"Secret shop/theirs": keys}))
        assert len(found(change, known=known)) == findings


def test_an_object_of_another_namespace_is_none_of_this_one() -> None:
    known = KNOWN.joined(Known(objects={"Secret other/theirs": ()}))
    (finding,) = found(secret({"name": "theirs", "key": "URL"}), known=known)
    assert finding.rule == "references/secret"
    assert finding.fix.startswith("make it an AppSecret (source=ExistingSecret()")


def test_projected_keys_are_looked_for() -> None:
    sources = [{"secret": {"name": "db", "items": [{"key": "PASSWORD", "path": "p"}]}}]
    volume = {"name": "motd", "projected": {"sources": sources}}
    (finding,) = found(Change("Deployment api", f"{POD}.volumes.0", volume))
    assert "projected.sources[0] needs key PASSWORD of Secret db" in finding.message
