"""A service with every field set."""

from dataclasses import replace

from constructs_lib.kube.alerts import Alert
from constructs_lib.kube.autoscaling import (
    Autoscaling,
    ExternalMetric,
    PodsMetric,
    ScalingPolicy,
    ScalingRules,
)
from constructs_lib.kube.containers import InitContainer, Migration, Sidecar
from constructs_lib.kube.disruption import Disruption
from constructs_lib.kube.images import AppImage, Image
from constructs_lib.kube.monitors import Metrics
from constructs_lib.kube.network import Client, Traffic
from constructs_lib.kube.objectives import Latency, Objectives, Presence, Requests, Saturation
from constructs_lib.kube.placement import Toleration, TopologySpread
from constructs_lib.kube.probes import (
    GrpcCheck,
    HttpGet,
    Probe,
    Probes,
    TcpConnect,
)
from constructs_lib.kube.rbac import OwnServiceAccount, Rule
from constructs_lib.kube.security import Security
from constructs_lib.kube.services import ClusterService, LoadBalancer, SessionAffinity
from constructs_lib.kube.shutdown import Shutdown
from constructs_lib.kube.signals import Metric
from constructs_lib.kube.storage import (
    ConfigFiles,
    ConfigMapFiles,
    FileMount,
    SecretFiles,
    WritablePath,
)
from constructs_lib.kube.variables import ContainerResource, PodField, VariablesFrom
from constructs_lib.kube.workloads import RollingUpdate, Rollout
from constructs_lib.refs import Cidrs, ConfigMapKey, Pods, Port, Ports, SecretKey
from constructs_lib.resources import Resources
from constructs_lib.service import (
    Call,
    CallOverride,
    CallPolicy,
    KafkaConsumer,
    NatsConsumer,
    NovaServiceProps,
)
from constructs_lib.service.overrides import Override
from tests.service.cases import BROKER, CACHE, DATABASE, LEDGER, USERS

PROXY = Sidecar(
    name="proxy",
    image=Image("registry.example.com/proxy", tag="2.1.0"),
    command=("/proxy",),
    args=("--verbose",),
    variables={"MODE": "strict"},
    variables_from=(VariablesFrom(config_map="proxy"),),
    resources=Resources(cpu="50m", memory="32Mi"),
    user=2000,
    ports=Ports(admin=9901),
    probes=Probes(
        readiness=Probe(HttpGet("/ready", port="admin", scheme="HTTPS", headers={"Host": "x"}))
    ),
)

METRICS = Metrics(
    port="prom",
    path="/prometheus",
    interval_seconds=15,
    honor_labels=True,
    exposes=(
        Metric("requests_total", kind="counter", help="Requests."),
        Metric("request_seconds", kind="histogram", unit="s", help="Their duration."),
        Metric("queue_length", help="Requests that wait."),
    ),
)
"""Where metrics are, and which."""

