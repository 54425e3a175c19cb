"""What rows ask of services besides, over all services that there are."""

# ruff: noqa: N802  (a test bears the id of its row)

import re

import pytest

from tests.apps.rendered import (
    Document,
    Rendered,
    all_containers,
    amounts,
    main_container,
    pod_spec,
    ports_of,
    probed,
    selects,
    template_of,
)

SERVICES = "nova-services"
CATGA = "catga-cluster"


def _settings(rendered: Rendered, deployment: Document) -> dict[str, str]:
    """What all ConfigMaps give that its first container reads as a whole."""
    found: dict[str, str] = {}
    for source in main_container(deployment).get("envFrom", ()):
        name, namespace = source["configMapRef"]["name"], deployment["metadata"]["namespace"]
        found |= rendered("ConfigMap", name, namespace=namespace)["data"]
    return found


def _own(rendered: Rendered) -> list[Document]:
    """Deployments of our own images, or of what stands in for them."""
    registry = rendered.environment.images.registry
    stand_in = rendered.environment.images.stand_in
    return [
        item
        for item in rendered.every("Deployment")
        if main_container(item)["image"].startswith(registry)
        or (main_container(item)["image"] == stand_in and "envFrom" in main_container(item))
    ]


def test_E4_nothing_at_a_start_names_another_service(every: Rendered) -> None:
    deployments = every.every("Deployment", namespace=SERVICES)
    names = {item["metadata"]["name"] for item in deployments}
    for item in deployments:
        name, container = item["metadata"]["name"], main_container(item)
        waits = _settings(every, item).get("STARTUP_WAIT_FOR", "")
        hosts = {place.partition(".")[0] for place in waits.split(",")}

        assert not hosts & names, name
        assert "initContainers" not in pod_spec(item), name
        assert "postStart" not in container.get("lifecycle", {}), name
        if every.environment.name != "local":
            assert not {"command", "args"} & container.keys(), name


def test_E4_health_is_a_services_own_and_asks_nobody(every: Rendered) -> None:
    for item in every.every("Deployment", namespace=SERVICES):
        container = main_container(item)
        own = {number for number, _ in ports_of(container)}
        for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
            if probe in container and "httpGet" in container[probe]:
                assert "host" not in container[probe]["httpGet"]
                assert probed(container, probe)[1] in own


def test_E6_every_consumer_says_when_work_is_done_and_where_failures_go(every: Rendered) -> None:
    consumers = 0
    groups: dict[str, str] = {}
    for item in every.every("ConfigMap", namespace=SERVICES):
        data = item["data"]
        for key in [name for name in data if name.endswith("_CONSUMER_GROUP")]:
            section, group = key.removesuffix("_GROUP"), data[key]
            topics = data[f"{section}_TOPICS"].split(",")
            changes = all(topic.startswith("cdc.") for topic in topics)
            consumers += 1

            assert data[f"{section}_ENABLE_AUTO_COMMIT"] == "false"
            assert data[f"{section}_DONE"] == ("with-result" if changes else "after-work")
            assert int(data[f"{section}_RETRIES"]) > 0
            assert int(data[f"{section}_RETRY_DELAY_MS"]) > 0
            assert data[f"{section}_DEAD_LETTER_TOPIC"] not in topics
            assert groups.setdefault(group, item["metadata"]["name"]) == item["metadata"]["name"]
    assert consumers == 3


def test_E7_accounts_are_rendered_one_each_without_a_token(every: Rendered) -> None:
    accounts = {
        item["metadata"]["name"] for item in every.every("ServiceAccount", namespace=SERVICES)
    }
    deployments = [item for item in _own(every) if item["metadata"]["namespace"] == SERVICES]
    used = [pod_spec(item)["serviceAccountName"] for item in deployments]

    assert len(used) >= 5
    assert len(set(used)) == len(used)
    assert set(used) <= accounts
    assert all(pod_spec(item)["automountServiceAccountToken"] is False for item in deployments)


