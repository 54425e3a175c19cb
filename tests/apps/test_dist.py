"""dist/: what is committed is what is rendered, and what is rendered works in a cluster."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import Any

import pytest
import yaml

from apps.environments import ENVIRONMENTS
from constructs_lib.output import HEADER, checked, texts
from constructs_lib.rules.findings import Finding
from constructs_lib.rules.pod_security import numeric_user, restricted
from main import build
from tests import schemas
from tests.apps.rendered import Document, Rendered, all_containers, pod_spec, selects, template_of

PROJECT = Path(__file__).parents[2]
DIST = PROJECT / "dist"
FOLDERS = sorted(path.parent.relative_to(DIST) for path in DIST.glob("*/*/kustomization.yaml"))

OF_NO_NAMESPACE = {"Namespace", "ClusterRole", "ClusterRoleBinding"}
_WATCHING = {"Role", "RoleBinding"}

# In the requirements, so no secret wherever else they stand.
NOT_SECRET = {"nova_messaging", "kafka:9092", "http://clickhouse:8123"}


def _files(folder: Path) -> dict[PurePosixPath, str]:
    return {
        PurePosixPath(path.relative_to(folder).as_posix()): path.read_bytes().decode()
        for path in folder.rglob("*")
        if path.is_file()
    }


def _render_to(folder: Path, *, hash_seed: str = "0") -> None:
    variables = {**os.environ, "CDK8S_OUTDIR": str(folder), "PYTHONHASHSEED": hash_seed}
    subprocess.run([sys.executable, "main.py"], cwd=PROJECT, env=variables, check=True)


def test_committed_files_are_what_is_rendered() -> None:
    committed, rendered = _files(DIST), texts(checked(*build(*ENVIRONMENTS)))

    assert committed.keys() == rendered.keys()
    for path, text in rendered.items():
        assert committed[path] == text, f"dist/{path} is out of date: run make synth"


def test_every_app_is_there_for_every_environment() -> None:
    apps = {
        *("nova-messaging", "nova-platform", "nova-data", "nova-services"),
        *("catga", "observability"),
    }

    assert {folder.parts for folder in FOLDERS} == {
        (environment.name, app) for environment in ENVIRONMENTS for app in apps
    }


def test_rendering_gives_the_same_bytes_every_time(tmp_path: Path) -> None:
    for seed in ("1", "2"):
        _render_to(tmp_path / seed, hash_seed=seed)

    assert _files(tmp_path / "1") == _files(tmp_path / "2")


def test_rendering_removes_only_what_it_once_rendered(tmp_path: Path) -> None:
    stale = [
        "prod/gone/gone.k8s.yaml",
        "prod/gone/kustomization.yaml",
        "prod/nova-platform/gone.k8s.yaml",
        "gone/nova-platform/nova-platform.k8s.yaml",
    ]
    foreign = [
        "README.md",
        "prod/nova-platform/notes.txt",
        "prod/nova-platform/own.k8s.yaml",
        "prod/patches/more.yaml",
        "flux/system/kustomization.yaml",
    ]
    for name in (*stale, *foreign):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{HEADER if name in stale else ''}here: before\n")
    (tmp_path / "prod/empty").mkdir()

    _render_to(tmp_path)

    assert _files(tmp_path).keys() == _files(DIST).keys() | set(map(PurePosixPath, foreign))
    assert not (tmp_path / "gone").exists()
    assert not (tmp_path / "prod/gone").exists()
    assert (tmp_path / "prod/empty").exists()


@pytest.mark.skipif(shutil.which("kubectl") is None, reason="kubectl is not on PATH")
@pytest.mark.parametrize("folder", FOLDERS, ids=str)
def test_kustomize_builds_the_folder(folder: Path) -> None:
    command = ["kubectl", "kustomize", str(DIST / folder)]
    built = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    files = sorted((DIST / folder).glob("*.k8s.yaml"))

    assert _by_identity(built) == _by_identity("---\n".join(f.read_text() for f in files))


@pytest.mark.parametrize("name", ["dev", "prod"])
def test_no_secret_value_leaves_development(name: str, request: pytest.FixtureRequest) -> None:
    rendered: Rendered = request.getfixturevalue(name)
    own: Rendered = request.getfixturevalue("local")
    groups = [item["stringData"] for item in own.every("Secret")]
    literals = {value for group in groups for value in group.values()} - NOT_SECRET

    assert not rendered.every("Secret")
    assert not literals & {text for item in rendered.objects for text in _texts(item)}


@pytest.mark.parametrize("rule", [restricted, numeric_user])
def test_every_pod_passes(rule: Callable[[list[Document]], list[Finding]], every: Rendered) -> None:
    assert list(map(str, rule(every.objects))) == []


def test_api_servers_accept_every_object(every: Rendered) -> None:
    versions = {every.environment.cluster.kubernetes, schemas.newest_version()}
    own = [item for item in every.objects if not schemas.is_custom(item)]

    assert [p for v in versions for item in own for p in schemas.kubernetes_problems(item, v)] == []


def test_operators_accept_every_object(every: Rendered, crd_folder: Path) -> None:
    custom = [item for item in every.objects if schemas.is_custom(item)]

    assert [p for item in custom for p in schemas.custom_resource_problems(item, crd_folder)] == []


def test_names_and_namespaces_are_given(every: Rendered) -> None:
    for item in every.objects:
        metadata = item["metadata"]
        assert metadata["name"]
        assert ("namespace" in metadata) == (item["kind"] not in OF_NO_NAMESPACE)


def test_every_file_starts_with_the_namespace_it_needs(every: Rendered) -> None:
    namespaces = {item["metadata"]["name"] for item in every.every("Namespace")}
    for objects in every.files.values():
        first, *others = objects
        assert first["kind"] == "Namespace"
        for item in others:
            if item["kind"] in OF_NO_NAMESPACE:
                continue
            place, home = item["metadata"]["namespace"], first["metadata"]["name"]
            # Who uses what another system has lets itself in there; who watches it is let look,
            # and both stacks watch certificates, which are made in a namespace of the cluster's.
            abroad = {"NetworkPolicy"} | (_WATCHING if home == "observability" else set())
            there = item["kind"] in abroad and place in namespaces
            certificates = item["kind"] in _WATCHING and place == "cert-manager"
            assert there or certificates or place == home


def test_nothing_is_empty(every: Rendered) -> None:
    allowed = {"podSelector", "apiGroups"}
    empty = [
        (item["kind"], item["metadata"]["name"], path)
        for item in every.objects
        for path, value in _leaves(item)
        if value in (None, "", [], {})
        and not allowed & set(path.split("."))
        # A variable that is set to nothing says so; one that is not set would be another thing.
        and not path.endswith(".env.value")
    ]

    assert empty == []


def test_selectors_match_pods(every: Rendered) -> None:
    for kind in ("Service", "PodDisruptionBudget", "NetworkPolicy"):
        for item in every.every(kind):
            if selector := _selector(item):
                labels = _template_labels(every, item["metadata"]["namespace"])
                assert [found for found in labels if selects(selector, found)], item["metadata"]


def test_workloads_select_their_own_pods(every: Rendered) -> None:
    for item in (*every.every("Deployment"), *every.every("StatefulSet")):
        labels = item["spec"]["template"]["metadata"]["labels"]
        assert selects(item["spec"]["selector"]["matchLabels"], labels)
        namespace = item["metadata"]["namespace"]
        others = [found for found in _template_labels(every, namespace) if found != labels]
        assert not [o for o in others if selects(item["spec"]["selector"]["matchLabels"], o)]


def test_spreads_count_their_own_pods(every: Rendered) -> None:
    for item in every.workloads():
        labels = template_of(item)["metadata"]["labels"]
        for constraint in pod_spec(item).get("topologySpreadConstraints", ()):
            assert selects(constraint["labelSelector"]["matchLabels"], labels)


def test_one_workload_for_each_service(every: Rendered) -> None:
    for item in every.every("Service"):
        if selector := item["spec"].get("selector"):
            labels = _template_labels(every, item["metadata"]["namespace"])
            assert len([found for found in labels if selects(selector, found)]) == 1


def test_target_ports_exist(every: Rendered) -> None:
    for item in every.every("Service"):
        ports = _pod_ports(every, item) | _slice_ports(every, item)
        if item["spec"]["type"] != "ExternalName":
            # A headless one may have none: it gives pods their names.
            for port in item["spec"].get("ports", ()):
                assert (port["targetPort"], port["protocol"]) in ports


def test_probes_ask_ports_that_exist(every: Rendered) -> None:
    for workload in every.workloads():
        for container in all_containers(workload):
            named = {port["name"] for port in container.get("ports", ())}
            for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
                check = container.get(probe, {})
                action = check.get("httpGet") or check.get("tcpSocket")
                assert action is None or action["port"] in named


def test_references_to_secrets_exist(every: Rendered) -> None:
    for workload in every.workloads():
        keys = _secret_keys(every, workload["metadata"]["namespace"])
        for container in all_containers(workload):
            for variable in container.get("env", ()):
                if ref := variable.get("valueFrom", {}).get("secretKeyRef"):
                    assert ref["key"] in keys[ref["name"]]
        for volume in pod_spec(workload).get("volumes", ()):
            if (source := volume.get("secret")) and not source.get("optional"):
                assert source["secretName"] in keys


def test_references_to_config_maps_exist(every: Rendered) -> None:
    for workload in every.workloads():
        namespace = workload["metadata"]["namespace"]
        maps = {
            m["metadata"]["name"]: m["data"] for m in every.every("ConfigMap", namespace=namespace)
        }
        for container in all_containers(workload):
            for source in container.get("envFrom", ()):
                assert source["configMapRef"]["name"] in maps
        for volume in pod_spec(workload).get("volumes", ()):
            if source := volume.get("configMap"):
                # Without items all keys are files.
                assert {item["key"] for item in source.get("items", ())} <= maps[
                    source["name"]
                ].keys()


def test_references_to_accounts_exist(every: Rendered) -> None:
    for workload in every.workloads():
        namespace = workload["metadata"]["namespace"]
        accounts = every.every("ServiceAccount", namespace=namespace)
        names = {account["metadata"]["name"] for account in accounts}
        assert pod_spec(workload)["serviceAccountName"] in names


def test_mounts_have_their_volumes(every: Rendered) -> None:
    for workload in every.workloads():
        claims = workload["spec"].get("volumeClaimTemplates", ())
        volumes = {
            *(volume["name"] for volume in pod_spec(workload).get("volumes", ())),
            *(claim["metadata"]["name"] for claim in claims),
        }
        mounted = {
            mount["name"]
            for container in all_containers(workload)
            for mount in container.get("volumeMounts", ())
        }
        assert mounted == volumes


def test_ingresses_lead_to_services(every: Rendered) -> None:
    for ingress in every.every("Ingress"):
        for rule in ingress["spec"]["rules"]:
            for path in rule["http"]["paths"]:
                target = path["backend"]["service"]
                service = every(
                    "Service", target["name"], namespace=ingress["metadata"]["namespace"]
                )
                numbers = {port["port"] for port in service["spec"]["ports"]}
                assert target["port"]["number"] in numbers


def test_certificates_can_be_issued(every: Rendered) -> None:
    for certificate in every.every("Certificate"):
        namespace = certificate["metadata"]["namespace"]
        # cert-manager's pod that answers the challenge, as the controller reaches it.
        rules = [
            (rule["from"][0]["podSelector"]["matchLabels"], rule["ports"])
            for policy in every.every("NetworkPolicy", namespace=namespace)
            if policy["spec"]["podSelector"].get("matchLabels")
            == {"acme.cert-manager.io/http01-solver": "true"}
            and "Ingress" in policy["spec"]["policyTypes"]
            for rule in policy["spec"]["ingress"]
        ]
        controller = every.environment.cluster.ingress_pods
        assert controller is not None
        assert rules == [(controller.labels, [{"protocol": "TCP", "port": 8089}])]


def test_pods_have_time_to_stop(every: Rendered) -> None:
    for workload in every.workloads():
        pod = pod_spec(workload)
        for container in pod["containers"]:
            before = container.get("lifecycle", {}).get("preStop", {}).get("sleep", {})
            assert before.get("seconds", 0) < pod["terminationGracePeriodSeconds"]


def _by_identity(text: str) -> dict[tuple[str, str, str], Any]:
    return {
        (item["kind"], item["metadata"].get("namespace", ""), item["metadata"]["name"]): item
        for item in yaml.safe_load_all(text)
    }


def _leaves(node: object, path: str = "") -> Iterator[tuple[str, object]]:
    """Every value that holds no other, with the path to it."""
    if isinstance(node, dict) and node:
        for key, value in node.items():
            yield from _leaves(value, f"{path}.{key}")
    elif isinstance(node, list) and node:
        for value in node:
            yield from _leaves(value, path)
    else:
        yield path, node


def _texts(node: object) -> Iterator[str]:
    yield from (value for _, value in _leaves(node) if isinstance(value, str))


def _selector(item: Document) -> dict[str, str]:
    """Labels of the pods that the object is about; none for all, or for pods made elsewhere."""
    spec = item["spec"]
    labels: dict[str, str] = {
        "Service": lambda: spec.get("selector", {}),
        "PodDisruptionBudget": lambda: spec["selector"]["matchLabels"],
        "NetworkPolicy": lambda: spec["podSelector"].get("matchLabels", {}),
    }[item["kind"]]()
    return {} if any(key.startswith("acme.cert-manager.io/") for key in labels) else labels


def _template_labels(rendered: Rendered, namespace: str) -> list[dict[str, str]]:
    return [
        template_of(item)["metadata"]["labels"] for item in rendered.workloads(namespace=namespace)
    ]


def _pod_ports(rendered: Rendered, service: Document) -> set[tuple[str, str]]:
    selector, namespace = service["spec"].get("selector"), service["metadata"]["namespace"]
    return {
        (port["name"], port["protocol"])
        for item in rendered.workloads(namespace=namespace)
        if selector and selects(selector, template_of(item)["metadata"]["labels"])
        for container in pod_spec(item)["containers"]
        for port in container.get("ports", ())
    }


def _slice_ports(rendered: Rendered, service: Document) -> set[tuple[str, str]]:
    metadata = service["metadata"]
    return {
        (port["name"], port["protocol"])
        for item in rendered.every("EndpointSlice", namespace=metadata["namespace"])
        if item["metadata"]["labels"]["kubernetes.io/service-name"] == metadata["name"]
        for port in item["ports"]
    }


def _secret_keys(rendered: Rendered, namespace: str) -> dict[str, set[str]]:
    """Keys of each Secret that there will be."""
    made = {
        item["spec"]["target"]["name"]: {entry["secretKey"] for entry in item["spec"]["data"]}
        for item in rendered.every("ExternalSecret", namespace=namespace)
    }
    written = {
        item["metadata"]["name"]: set(item["stringData"])
        for item in rendered.every("Secret", namespace=namespace)
    }
    return {**made, **written}
