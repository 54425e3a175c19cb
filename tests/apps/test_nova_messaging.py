"""nova-messaging in prod, row by row of its requirements."""

# ruff: noqa: N802  (a test bears the id of its row)

import base64
from collections import Counter
from collections.abc import Iterator
from fnmatch import fnmatch

import pytest

from tests.apps.rendered import (
    ANYBODY,
    Document,
    Flow,
    Rendered,
    all_containers,
    amounts,
    annotation,
    main_container,
    pod_spec,
    ports_of,
    probed,
    routes,
    secret_variables,
    selects,
    served,
)

NAMESPACE = "nova-messaging"
NAME = "messaging-service"
SECRET_KEYS = {
    "POSTGRES_PASSWORD",
    "POSTGRES_DB",
    "DATABASE_URL",
    "REDIS_URL",
    "REDIS_PASSWORD",
    "JWT_PUBLIC_KEY_PEM",
    "SECRETBOX_KEY_B64",
    "KAFKA_BROKERS",
}
TURN_PORTS = {(3478, "UDP"), (3478, "TCP")} | {(n, "UDP") for n in range(49160, 49200)}


@pytest.fixture
def deployment(prod: Rendered) -> Document:
    return prod("Deployment", NAME, namespace=NAMESPACE)


@pytest.fixture
def service_container(deployment: Document) -> Document:
    return main_container(deployment)


@pytest.fixture
def settings(prod: Rendered, service_container: Document) -> Document:
    """What the service gets from the ConfigMap it reads."""
    (source,) = service_container["envFrom"]
    data: Document = prod("ConfigMap", source["configMapRef"]["name"], namespace=NAMESPACE)["data"]
    return data


@pytest.fixture
def coturn(prod: Rendered) -> Document:
    return prod("Deployment", "coturn", namespace=NAMESPACE)


@pytest.fixture
def turn_service(prod: Rendered) -> Document:
    """The one LoadBalancer Service that leads to coturn."""
    (found,) = [
        item
        for item in prod.every("Service", namespace=NAMESPACE)
        if item["spec"]["type"] == "LoadBalancer" and (3478, "UDP") in served(item)
    ]
    return found


def test_A1_namespace_enforces_restricted(every: Rendered) -> None:
    labels = every("Namespace", NAMESPACE)["metadata"]["labels"]

    assert labels["pod-security.kubernetes.io/enforce"] == "restricted"


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("APP_ENV", "production"),
        ("DATABASE_MAX_CONNECTIONS", "10"),
        ("REDIS_POOL_SIZE", "20"),
        ("WS_MAX_FRAME_SIZE", str(1024 * 1024)),
        ("VIDEO_CALL_MAX_DURATION_HOURS", "12"),
        ("MESSAGE_MAX_LENGTH", "4096"),
    ],
)
def test_A2_setting(settings: Document, key: str, value: str) -> None:
    assert settings[key] == value


def test_A2_its_consumer_commits_after_the_work(settings: Document) -> None:
    assert {key: text for key, text in settings.items() if key.startswith("KAFKA_")} == {
        "KAFKA_CLIENT_ID": "messaging-service",
        "KAFKA_PRODUCER_ACKS": "all",
        "KAFKA_TOPIC_MESSAGES": "messaging.messages",
        "KAFKA_CONSUMER_GROUP": "messaging-service",
        "KAFKA_CONSUMER_TOPICS": "messaging.messages",
        "KAFKA_CONSUMER_ENABLE_AUTO_COMMIT": "false",
        "KAFKA_CONSUMER_DONE": "after-work",
        "KAFKA_CONSUMER_RETRIES": "3",
        "KAFKA_CONSUMER_RETRY_DELAY_MS": "1000",
        "KAFKA_CONSUMER_DEAD_LETTER_TOPIC": "messaging-service.dead-letter",
    }


def test_A2_more_than_twenty_settings_in_every_group(settings: Document) -> None:
    groups = ("APP_", "LOG_", "DATABASE_", "REDIS_", "KAFKA_", "WS_", "VIDEO_CALL_", "MESSAGE_")
    sizes = Counter(next((g for g in (*groups, "TURN_") if k.startswith(g)), "") for k in settings)

    assert len(settings) > 20
    assert min(sizes[group] for group in groups) >= 1
    assert sizes[""] >= 1, "nothing about performance"