def test_E7_each_is_scaled_by_its_own_autoscaler(prod: Rendered) -> None:
    for item in prod.every("Deployment", namespace=SERVICES):
        name = item["metadata"]["name"]
        spec = prod("HorizontalPodAutoscaler", name, namespace=SERVICES)["spec"]
        labels = template_of(item)["metadata"]["labels"]
        (term,) = pod_spec(item)["affinity"]["podAntiAffinity"][
            "preferredDuringSchedulingIgnoredDuringExecution"
        ]

        assert (spec["scaleTargetRef"]["kind"], spec["scaleTargetRef"]["name"]) == (
            "Deployment",
            name,
        )
        assert spec["minReplicas"] < spec["maxReplicas"]
        assert term["podAffinityTerm"]["topologyKey"] == "kubernetes.io/hostname"
        assert selects(term["podAffinityTerm"]["labelSelector"]["matchLabels"], labels)
        assert "replicas" not in item["spec"], "an apply would undo the autoscaler"


@pytest.mark.parametrize("name", ["order-api", "order-service", "notification-service"])
def test_G3_G4_G5_liveness_and_readiness_ask_health(every: Rendered, name: str) -> None:
    container = main_container(every("Deployment", name, namespace=CATGA))
    for probe in ("readinessProbe", "livenessProbe"):
        assert probed(container, probe) == ("/health", 8080)


def test_G5_two_to_ten_small_pods(prod: Rendered) -> None:
    name = "notification-service"
    spec = prod("HorizontalPodAutoscaler", name, namespace=CATGA)["spec"]
    resources = main_container(prod("Deployment", name, namespace=CATGA))["resources"]
    (metric,) = spec["metrics"]

    assert (spec["minReplicas"], spec["maxReplicas"]) == (2, 10)
    assert (metric["resource"]["name"], metric["resource"]["target"]["averageUtilization"]) == (
        "cpu",
        70,
    )
    assert amounts(resources["requests"]) == amounts({"cpu": "50m", "memory": "64Mi"})
    assert amounts(resources["limits"]) == amounts({"cpu": "200m", "memory": "128Mi"})


def test_G11_no_service_or_route_leads_to_the_stores_from_outside(every: Rendered) -> None:
    stores = [template_of(item) for item in every.every("StatefulSet", namespace=CATGA)]
    outside = [
        item
        for item in every.every("Service", namespace=CATGA)
        if item["spec"].get("type") in ("LoadBalancer", "NodePort") or "externalIPs" in item["spec"]
    ]

    assert len(stores) >= 2
    for service in outside:
        selector = service["spec"]["selector"]
        assert not [s for s in stores if selects(selector, s["metadata"]["labels"])]
    assert not every.every("HTTPRoute") + every.every("TCPRoute")
    published = {
        service
        for item in every.every("Ingress", namespace=CATGA)
        for rule in item["spec"]["rules"]
        for path in rule["http"]["paths"]
        for service in [path["backend"]["service"]["name"]]
    }
    assert published == {"grafana"}


def test_M1_no_service_is_forgotten(every: Rendered) -> None:
    own = _own(every)

    assert len(own) >= 13
    for item in own:
        name = f"{item['metadata']['namespace']}/{item['metadata']['name']}"
        assert _settings(every, item).get("LOG_FORMAT") == "json", name


def test_M1_nothing_is_logged_to_files(every: Rendered) -> None:
    for item in _own(every):
        for container in all_containers(item):
            variables = {entry["name"] for entry in container.get("env", ())}
            keys = variables | _settings(every, item).keys()
            assert container["securityContext"]["readOnlyRootFilesystem"] is True
            assert not [key for key in keys if re.search(r"LOG_?(FILE|PATH|DIR)", key)]
            for mount in container.get("volumeMounts", ()):
                assert not mount["mountPath"].startswith("/var/log"), mount
