"""The smallest props of each construct, and the endpoints they use."""

from constructs_lib.kube.images import AppImage
from constructs_lib.kube.workloads import Schedule
from constructs_lib.refs import Binding, Cidrs, Endpoint, Pods, Port, Ports, SecretKey
from constructs_lib.secrets import AppSecretProps
from constructs_lib.service import (
    ExternalServiceProps,
    NovaCronJobProps,
    NovaServiceProps,
    NovaWorkerProps,
)

IMAGE = AppImage("api", tag="1.4.2")

SERVICE = NovaServiceProps(image=IMAGE, ports=Ports(http=8080))
"""The smallest service."""

WORKER = NovaWorkerProps(image=IMAGE)
"""The smallest worker."""

CRON_JOB = NovaCronJobProps(image=IMAGE, schedule=Schedule(cron="0 3 * * *"))
"""The smallest scheduled job."""

DATABASE = Endpoint(
    "postgres", "data", Port("postgres", 5432), peers=(Pods("data", labels={"app": "postgres"}),)
)
BROKER = Endpoint(
    "broker",
    "outside",
    Port("amqp", 5671),
    peers=(Cidrs(("10.20.0.0/16",), excluding=("10.20.1.0/24",)),),
)


USERS = Endpoint.of("user-service", Port("http", 8080), app="people", namespace="accounts")
"""A service of another app."""

EXTERNAL = ExternalServiceProps(DATABASE)
"""The smallest name for something elsewhere."""

SECRET = AppSecretProps(keys=("password",))
"""The smallest Secret."""

STORE = Pods("stores", labels={"app.kubernetes.io/name": "cache-proxy"})
PASSWORD = SecretKey("cache", "password")
CACHE = Binding(
    Endpoint("cache", "stores", Port("redis", 6379), peers=(STORE,)),
    read=Endpoint(
        "cache-replicas", "stores", Port("redis-read", 6380, service_port=6379), peers=(STORE,)
    ),
    user="orders",
    database="shop",
    password=PASSWORD,
    variables={
        "REDIS_PASSWORD": PASSWORD,
        "REDIS_URL": "redis://:$(REDIS_PASSWORD)@cache.stores.svc:6379/0",
    },
    pool=5,
    pods=10,
    surge=2,
    client="shop/orders",
)

LEDGER = Binding.of(
    Endpoint("ledger", "books", Port("https", 8443), peers=(Pods("books", labels={"app": "l"}),)),
    "LEDGER",
    scheme="https",
    user="shop",
    password=SecretKey("ledger", "token"),
    pool=3,
)
"""An endpoint that is no store of ours, in another namespace."""
