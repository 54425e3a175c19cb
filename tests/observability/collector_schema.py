"""Options of the parts that Jaeger 2.19 and Collector 0.158 are configured with.

Facts read from the sources' ``mapstructure`` tags and READMEs, as far as the library writes them,
and with some of their neighbours; whatever is not listed is refused. Neither program was run.

* https://github.com/jaegertracing/jaeger: ``cmd/internal/storageconfig/config.go``,
  ``internal/storage/{v1/badger,elasticsearch/config,cassandra/config}/config.go``,
  ``cmd/jaeger/internal/extension/jaegerquery/internal/flags.go``,
  ``cmd/jaeger/internal/exporters/storageexporter/config.go``
* https://github.com/open-telemetry/opentelemetry-collector: ``receiver/otlpreceiver``,
  ``config/configgrpc``,
  ``exporter/{otlpexporter,exporterhelper}``, ``processor/{memorylimiter,batch}processor``,
  ``service/telemetry``
* https://github.com/open-telemetry/opentelemetry-collector-contrib: ``extension/healthcheckv2``,
  ``extension/healthcheck``, ``processor/{probabilisticsampler,tailsampling}processor``
"""

from collections.abc import Mapping
from typing import Any

from jsonschema import Draft202012Validator

Schema = Mapping[str, Any]

TEXT: Schema = {"type": "string", "minLength": 1}
FLAG: Schema = {"type": "boolean"}
COUNT: Schema = {"type": "integer", "minimum": 1}
NUMBER: Schema = {"type": "integer", "minimum": 0}
TIME: Schema = {"type": "string", "pattern": r"^([0-9]+(\.[0-9]+)?(ns|us|ms|s|m|h))+$"}
PERCENT: Schema = {"type": "number", "exclusiveMinimum": 0, "maximum": 100}
LISTENER: Schema = {"type": "string", "pattern": r"^0\.0\.0\.0:[0-9]+$"}


def section(required: tuple[str, ...] = (), **options: Schema) -> Schema:
    """An object with these options and no others."""
    return {
        "type": "object",
        "properties": options,
        "required": list(required),
        "additionalProperties": False,
    }


def each(item: Schema) -> Schema:
    return {"type": "array", "items": item, "minItems": 1}


CLIENT_TLS = section(
    insecure=FLAG,
    insecure_skip_verify=FLAG,
    ca_file=TEXT,
    cert_file=TEXT,
    key_file=TEXT,
    server_name_override=TEXT,
)
SERVER = section(("endpoint",), endpoint=LISTENER)
GRPC_SERVER = section(
    ("endpoint",),
    endpoint=LISTENER,
    keepalive=section(
        server_parameters=section(
            max_connection_idle=TIME,
            max_connection_age=TIME,
            max_connection_age_grace=TIME,
            time=TIME,
            timeout=TIME,
        ),
        enforcement_policy=section(min_time=TIME, permit_without_stream=FLAG),
    ),
    max_recv_msg_size_mib=COUNT,
    max_concurrent_streams=COUNT,
)
RETRY = section(
    enabled=FLAG,
    initial_interval=TIME,
    max_interval=TIME,
    max_elapsed_time=TIME,
    multiplier={"type": "number"},
    randomization_factor={"type": "number"},
)
# All of it is required: a queue that is optional in a component has no defaults once it is given.
QUEUE = section(
    ("sizer", "queue_size", "num_consumers"),
    sizer={"enum": ["requests", "items", "bytes"]},
    queue_size=COUNT,
    num_consumers=COUNT,
    block_on_overflow=FLAG,
    wait_for_result=FLAG,
)
RECEIVERS = section(
    ("otlp",),
    otlp=section(
        ("protocols",), protocols=section(("grpc", "http"), grpc=GRPC_SERVER, http=SERVER)
    ),
)
MEMORY_LIMITER = section(
    ("check_interval", "limit_percentage"),
    check_interval=TIME,
    limit_mib=COUNT,
    spike_limit_mib=COUNT,
    limit_percentage=PERCENT,
    spike_limit_percentage=PERCENT,
)
BATCH = section(timeout=TIME, send_batch_size=COUNT, send_batch_max_size=NUMBER)
READER = section(
    ("pull",),
    pull=section(
        ("exporter",),
        exporter=section(
            ("prometheus",),
            prometheus=section(
                ("host", "port"),
                host={"const": "0.0.0.0"},  # noqa: S104
                port=COUNT,
                without_scope_info=FLAG,
                without_type_suffix=FLAG,
                without_units=FLAG,
            ),
        ),
    ),
)
TELEMETRY = section(
    ("metrics", "logs"),
    metrics=section(
        ("level", "readers"),
        level={"enum": ["none", "basic", "normal", "detailed"]},
        readers=each(READER),
    ),
    logs=section(
        level={"enum": ["DEBUG", "INFO", "WARN", "ERROR"]},
        encoding={"enum": ["console", "json"]},
    ),
)

