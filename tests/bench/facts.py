"""What both ways of writing the synthetic services say, so that their output can be compared."""

from typing import NamedTuple


class SelectedPods(NamedTuple):
    """Pods on the other side of a connection."""

    namespace: str
    app: str
    label: str = "app.kubernetes.io/name"


REGISTRY = "registry.example.com/nova"
TAG = "1.4.2"
TEAM = "bench"
APP = "bench"

HTTP = 8080
METRICS = 9090
HEALTH = "/health"

DATABASE = SelectedPods("data", "postgres")
DATABASE_PORT = 5432
DATABASE_SECRET = "database"  # noqa: S105  (a name)
CLIENT_NAMESPACE = "ingress-nginx"
SCRAPER = SelectedPods("observability", "prometheus")
DNS = SelectedPods("kube-system", "kube-dns", label="k8s-app")
NODE_LOCAL_DNS = "169.254.20.10/32"
API_SERVER = ("10.0.0.10/32", "10.0.0.11/32")
API_SERVER_PORT = 6443

SETTINGS = {
    "LOG_LEVEL": "info",
    "LOG_FORMAT": "json",
    "HTTP_PORT": str(HTTP),
    "DATABASE_HOST": f"{DATABASE.app}.{DATABASE.namespace}.svc",
    "DATABASE_PORT": str(DATABASE_PORT),
    "DATABASE_POOL_SIZE": "20",
    "CACHE_SECONDS": "300",
    "FEATURE_FLAGS": "search,export,audit",
}

READ = ("get", "list", "watch")
USER = 1000

FEWEST = 3
MOST = 10
CPU_PERCENT = 70
MEMORY_PERCENT = 80
CPU_MILLIS = 250
MEMORY_MEBIBYTES = 256
SCRATCH_MEBIBYTES = 64