FULL_SERVICE = NovaServiceProps(
    image=Image(
        "registry.example.com/orders",
        tag="1.4.2",
        digest=f"sha256:{'0123456789abcdef' * 4}",
        pull_policy="Always",
    ),
    command=("/app/server",),
    args=("--listen", ":8080"),
    ports=Ports(
        Port("http", 8080, service_port=80, app_protocol="http"),
        Port("relay", 3478, protocol="UDP"),
        rpc=9080,
        prom=9090,
    ),
    resources=Resources(
        cpu="0.5", memory="512Mi", cpu_limit="2", memory_limit="1Gi", ephemeral_storage="1Gi"
    ),
    settings={"LOG_LEVEL": "info"},
    environment_settings=False,
    variables={
        "DATABASE_URL": "postgres://$(DATABASE_USER):$(DATABASE_PASSWORD)@postgres.data.svc/orders",
        "DATABASE_USER": ConfigMapKey("database", "user", optional=True),
        "DATABASE_PASSWORD": SecretKey("database", "password", optional=True),
        "POD_NAME": PodField("metadata.name"),
        "MEMORY_LIMIT": ContainerResource("limits.memory", divisor="1Mi"),
    },
    variables_from=(
        VariablesFrom(config_map="shared", prefix="SHARED_"),
        VariablesFrom(secret="credentials", optional=True),  # noqa: S106
    ),
    files=(
        FileMount("/etc/orders", ConfigFiles({"rules.yaml": "strict: true\n"}), mode=0o440),
        FileMount("/etc/shared", ConfigMapFiles("shared-files", keys=("a.txt",))),
        FileMount("/etc/tls", SecretFiles("orders-tls", keys=("tls.crt",), optional=True)),
    ),
    writable=(WritablePath("/tmp"), WritablePath("/var/cache", size="512Mi", in_memory=True)),  # noqa: S108
    migration=Migration(
        command=("/app/migrate",),
        args=("up",),
        variables={"LOCK_TIMEOUT": "30s"},
        resources=Resources(cpu="200m", memory="256Mi"),
    ),
    init_containers=(
        InitContainer(
            name="fetch",
            image=AppImage("fetch", tag="0.3.0"),
            command=("/fetch",),
            args=("models",),
            variables={"TARGET": "/var/cache"},
            variables_from=(VariablesFrom(secret="fetch"),),  # noqa: S106
            resources=Resources(cpu="10m", memory="16Mi"),
            user=3000,
        ),
    ),
    sidecars=(
        PROXY,
        replace(PROXY, name="tail", native=False, ports=Ports(tail=9902), probes=Probes()),
    ),
    security=Security(
        user=101,
        group=102,
        fs_group=103,
        read_only_root=False,
        add_capabilities=("NET_BIND_SERVICE",),
    ),
    shutdown=Shutdown(grace_period_seconds=90, drain_seconds=15, stop_seconds=60),
    service_account=OwnServiceAccount(annotations={"iam.example.com/role": "orders"}, token=True),
    rules=(
        Rule(
            verbs=("get",),
            resources=("leases",),
            api_groups=("coordination.k8s.io",),
            names=("orders",),
        ),
    ),
    uses=(DATABASE, BROKER, CACHE, LEDGER),
    calls=(
        USERS,
        Call(
            replace(USERS, port=Port("rpc", 9080)),
            name="USERS_RPC",
            scheme="grpc",
            path="/v1",
            policy=CallOverride(
                request_timeout_ms=900,
                connect_timeout_ms=90,
                pool=9,
                retries=0,
                retry_delay_ms=10,
                breaker_failure_percent=99,
            ),
        ),
    ),
    call_policy=CallPolicy(
        request_timeout_ms=2000,
        connect_timeout_ms=500,
        pool=20,
        retries=2,
        retry_delay_ms=50,
        breaker_failure_percent=40,
    ),
    consumes=(
        KafkaConsumer(
            group="orders",
            topics=("orders", "payments"),
            name="ORDERS",
            done="with-result",
            retries=5,
            retry_delay_ms=200,
            dead_letter_topic="orders.failed",
            shared=True,
            broker=DATABASE,  # any of those in uses
        ),
        NatsConsumer(
            group="mail",
            subjects=("mail.>",),
            name="MAIL",
            done="with-result",
            retries=4,
            retry_delay_ms=300,
            ack_wait_ms=5000,
            dead_letter_subject="failed.mail",
            shared=True,
            broker=DATABASE,  # any of those in uses
        ),
    ),
    variable_style="dotnet",
    startup_wait_seconds=20,
    egress=(Traffic((Cidrs(("192.0.2.0/24",)),), protocol="UDP", ports=(123,)),),
    metrics=METRICS,
    requests=Requests(
        total="requests_total",
        duration="request_seconds",
        buckets=(0.1, 0.5, 1.0),
        status="code",
        failed="5..|timeout",
    ),
    presence=Presence(severity="warning", lasts="20m"),
    objectives=Objectives(
        availability=99.5,
        latency=Latency(seconds=0.5, percent=95.0),
        saturation=(Saturation("queue_length", above=100.0),),
        window_days=28,
    ),
    alerts=(
        Alert(
            name="OrdersStuck",
            expression="rate(requests_total[5m]) == 0",
            lasts="1h",
            severity="critical",
            summary="Nothing moves.",
            action="Push.",
            page="orders",
            labels={"area": "checkout"},
        ),
        Alert(
            name="OrdersQueued",
            expression="queue_length > 50",
            summary="The queue grows.",
            action="Wait.",
        ),
    ),
    signals_kind="jaeger",
    traces=True,
    spread="hard",
    topology_spread=(
        TopologySpread("example.com/row", when_unsatisfiable="DoNotSchedule"),
        TopologySpread(
            "example.com/rack", max_skew=2, when_unsatisfiable="DoNotSchedule", min_domains=3
        ),
    ),
    node_selector={"example.com/pool": "apps"},
    tolerations=(
        Toleration(key="dedicated", value="apps", effect="NoExecute", seconds=60),
        Toleration(key="spot", effect="NoSchedule"),
    ),
    priority_class="high",
    runtime_class="gvisor",
    image_pull_secrets=("registry",),
    labels={"tier": "backend"},
    pod_annotations={"example.com/owner": "checkout"},
    overrides=(Override("Service", {"spec": {"internalTrafficPolicy": "Local"}}, name="orders"),),
    extra_manifests=(
        {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": {"name": "orders-extra"},
            "data": {"a": "b"},
        },
    ),
    probes=Probes(
        startup=Probe(TcpConnect("http"), period_seconds=5, failure_threshold=30),
        readiness=Probe(
            HttpGet("/ready", headers={"Host": "orders"}), period_seconds=5, success_threshold=2
        ),
        liveness=Probe(
            GrpcCheck(port="rpc", service="orders"), timeout_seconds=3, initial_delay_seconds=10
        ),
    ),
    clients=(Client(Pods("web", labels={"app": "web"}), ports=("http",)),),
    replicas=4,
    autoscaling=Autoscaling(
        minimum=3,
        maximum=8,
        cpu=70,
        memory=80,
        metrics=(
            PodsMetric("requests_per_second", average_value="100"),
            ExternalMetric("queue_length", average_value="30", labels={"queue": "orders"}),
        ),
        scale_up=ScalingRules(
            stabilization_seconds=30,
            policies=(ScalingPolicy(percent=100), ScalingPolicy(pods=4, period_seconds=30)),
            select="Min",
        ),
        scale_down=ScalingRules(stabilization_seconds=600),
    ),
    disruption=Disruption(min_available=2),
    rollout=Rollout(
        strategy=RollingUpdate(max_surge=2, max_unavailable=1),
        min_ready_seconds=10,
        progress_deadline_seconds=900,
        revisions=3,
    ),
    service=ClusterService(
        publish_not_ready=True,
        traffic_distribution="PreferClose",
        ip_family_policy="PreferDualStack",
        annotations={"example.com/probe": "true"},
    ),
    load_balancer=LoadBalancer(
        ports=("http", "relay"),
        name="orders-public",
        external_traffic_policy="Cluster",
        address="203.0.113.7",
        source_ranges=("203.0.113.0/24",),
        allocate_node_ports=False,
        load_balancer_class="example.com/balancer",
        annotations={"example.com/scheme": "internet-facing"},
    ),
    session_affinity=SessionAffinity(timeout_seconds=600),
)
"""A service with every field set."""