BADGER = section(
    ("directories", "ephemeral"),
    directories=section(("keys", "values"), keys=TEXT, values=TEXT),
    # Its default is a folder that goes with the pod.
    ephemeral={"const": False},
    ttl=section(spans=TIME),
    consistency=FLAG,
    maintenance_interval=TIME,
    metrics_update_interval=TIME,
    read_only=FLAG,
)
INDEX = section(
    shards=COUNT,
    replicas=NUMBER,
    priority=NUMBER,
    date_layout=TEXT,
    rollover_frequency={"enum": ["hour", "day"]},
)
ELASTICSEARCH = section(
    ("server_urls",),
    server_urls=each({"type": "string", "pattern": r"^https?://[^/]+:[0-9]+$"}),
    auth=section(("basic",), basic=section(username=TEXT, password=TEXT, password_file=TEXT)),
    tls=CLIENT_TLS,
    indices=section(
        index_prefix=TEXT, spans=INDEX, services=INDEX, dependencies=INDEX, sampling=INDEX
    ),
    version=COUNT,
    create_mappings=FLAG,
    use_aliases=FLAG,
    use_ilm=FLAG,
)
CASSANDRA = section(
    ("schema", "connection"),
    schema=section(
        ("keyspace",),
        keyspace=TEXT,
        create=FLAG,
        datacenter=TEXT,
        trace_ttl=TIME,
        dependencies_ttl=TIME,
        replication_factor=COUNT,
        compaction_window=TIME,
        disable_compression=FLAG,
    ),
    connection=section(
        ("servers",),
        servers=each({"type": "string", "pattern": r"^[a-z0-9.-]+$"}),
        port=COUNT,
        local_dc=TEXT,
        auth=section(
            ("basic",), basic=section(("username", "password"), username=TEXT, password=TEXT)
        ),
        tls=CLIENT_TLS,
        timeout=TIME,
        proto_version=COUNT,
    ),
)
BACKEND: Schema = {
    **section(
        badger=BADGER,
        elasticsearch=ELASTICSEARCH,
        opensearch=ELASTICSEARCH,
        cassandra=CASSANDRA,
    ),
    "minProperties": 1,
    "maxProperties": 1,
}

JAEGER: Schema = section(
    ("receivers", "processors", "exporters", "extensions", "service"),
    receivers=RECEIVERS,
    processors=section(memory_limiter=MEMORY_LIMITER, batch=BATCH),
    exporters=section(
        jaeger_storage_exporter=section(
            ("trace_storage",), trace_storage=TEXT, queue=QUEUE, retry_on_failure=RETRY
        )
    ),
    extensions=section(
        healthcheckv2=section(
            ("use_v2", "http"),
            use_v2={"const": True},
            http=section(
                ("endpoint",),
                endpoint=LISTENER,
                status=section(enabled=FLAG, path=TEXT),
                config=section(enabled=FLAG, path=TEXT),
            ),
        ),
        jaeger_storage=section(
            ("backends",), backends={"type": "object", "additionalProperties": BACKEND}
        ),
        jaeger_query=section(
            ("storage",),
            storage=section(("traces",), traces=TEXT, traces_archive=TEXT, metrics=TEXT),
            base_path={"type": "string", "pattern": "^/.*[^/]$"},
            http=SERVER,
            grpc=SERVER,
            enable_tracing=FLAG,
            max_trace_size=NUMBER,
        ),
    ),
    service=section(
        ("extensions", "pipelines", "telemetry"),
        extensions=each(TEXT),
        pipelines={"type": "object"},
        telemetry=TELEMETRY,
    ),
)

POLICY: Schema = {
    "oneOf": [
        section(
            ("name", "type", "status_code"),
            name=TEXT,
            type={"const": "status_code"},
            status_code=section(status_codes=each({"enum": ["OK", "ERROR", "UNSET"]})),
        ),
        section(
            ("name", "type", "latency"),
            name=TEXT,
            type={"const": "latency"},
            latency=section(threshold_ms=COUNT, upper_threshold_ms=COUNT),
        ),
        section(
            ("name", "type", "probabilistic"),
            name=TEXT,
            type={"const": "probabilistic"},
            probabilistic=section(sampling_percentage=PERCENT, hash_salt=TEXT),
        ),
    ]
}
COLLECTOR: Schema = section(
    ("receivers", "processors", "exporters", "extensions", "service"),
    receivers=RECEIVERS,
    processors=section(
        memory_limiter=MEMORY_LIMITER,
        batch=BATCH,
        probabilistic_sampler=section(
            ("sampling_percentage",),
            sampling_percentage=PERCENT,
            hash_seed=NUMBER,
            mode={"enum": ["hash_seed", "proportional", "equalizing"]},
        ),
        tail_sampling=section(
            ("policies",),
            decision_wait=TIME,
            num_traces=COUNT,
            expected_new_traces_per_sec=NUMBER,
            policies=each(POLICY),
        ),
    ),
    exporters=section(
        otlp_grpc=section(
            ("endpoint", "tls"),
            endpoint={"type": "string", "pattern": r"^[a-z0-9.-]+:[0-9]+$"},
            tls=CLIENT_TLS,
            timeout=TIME,
            sending_queue=QUEUE,
            retry_on_failure=RETRY,
            compression=TEXT,
        )
    ),
    extensions=section(health_check=section(("endpoint",), endpoint=LISTENER, path=TEXT)),
    service=section(
        ("extensions", "pipelines", "telemetry"),
        extensions=each(TEXT),
        pipelines={"type": "object"},
        telemetry=TELEMETRY,
    ),
)


def option_problems(settings: Mapping[str, Any], schema: Schema) -> list[str]:
    """Options that are none, values that do not fit, and parts that are used but not there."""
    found = Draft202012Validator(dict(schema)).iter_errors(settings)
    return [
        *(f"{error.json_path}: {error.message}" for error in found),
        *_unknown_parts(settings),
    ]


def _unknown_parts(settings: Mapping[str, Any]) -> list[str]:
    service = settings["service"]
    used = {("extensions", name) for name in service["extensions"]}
    for pipeline in service["pipelines"].values():
        used |= {(kind, name) for kind, names in pipeline.items() for name in names}
    kinds = ("extensions", "receivers", "processors", "exporters")
    given = {(kind, name) for kind in kinds for name in settings[kind]}
    return [f"{kind}: {name} is used or given, not both" for kind, name in sorted(used ^ given)]