def test_A2_no_setting_is_a_secret(settings: Document) -> None:
    assert not settings.keys() & SECRET_KEYS
    assert not [key for key in settings if fnmatch(key, "*PASSWORD*") or fnmatch(key, "*SECRET*")]


def test_A3_secret_has_the_keys(prod: Rendered) -> None:
    secret = prod("ExternalSecret", "messaging-service-secrets", namespace=NAMESPACE)

    assert {item["secretKey"] for item in secret["spec"]["data"]} == SECRET_KEYS


def test_A3_service_reads_every_key_under_its_name(service_container: Document) -> None:
    variables = secret_variables(service_container)

    assert {key: variables[key] for key in SECRET_KEYS} == {
        key: ("messaging-service-secrets", key) for key in SECRET_KEYS
    }


def test_A3_development_values_fit(local: Rendered) -> None:
    values = local("Secret", "messaging-service-secrets", namespace=NAMESPACE)["stringData"]

    assert values.keys() == SECRET_KEYS
    assert values["POSTGRES_DB"] == "nova_messaging"
    assert len(base64.b64decode(values["SECRETBOX_KEY_B64"], validate=True)) == 32


def test_A4_role_grants_nothing_more(prod: Rendered, settings: Document) -> None:
    role = prod("Role", NAME, namespace=NAMESPACE)
    (own,) = [m for m in prod.every("ConfigMap", namespace=NAMESPACE) if m["data"] == settings]

    assert sorted(_grants(role)) == [
        ("configmaps", "get", own["metadata"]["name"]),
        ("events", "create", "*"),
        ("pods", "get", "*"),
        ("pods", "list", "*"),
        ("secrets", "get", "messaging-service-secrets"),
    ]
    account = prod("RoleBinding", NAME, namespace=NAMESPACE)["subjects"]
    bindings = [*prod.every("RoleBinding"), *prod.every("ClusterRoleBinding")]
    bound = [item for item in bindings if any(each in account for each in item["subjects"])]
    assert [item["roleRef"]["name"] for item in bound] == [NAME]
    # What watches the system may look at objects there, and changes none.
    others = [item for item in prod.every("Role", namespace=NAMESPACE) if item != role]
    assert {item["metadata"]["labels"]["app.kubernetes.io/part-of"] for item in others} == {
        "observability"
    }
    assert {verb for item in others for rule in item["rules"] for verb in rule["verbs"]} <= {
        "get",
        "list",
        "watch",
    }


def test_A4_role_is_bound_to_the_pods_account(prod: Rendered, deployment: Document) -> None:
    binding = prod("RoleBinding", NAME, namespace=NAMESPACE)
    account = prod("ServiceAccount", NAME, namespace=NAMESPACE)["metadata"]["name"]

    assert (binding["roleRef"]["kind"], binding["roleRef"]["name"]) == ("Role", NAME)
    assert binding["subjects"] == [
        {"kind": "ServiceAccount", "name": account, "namespace": NAMESPACE}
    ]
    assert pod_spec(deployment)["serviceAccountName"] == account
    assert pod_spec(deployment)["automountServiceAccountToken"] is True


def test_A3_and_A4_what_the_service_reaches(prod: Rendered, deployment: Document) -> None:
    dns = {
        Flow(server, 53, protocol)
        for server in ("kube-system/kube-dns", "169.254.20.10/32", "10.96.0.10/32")
        for protocol in ("UDP", "TCP")
    }
    stores = {
        Flow("nova-database/postgres-proxy", 5432, "TCP"),
        Flow("nova-redis/redis-proxy", 6379, "TCP"),
        *(Flow(f"10.40.0.{last}/32", 9092, "TCP") for last in (11, 12, 13)),
    }
    api_server = {Flow(f"10.0.0.{last}/32", 6443, "TCP") for last in (2, 3, 4)}

    assert prod.flows(deployment, "egress") == dns | stores | api_server


