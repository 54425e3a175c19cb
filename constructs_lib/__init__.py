"""Typed cdk8s constructs for systems on Kubernetes: services, stores, gateways, secrets.

Everything an app needs is a name of this package::

    from constructs_lib import AppChart, NovaService, NovaServiceProps, write_apps

What its tests need besides is in :mod:`constructs_lib.testing`.
"""

import constructs_lib.node  # noqa: F401  (chooses the Node.js that jsii starts, before it does)

from constructs_lib.chart import AppChart
from constructs_lib.environment import (
    ApiServer,
    Cluster,
    DevelopmentLiterals,
    Dns,
    Environment,
    ExternalSecretStore,
    Images,
    NodePool,
    Spread,
    Taint,
)
from constructs_lib.errors import (
    NovaError,
    Problem,
    PropsError,
    RuleError,
)
from constructs_lib.gateway import (
    CertificateFromIssuer,
    CookieAffinity,
    Cors,
    ExistingCertificate,
    IngressGateway,
    IngressGatewayProps,
    Off,
    PlainHttp,
    RateLimit,
    Route,
    Timeouts,
)
from constructs_lib.kube.autoscaling import (
    Autoscaling,
    ExternalMetric,
    PodsMetric,
    ScalingPolicy,
    ScalingRules,
)
from constructs_lib.kube.containers import (
    InitContainer,
    Migration,
    Sidecar,
)
from constructs_lib.kube.disruption import Disruption
from constructs_lib.kube.images import (
    AppImage,
    Image,
)
from constructs_lib.kube.monitors import Metrics
from constructs_lib.kube.network import (
    Client,
    Traffic,
)
from constructs_lib.kube.placement import (
    Toleration,
    TopologySpread,
)
from constructs_lib.kube.probes import (
    ExecCommand,
    GrpcCheck,
    HttpGet,
    Probe,
    Probes,
    TcpConnect,
)
from constructs_lib.kube.rbac import (
    ExistingServiceAccount,
    OwnServiceAccount,
    Rule,
)
from constructs_lib.kube.security import Security
from constructs_lib.kube.services import (
    ClusterService,
    LoadBalancer,
    SessionAffinity,
)
from constructs_lib.kube.shutdown import Shutdown
from constructs_lib.kube.storage import (
    ConfigFiles,
    ConfigMapFiles,
    FileMount,
    SecretFiles,
    WritablePath,
)
from constructs_lib.kube.variables import (
    ContainerResource,
    PodField,
    Variable,
    VariablesFrom,
)
from constructs_lib.kube.workloads import (
    Recreate,
    RollingUpdate,
    Rollout,
    Schedule,
)
from constructs_lib.manifest import Manifest
from constructs_lib.output import (
    render,
    write_apps,
)
from constructs_lib.quota import NamespaceQuota, NamespaceQuotaProps
from constructs_lib.refs import (
    ANYWHERE,
    Cidrs,
    ConfigMapKey,
    Endpoint,
    Peer,
    Pods,
    Port,
    Ports,
    SecretKey,
)
from constructs_lib.resources import Resources
from constructs_lib.rules import (
    FLEET_RULES,
    RULE_NAMES,
    Finding,
    Known,
    Waiver,
)
from constructs_lib.secrets import (
    AppSecret,
    AppSecretProps,
    ExistingSecret,
)
from constructs_lib.service import (
    ExternalService,
    ExternalServiceProps,
    NovaCronJob,
    NovaCronJobProps,
    NovaService,
    NovaServiceProps,
    NovaWorker,
    NovaWorkerProps,
)
from constructs_lib.service.overrides import Override
from constructs_lib.store import (
    S3,
    Archive,
    Backup,
    BackupVolume,
    Database,
    Defragment,
    Etcd,
    EtcdTools,
    Login,
    NatsExporter,
    NatsJetStream,
    NatsTools,
    NatsUser,
    PostgresExporter,
    PostgresHA,
    PostgresStandalone,
    Proxy,
    Reach,
    RedisExporter,
    RedisReplicated,
    RedisSentinel,
    RedisStandalone,
    ResilientStatefulStore,
    SavePoint,
    StoreProps,
    Tls,
    Volume,
)

__all__ = [
    "ANYWHERE",
    "FLEET_RULES",
    "RULE_NAMES",
    "S3",
    "ApiServer",
    "AppChart",
    "AppImage",
    "AppSecret",
    "AppSecretProps",
    "Archive",
    "Autoscaling",
    "Backup",
    "BackupVolume",
    "CertificateFromIssuer",
    "Cidrs",
    "Client",
    "Cluster",
    "ClusterService",
    "ConfigFiles",
    "ConfigMapFiles",
    "ConfigMapKey",
    "ContainerResource",
    "CookieAffinity",
    "Cors",
    "Database",
    "Defragment",
    "DevelopmentLiterals",
    "Disruption",
    "Dns",
    "Endpoint",
    "Environment",
    "Etcd",
    "EtcdTools",
    "ExecCommand",
    "ExistingCertificate",
    "ExistingSecret",
    "ExistingServiceAccount",
    "ExternalMetric",
    "ExternalSecretStore",
    "ExternalService",
    "ExternalServiceProps",
    "FileMount",
    "Finding",
    "GrpcCheck",
    "HttpGet",
    "Image",
    "Images",
    "IngressGateway",
    "IngressGatewayProps",
    "InitContainer",
    "Known",
    "LoadBalancer",
    "Login",
    "Manifest",
    "Metrics",
    "Migration",
    "NamespaceQuota",
    "NamespaceQuotaProps",
    "NatsExporter",
    "NatsJetStream",
    "NatsTools",
    "NatsUser",
    "NodePool",
    "NovaCronJob",
    "NovaCronJobProps",
    "NovaError",
    "NovaService",
    "NovaServiceProps",
    "NovaWorker",
    "NovaWorkerProps",
    "Off",
    "Override",
    "OwnServiceAccount",
    "Peer",
    "PlainHttp",
    "PodField",
    "Pods",
    "PodsMetric",
    "Port",
    "Ports",
    "PostgresExporter",
    "PostgresHA",
    "PostgresStandalone",
    "Probe",
    "Probes",
    "Problem",
    "PropsError",
    "Proxy",
    "RateLimit",
    "Reach",
    "Recreate",
    "RedisExporter",
    "RedisReplicated",
    "RedisSentinel",
    "RedisStandalone",
    "ResilientStatefulStore",
    "Resources",
    "RollingUpdate",
    "Rollout",
    "Route",
    "Rule",
    "RuleError",
    "SavePoint",
    "ScalingPolicy",
    "ScalingRules",
    "Schedule",
    "SecretFiles",
    "SecretKey",
    "Security",
    "SessionAffinity",
    "Shutdown",
    "Sidecar",
    "Spread",
    "StoreProps",
    "Taint",
    "TcpConnect",
    "Timeouts",
    "Tls",
    "Toleration",
    "TopologySpread",
    "Traffic",
    "Variable",
    "VariablesFrom",
    "Volume",
    "Waiver",
    "WritablePath",
    "render",
    "write_apps",
]
