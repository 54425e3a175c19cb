"""nova-platform in prod, row by row of its requirements."""

# ruff: noqa: N802  (a test bears the id of its row)

import pytest

from constructs_lib.quantity import parse
from tests.apps.rendered import (
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

NAMESPACE = "nova"
HTTP = {
    "content-service": 8081,
    "media-service": 8082,
    "user-service": 8083,
    "messaging-service": 8084,
}
GRPC = {
    "content-service": 9081,
    "media-service": 9082,
    "user-service": 9083,
    "messaging-service": 9084,
}
ROUTES = {
    "content-service": {"/api/v1/posts"},
    "media-service": {"/api/v1/uploads", "/api/v1/videos", "/api/v1/reels"},
    "user-service": {
        "/api/v1/feed",
        "/api/v1/discover",
        "/api/v1/users",
        "/api/v1/relationships",
    },
    "messaging-service": {
        "/api/v1/messages",
        "/api/v1/conversations",
        "/api/v1/calls",
        "/api/v1/notifications",
        "/ws",
    },
}
HOST = "api.nova.example.com"
OF_ALL = {
    "DATABASE_URL": ("nova-db-credentials", "DATABASE_URL"),
    "DB_PASSWORD": ("nova-db-credentials", "DB_PASSWORD"),
    "REDIS_URL": ("nova-redis-credentials", "REDIS_URL"),
    "JWT_PUBLIC_KEY_PEM": ("nova-jwt-keys", "JWT_PUBLIC_KEY_PEM"),
}
OF_MEDIA = {
    "AWS_ACCESS_KEY_ID": ("nova-s3-credentials", "AWS_ACCESS_KEY_ID"),
    "AWS_SECRET_ACCESS_KEY": ("nova-s3-credentials", "AWS_SECRET_ACCESS_KEY"),
}
OF_USER = {"JWT_PRIVATE_KEY_PEM": ("nova-jwt-keys", "JWT_PRIVATE_KEY_PEM")}
SECRETS = {
    "content-service": OF_ALL,
    "media-service": OF_ALL | OF_MEDIA,
    "user-service": OF_ALL | OF_USER,
    "messaging-service": OF_ALL,
}


@pytest.fixture(params=HTTP)
def service(request: pytest.FixtureRequest) -> str:
    """The name of each of the four."""
    return str(request.param)


@pytest.fixture
def deployment(prod: Rendered, service: str) -> Document:
    return prod("Deployment", service, namespace=NAMESPACE)


@pytest.fixture
def container(deployment: Document) -> Document:
    return main_container(deployment)


@pytest.fixture
def settings(prod: Rendered, container: Document) -> Document:
    """What the service is told that is no secret: by the ConfigMap it reads, and by variables."""
    (source,) = container["envFrom"]
    data: Document = prod("ConfigMap", source["configMapRef"]["name"], namespace=NAMESPACE)["data"]
    return {**data, **{item["name"]: item["value"] for item in container["env"] if "value" in item}}


@pytest.fixture
def ingresses(prod: Rendered) -> list[Document]:
    return prod.every("Ingress", namespace=NAMESPACE)


@pytest.fixture
def websocket(ingresses: list[Document]) -> Document:
    """The Ingress that has ``/ws``."""
    (found,) = [item for item in ingresses if (HOST, "/ws") in routes(item)]
    return found


@pytest.fixture
def uploads(ingresses: list[Document]) -> Document:
    """The Ingress that has ``/api/v1/uploads``."""
    (found,) = [item for item in ingresses if (HOST, "/api/v1/uploads") in routes(item)]
    return found


def test_B1_ports(prod: Rendered, service: str, container: Document) -> None:
    ports = {(HTTP[service], "TCP"), (GRPC[service], "TCP")}

    assert ports_of(container) == ports
    assert served(prod("Service", service, namespace=NAMESPACE)) == ports


def test_B1_four_services(prod: Rendered) -> None:
    names = {item["metadata"]["name"] for item in prod.every("Deployment", namespace=NAMESPACE)}

    assert names == HTTP.keys()


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("APP_ENV", "production"),
        ("RUST_LOG", "info,actix_web=debug"),
        ("KAFKA_BROKERS", "kafka:9092"),
        ("CLICKHOUSE_URL", "http://clickhouse:8123"),
    ],
)
def test_B2_setting(settings: Document, key: str, value: str) -> None:
    assert settings[key] == value