def test_A5_rollout_and_replicas(prod: Rendered, deployment: Document) -> None:
    autoscaler = prod("HorizontalPodAutoscaler", NAME, namespace=NAMESPACE)

    assert deployment["spec"]["strategy"] == {
        "type": "RollingUpdate",
        "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 1},
    }
    # A number here would take back what the autoscaler decided, at every apply.
    assert "replicas" not in deployment["spec"]
    assert autoscaler["spec"]["minReplicas"] == 3


def test_A5_migrations_run_first_with_the_services_image(
    deployment: Document, service_container: Document
) -> None:
    (migration,) = pod_spec(deployment)["initContainers"]

    assert migration["image"] == service_container["image"]
    assert "migrate" in migration["command"]
    assert migration.get("restartPolicy") is None, "a sidecar would not be waited for"
    assert secret_variables(migration)["DATABASE_URL"] == (
        "messaging-service-secrets",
        "DATABASE_URL",
    )


def test_A5_resources(service_container: Document) -> None:
    resources = service_container["resources"]

    assert amounts(resources["requests"]) == amounts({"cpu": "500m", "memory": "512Mi"})
    assert amounts(resources["limits"]) == amounts({"cpu": "2000m", "memory": "2Gi"})


@pytest.mark.parametrize("probe", ["startupProbe", "readinessProbe", "livenessProbe"])
def test_A6_probe(service_container: Document, probe: str) -> None:
    assert probed(service_container, probe) == ("/health", 3000)


def test_A7_pods_keep_apart_over_nodes(deployment: Document) -> None:
    (term,) = pod_spec(deployment)["affinity"]["podAntiAffinity"][
        "preferredDuringSchedulingIgnoredDuringExecution"
    ]
    labels = deployment["spec"]["template"]["metadata"]["labels"]

    assert term["podAffinityTerm"]["topologyKey"] == "kubernetes.io/hostname"
    assert selects(term["podAffinityTerm"]["labelSelector"]["matchLabels"], labels)


def test_A7_containers_have_no_privileges(deployment: Document) -> None:
    of_pod = pod_spec(deployment)["securityContext"]

    assert (of_pod["runAsUser"], of_pod["runAsNonRoot"]) == (1001, True)
    for container in all_containers(deployment):
        context = container["securityContext"]
        assert context.get("runAsUser", 1001) == 1001
        assert context["readOnlyRootFilesystem"] is True
        assert context["allowPrivilegeEscalation"] is False
        assert context["capabilities"] == {"drop": ["ALL"]}


def test_A8_ports(deployment: Document, service_container: Document) -> None:
    annotations = deployment["spec"]["template"]["metadata"]["annotations"]

    assert ports_of(service_container) == {(3000, "TCP"), (9090, "TCP")}
    assert annotations["prometheus.io/port"] == "9090"
    assert annotations["prometheus.io/path"] == "/metrics"


@pytest.mark.parametrize(
    ("name", "kind", "ports"),
    [(NAME, "ClusterIP", {3000, 9090}), (f"{NAME}-external", "LoadBalancer", {3000})],
)
def test_A9_service(prod: Rendered, name: str, kind: str, ports: set[int]) -> None:
    spec = prod("Service", name, namespace=NAMESPACE)["spec"]

    assert spec["type"] == kind
    assert {port["port"] for port in spec["ports"]} == ports
    assert spec["sessionAffinity"] == "ClientIP"
    assert spec["sessionAffinityConfig"] == {"clientIP": {"timeoutSeconds": 10800}}


def test_A9_load_balancer_keeps_client_addresses(prod: Rendered, deployment: Document) -> None:
    spec = prod("Service", f"{NAME}-external", namespace=NAMESPACE)["spec"]

    assert spec["externalTrafficPolicy"] == "Local"
    # With their own addresses, clients come from anywhere.
    assert {Flow(peer, 3000, "TCP") for peer in ANYBODY} <= prod.flows(deployment, "ingress")


def test_A10_autoscaler(prod: Rendered) -> None:
    spec = prod("HorizontalPodAutoscaler", NAME, namespace=NAMESPACE)["spec"]

    assert spec["scaleTargetRef"] == {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "name": NAME,
    }
    assert (spec["minReplicas"], spec["maxReplicas"]) == (3, 10)
    targets = {
        metric["resource"]["name"]: metric["resource"]["target"] for metric in spec["metrics"]
    }
    assert targets == {
        "cpu": {"type": "Utilization", "averageUtilization": 70},
        "memory": {"type": "Utilization", "averageUtilization": 80},
    }