@pytest.mark.parametrize(("name", "port"), [("kafka", 9092), ("clickhouse", 8123)])
def test_B2_host_names_resolve(every: Rendered, name: str, port: int) -> None:
    assert (port, "TCP") in served(every("Service", name, namespace=NAMESPACE))


@pytest.mark.parametrize(("name", "port"), [("kafka", 9092), ("clickhouse", 8123)])
def test_B2_names_lead_where_services_may_go(
    prod: Rendered, name: str, port: int, deployment: Document
) -> None:
    (item,) = [
        item
        for item in prod.every("EndpointSlice", namespace=NAMESPACE)
        if item["metadata"]["labels"]["kubernetes.io/service-name"] == name
    ]
    addresses = {address for end in item["endpoints"] for address in end["addresses"]}
    open_to = {flow.peer for flow in prod.flows(deployment, "egress") if flow.port == port}

    assert [entry["port"] for entry in item["ports"]] == [port]
    assert all(end["conditions"]["ready"] for end in item["endpoints"])
    assert {f"{address}/32" for address in addresses} == open_to


def test_B3_secrets(service: str, container: Document) -> None:
    assert secret_variables(container) == SECRETS[service]


def test_B3_each_secret_has_its_keys(prod: Rendered) -> None:
    keys = {
        (item["metadata"]["name"], entry["secretKey"])
        for item in prod.every("ExternalSecret", namespace=NAMESPACE)
        for entry in item["spec"]["data"]
    }

    assert keys == set((OF_ALL | OF_MEDIA | OF_USER).values())


def test_B3_only_media_has_object_storage(service: str, settings: Document) -> None:
    storage = {"AWS_REGION", "S3_BUCKET", "S3_ENDPOINT"}

    assert settings.keys() & storage == (storage if service == "media-service" else set())


@pytest.mark.parametrize(
    ("probe", "figures"),
    [
        ("startupProbe", {"periodSeconds": 5, "failureThreshold": 30}),
        ("livenessProbe", {"initialDelaySeconds": 30, "periodSeconds": 10}),
        ("readinessProbe", {"initialDelaySeconds": 10, "periodSeconds": 5}),
    ],
)
def test_B4_probe(service: str, container: Document, probe: str, figures: dict[str, int]) -> None:
    assert probed(container, probe) == ("/api/v1/health", HTTP[service])
    assert figures.items() <= container[probe].items()


def test_B4_termination_and_user(deployment: Document) -> None:
    pod = pod_spec(deployment)

    assert pod["terminationGracePeriodSeconds"] == 30
    assert pod["securityContext"]["runAsUser"] == 1000
    for container in all_containers(deployment):
        assert container["securityContext"].get("runAsUser", 1000) == 1000
        assert container["securityContext"]["readOnlyRootFilesystem"] is True


def test_B5_own_account_and_service(prod: Rendered, service: str, deployment: Document) -> None:
    account = prod("ServiceAccount", service, namespace=NAMESPACE)
    spec = prod("Service", service, namespace=NAMESPACE)["spec"]

    assert pod_spec(deployment)["serviceAccountName"] == account["metadata"]["name"]
    assert pod_spec(deployment)["automountServiceAccountToken"] is False
    assert spec["type"] == "ClusterIP"
    assert selects(spec["selector"], deployment["spec"]["template"]["metadata"]["labels"])


def test_B5_autoscaler(prod: Rendered, service: str) -> None:
    spec = prod("HorizontalPodAutoscaler", service, namespace=NAMESPACE)["spec"]

    assert (spec["scaleTargetRef"]["kind"], spec["scaleTargetRef"]["name"]) == (
        "Deployment",
        service,
    )
    assert (spec["minReplicas"], spec["maxReplicas"]) == (3, 10)


def test_B5_anti_affinity(deployment: Document) -> None:
    (term,) = pod_spec(deployment)["affinity"]["podAntiAffinity"][
        "preferredDuringSchedulingIgnoredDuringExecution"
    ]
    labels = deployment["spec"]["template"]["metadata"]["labels"]

    assert term["podAffinityTerm"]["topologyKey"] == "kubernetes.io/hostname"
    assert selects(term["podAffinityTerm"]["labelSelector"]["matchLabels"], labels)


def test_B5_disruption_budget_lets_one_pod_go(
    prod: Rendered, service: str, deployment: Document
) -> None:
    spec = prod("PodDisruptionBudget", service, namespace=NAMESPACE)["spec"]

    assert spec["maxUnavailable"] == 1
    labels = deployment["spec"]["template"]["metadata"]["labels"]
    assert selects(spec["selector"]["matchLabels"], labels)


def test_B6_routes(ingresses: list[Document]) -> None:
    found = {place: back for ingress in ingresses for place, back in routes(ingress).items()}

    assert found == {
        (HOST, path): (name, HTTP[name]) for name, paths in ROUTES.items() for path in paths
    }


def test_B7_tls(prod: Rendered, ingresses: list[Document]) -> None:
    (certificate,) = prod.every("Certificate", namespace=NAMESPACE)

    assert certificate["spec"]["dnsNames"] == [HOST]
    assert certificate["spec"]["issuerRef"]["kind"] == "ClusterIssuer"
    for ingress in ingresses:
        assert ingress["spec"]["ingressClassName"] == "nginx"
        assert ingress["spec"]["tls"] == [
            {"hosts": [HOST], "secretName": certificate["spec"]["secretName"]}
        ]
        assert annotation(ingress, "ssl-redirect") == "true"


def test_B7_cors_names_its_origins(ingresses: list[Document]) -> None:
    for ingress in ingresses:
        origins = annotation(ingress, "cors-allow-origin").split(", ")
        assert annotation(ingress, "enable-cors") == "true"
        assert origins == ["https://app.nova.example.com", "https://admin.nova.example.com"]


def test_B7_rate_limit(ingresses: list[Document]) -> None:
    assert {annotation(ingress, "limit-rps") for ingress in ingresses} == {"100"}


def test_B7_uploads_of_100_megabytes(uploads: Document) -> None:
    assert int(annotation(uploads, "proxy-body-size")) == 100_000_000


def test_B7_uploads_fit_the_scratch_space_of_their_service(prod: Rendered) -> None:
    media = prod("Deployment", "media-service", namespace=NAMESPACE)
    (scratch,) = [v["emptyDir"] for v in pod_spec(media)["volumes"] if "emptyDir" in v]

    # Beyond its limit the pod is evicted, with every other upload in it.
    assert parse(scratch["sizeLimit"]) > 10 * 100_000_000


def test_B7_websocket_is_never_buffered(websocket: Document) -> None:
    assert annotation(websocket, "proxy-request-buffering") == "off"
    assert "nginx.ingress.kubernetes.io/proxy-body-size" not in websocket["metadata"]["annotations"]


@pytest.mark.parametrize("direction", ["read", "send"])
def test_B7_websocket_outlives_an_hour_of_silence(websocket: Document, direction: str) -> None:
    assert int(annotation(websocket, f"proxy-{direction}-timeout")) >= 3600


@pytest.mark.parametrize("namespace", ["nova", "nova-messaging"])
def test_B8_namespace_denies_by_default(every: Rendered, namespace: str) -> None:
    policies = [item["spec"] for item in every.every("NetworkPolicy", namespace=namespace)]

    assert {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]} in policies


def test_B8_who_reaches_a_service(prod: Rendered, service: str, deployment: Document) -> None:
    assert prod.flows(deployment, "ingress") == {
        Flow("ingress-nginx/ingress-nginx", HTTP[service], "TCP"),
        Flow("observability/prometheus", HTTP[service], "TCP"),
    }