def test_A10_scaling_speed(prod: Rendered) -> None:
    behavior = prod("HorizontalPodAutoscaler", NAME, namespace=NAMESPACE)["spec"]["behavior"]

    assert behavior["scaleDown"]["stabilizationWindowSeconds"] == 300
    assert behavior["scaleUp"].get("stabilizationWindowSeconds", 0) == 0
    assert behavior["scaleUp"]["policies"] == [
        {"type": "Percent", "value": 100, "periodSeconds": 15}
    ]


def test_A11_disruption_budget(prod: Rendered, deployment: Document) -> None:
    spec = prod("PodDisruptionBudget", NAME, namespace=NAMESPACE)["spec"]

    assert (spec["minAvailable"], spec["unhealthyPodEvictionPolicy"]) == (2, "AlwaysAllow")
    labels = deployment["spec"]["template"]["metadata"]["labels"]
    assert selects(spec["selector"]["matchLabels"], labels)


def test_A12_prometheus_scrapes_the_metrics(prod: Rendered, deployment: Document) -> None:
    annotations = deployment["spec"]["template"]["metadata"]["annotations"]

    assert annotations["prometheus.io/scrape"] == "true"
    scrapers = {flow.peer for flow in prod.flows(deployment, "ingress") if flow.port == 9090}
    assert scrapers == {"observability/prometheus"}


def test_A13_every_turn_port_is_a_port_of_one_load_balancer(
    coturn: Document, turn_service: Document
) -> None:
    assert turn_service["spec"]["allocateLoadBalancerNodePorts"] is False
    assert served(turn_service) == ports_of(main_container(coturn)) == TURN_PORTS
    labels = coturn["spec"]["template"]["metadata"]["labels"]
    assert selects(turn_service["spec"]["selector"], labels)


def test_A13_relays_use_the_ports_that_are_open(prod: Rendered, coturn: Document) -> None:
    configuration = _configuration(prod, coturn)

    assert configuration["listening-port"] == ["3478"]
    assert (configuration["min-port"], configuration["max-port"]) == (["49160"], ["49199"])


def test_A13_one_pod_that_is_gone_before_the_next_comes(prod: Rendered, coturn: Document) -> None:
    scaled = [
        autoscaler["spec"]["scaleTargetRef"]["name"]
        for autoscaler in prod.every("HorizontalPodAutoscaler", namespace=NAMESPACE)
    ]

    assert coturn["spec"]["replicas"] == 1
    assert coturn["spec"]["strategy"] == {"type": "Recreate"}
    assert "coturn" not in scaled


def test_A13_capabilities(coturn: Document) -> None:
    context = main_container(coturn)["securityContext"]

    assert context["capabilities"] == {"drop": ["ALL"], "add": ["NET_BIND_SERVICE"]}


def test_A13_secret_is_a_file(coturn: Document) -> None:
    container = main_container(coturn)
    mounted = [v["secret"]["secretName"] for v in pod_spec(coturn)["volumes"] if "secret" in v]

    assert mounted == ["coturn-credentials"]
    # A variable in an argument would be in every process list.
    arguments = [*container["command"], *container.get("args", ())]
    assert not [text for text in arguments if "$(" in text]


def test_A13_network(prod: Rendered, coturn: Document) -> None:
    ingress, egress = prod.flows(coturn, "ingress"), prod.flows(coturn, "egress")

    assert ingress == {
        Flow(peer, port, protocol)
        for peer in ANYBODY
        for port, protocol in ((3478, "UDP"), (3478, "TCP"), ("49160-49199", "UDP"))
    }
    assert {Flow(peer, "any", "UDP") for peer in ANYBODY} <= egress
    assert {flow for flow in egress if flow.protocol != "UDP"} == {
        Flow(peer, 53, "TCP")
        for peer in ("kube-system/kube-dns", "169.254.20.10/32", "10.96.0.10/32")
    }


def test_A13_service_hands_the_server_to_its_clients(
    prod: Rendered, coturn: Document, settings: Document, service_container: Document
) -> None:
    host = "turn.nova.example.com"

    assert settings["TURN_URLS"].split(",") == [
        f"turn:{host}:3478?transport=udp",
        f"turn:{host}:3478?transport=tcp",
    ]
    assert [settings["TURN_REALM"]] == _configuration(prod, coturn)["realm"]
    assert secret_variables(service_container)["TURN_SHARED_SECRET"] == (
        "coturn-credentials",
        "TURN_SHARED_SECRET",
    )
    # A call may last as long as its credentials.
    hours = int(settings["VIDEO_CALL_MAX_DURATION_HOURS"])
    assert int(settings["TURN_CREDENTIAL_TTL_SECONDS"]) >= hours * 3600


def test_A14_ingress_has_tls_and_a_domain(prod: Rendered) -> None:
    (ingress,) = prod.every("Ingress", namespace=NAMESPACE)
    (certificate,) = prod.every("Certificate", namespace=NAMESPACE)
    host = "messaging.nova.example.com"

    assert routes(ingress) == {(host, "/"): (NAME, 3000)}
    assert ingress["spec"]["tls"] == [
        {"hosts": [host], "secretName": certificate["spec"]["secretName"]}
    ]
    assert certificate["spec"]["dnsNames"] == [host]
    assert certificate["spec"]["issuerRef"]["kind"] == "ClusterIssuer"
    assert annotation(ingress, "ssl-redirect") == "true"
    assert ingress["spec"]["ingressClassName"] == "nginx"


@pytest.mark.parametrize("direction", ["read", "send"])
def test_A14_websockets_outlive_an_hour_of_silence(prod: Rendered, direction: str) -> None:
    (ingress,) = prod.every("Ingress", namespace=NAMESPACE)

    assert int(annotation(ingress, f"proxy-{direction}-timeout")) >= 3600
    assert annotation(ingress, "proxy-request-buffering") == "off"


def test_A14_session_affinity_by_cookie(prod: Rendered) -> None:
    (ingress,) = prod.every("Ingress", namespace=NAMESPACE)

    assert annotation(ingress, "affinity") == "cookie"
    # As long as the Services keep a client address.
    assert annotation(ingress, "session-cookie-max-age") == "10800"
    assert annotation(ingress, "session-cookie-secure") == "true"


def test_A14_controller_reaches_the_pods(prod: Rendered, deployment: Document) -> None:
    flow = Flow("ingress-nginx/ingress-nginx", 3000, "TCP")

    assert flow in prod.flows(deployment, "ingress")


def _grants(role: Document) -> Iterator[tuple[str, str, str]]:
    for rule in role["rules"]:
        assert rule["apiGroups"] == [""]
        for resource in rule["resources"]:
            for verb in rule["verbs"]:
                for name in rule.get("resourceNames", ["*"]):
                    yield resource, verb, name


def _configuration(prod: Rendered, coturn: Document) -> dict[str, list[str]]:
    """coturn's settings, each with the values it has."""
    volumes = [v["configMap"] for v in pod_spec(coturn)["volumes"] if "configMap" in v]
    (key,) = [i["key"] for v in volumes for i in v["items"] if i["path"] == "turnserver.conf"]
    text = prod("ConfigMap", volumes[0]["name"], namespace=NAMESPACE)["data"][key]
    values: dict[str, list[str]] = {}
    for line in text.splitlines():
        name, _, value = line.partition("=")
        values.setdefault(name, []).append(value)
    return values


def test_A13_the_load_balancer_is_asked_for_the_address_that_is_announced(
    prod: Rendered, coturn: Document
) -> None:
    variables = {item["name"]: item.get("value") for item in main_container(coturn)["env"]}
    balancer = prod("Service", "coturn-external")["spec"]
    assert balancer["loadBalancerIP"] == variables["TURN_PUBLIC_ADDRESS"]


def test_A13_a_local_load_balancer_has_the_address_of_the_machine(local: Rendered) -> None:
    assert "loadBalancerIP" not in local("Service", "coturn-external")["spec"]