def test_B8_what_a_service_reaches(prod: Rendered, service: str, deployment: Document) -> None:
    names = {Flow(f"10.40.0.{last}/32", 9092, "TCP") for last in (11, 12, 13)}
    stores = {
        Flow("nova-database/postgres-proxy", 5432, "TCP"),
        Flow("nova-redis/redis-proxy", 6379, "TCP"),
        Flow("10.40.1.11/32", 8123, "TCP"),
        *names,
    }
    dns = {
        Flow(server, 53, protocol)
        for server in ("kube-system/kube-dns", "169.254.20.10/32", "10.96.0.10/32")
        for protocol in ("UDP", "TCP")
    }
    traces = {Flow("observability/trace-collector", 4317, "TCP")}
    storage = {Flow("0.0.0.0/0", 443, "TCP")} if service == "media-service" else set()

    assert prod.flows(deployment, "egress") == stores | dns | traces | storage


def test_B8_object_storage_opens_no_private_network(prod: Rendered) -> None:
    media = prod("Deployment", "media-service", namespace=NAMESPACE)
    blocks = [
        peer["ipBlock"]
        for policy in prod.policies(media)
        for rule in policy["spec"].get("egress", ())
        for peer in rule["to"]
        if peer.get("ipBlock", {}).get("cidr") == "0.0.0.0/0"
    ]

    private = {"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "100.64.0.0/10"}
    assert [private - set(block["except"]) for block in blocks] == [set()]


@pytest.mark.parametrize(
    ("name", "requests", "limits"),
    [
        ("content-service", ("200m", "512Mi"), ("1000m", "1Gi")),
        ("media-service", ("300m", "1Gi"), ("1500m", "2Gi")),
        ("user-service", ("200m", "512Mi"), ("1000m", "1Gi")),
        ("messaging-service", ("200m", "512Mi"), ("1000m", "2Gi")),
    ],
)
def test_B9_resources(
    prod: Rendered, name: str, requests: tuple[str, str], limits: tuple[str, str]
) -> None:
    resources = main_container(prod("Deployment", name, namespace=NAMESPACE))["resources"]

    assert amounts(resources["requests"]) == amounts(
        dict(zip(("cpu", "memory"), requests, strict=True))
    )
    assert amounts(resources["limits"]) == amounts(
        dict(zip(("cpu", "memory"), limits, strict=True))
    )


def test_B9_image_tag_and_log_level(service: str, container: Document, settings: Document) -> None:
    assert container["image"].endswith(f"/{service}:v1.0.0")
    assert settings["LOG_LEVEL"] == "info"


def test_B9_spread_over_nodes_and_zones(deployment: Document) -> None:
    constraints = pod_spec(deployment)["topologySpreadConstraints"]
    labels = deployment["spec"]["template"]["metadata"]["labels"]

    assert {item["topologyKey"] for item in constraints} == {
        "kubernetes.io/hostname",
        "topology.kubernetes.io/zone",
    }
    assert all(selects(item["labelSelector"]["matchLabels"], labels) for item in constraints)


def test_B10_traces_are_sent_over_otlp(service: str, container: Document) -> None:
    """To the collector, which passes them on to Jaeger."""
    variables = {item["name"]: item.get("value") for item in container["env"]}

    assert variables["OTEL_EXPORTER_OTLP_ENDPOINT"] == (
        "http://trace-collector.observability.svc:4317"
    )
    assert variables["OTEL_EXPORTER_OTLP_PROTOCOL"] == "grpc"
    assert variables["OTEL_SERVICE_NAME"] == service


def test_B10_metrics_on_the_http_port(service: str, deployment: Document) -> None:
    annotations = deployment["spec"]["template"]["metadata"]["annotations"]

    assert annotations["prometheus.io/scrape"] == "true"
    assert annotations["prometheus.io/path"] == "/metrics"
    assert annotations["prometheus.io/port"] == str(HTTP[service])
