"""Alertmanagers that their tests render."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from constructs_lib.environment import Environment
from constructs_lib.kube.claims import Volume
from constructs_lib.kube.images import Image
from constructs_lib.kube.shutdown import Shutdown
from constructs_lib.observability.alertmanager import Alertmanager
from constructs_lib.observability.alertmanager_file import CONFIGURATION, SECRETS
from constructs_lib.observability.dead_mans_switch import DeadMansSwitch
from constructs_lib.observability.inhibition import INHIBITIONS, Inhibition
from constructs_lib.observability.quiet_time import QuietTime
from constructs_lib.observability.receivers import Email, PagerDuty, Slack, Webhook
from constructs_lib.observability.routing import Routing, Team
from constructs_lib.refs import Cidrs, Endpoint, Pods, Port, SecretKey
from constructs_lib.resources import Resources
from constructs_lib.store.props import StoreProps
from tests.environments import MODERN
from tests.store.rendering import of_kind, rendered

HOOK = Endpoint.of("hook", Port("http", 8080, service_port=80), app="hooks")
PROMETHEUS = Pods("shop", labels={"app.kubernetes.io/name": "prometheus"})

SMALL = Routing(receivers={"hook": Webhook.at(HOOK, "/alerts")}, default="hook")
"""Everybody's alerts go one way."""

TEAMS = Routing(
    receivers={
        "pager": PagerDuty(routing_key=SecretKey("receivers", "pagerduty")),
        "chat": Slack(api_url=SecretKey("receivers", "slack"), channel="#payments"),
        "letters": Email(
            to=("ops@example.com", "boss@example.com"),
            sender="alerts@example.com",
            smarthost="smtp.example.com:587",
            username="alerts",
            password=SecretKey("mail", "password"),
        ),
        "hook": Webhook(
            "https://hooks.example.com/alerts", token=SecretKey("receivers", "hook-token")
        ),
        "switch": Webhook("https://switch.example.com/beat", resolved=False),
    },
    teams=(
        Team("payments", critical=("pager", "chat"), warning=("chat",)),
        Team("search", critical=("hook",), warning=()),
    ),
    default="letters",
    dead_mans_switch=DeadMansSwitch("switch"),
)
"""Every kind of receiver; all of it is known to Alertmanager 0.25."""

FULL = Routing(
    receivers={
        **TEAMS.receivers,
        "pager": PagerDuty(
            routing_key=SecretKey("receivers", "pagerduty"),
            url="https://events.eu.pagerduty.com/v2/enqueue",
            peers=(Cidrs(("203.0.113.0/24",)),),
        ),
        "hook": Webhook(
            SecretKey("receivers", "hook"),
            token=SecretKey("receivers", "hook-token"),
            most_alerts=50,
            peers=(Cidrs(("198.51.100.7/32",)),),
            port=8443,
        ),
    },
    teams=TEAMS.teams,
    default="letters",
    dead_mans_switch=DeadMansSwitch("switch", every="5m"),
    group_by=("alertname", "team"),
    group_wait="10s",
    group_interval="1m",
    repeat_critical="30m",
    repeat_warning="1d",
    inhibitions=(
        *INHIBITIONS,
        Inhibition(
            source={"alertname": "NodeLost"},
            target={"alertname": r"Pod\w+", "namespace": ".+"},
            equal=("node",),
        ),
    ),
    quiet=(
        QuietTime(start="20:00", end="24:00"),
        QuietTime(start="00:00", end="07:00", weekdays=("monday", "sunday")),
    ),
)
"""Every field has another value than its default."""

ONE = StoreProps(engine=Alertmanager(routing=SMALL, replicas=1), volume=Volume(size="1Gi"))
THREE = StoreProps(
    engine=Alertmanager(routing=TEAMS), volume=Volume(size="1Gi"), clients=(PROMETHEUS,)
)
EVERYTHING = StoreProps(
    engine=Alertmanager(
        routing=FULL,
        replicas=3,
        image=Image("registry.example.com/alertmanager", tag="v0.34.1"),
        external_url="https://alerts.example.com",
        silences_url="https://grafana.example.com/alerting/silences",
        retention="240h",
        peer_timeout_seconds=20,
        extra_args=("--enable-feature=utf8-strict-mode",),
        user=1001,
        resources=Resources(cpu="50m", memory="128Mi"),
        shutdown=Shutdown(grace_period_seconds=60, drain_seconds=5, stop_seconds=30),
    ),
    volume=Volume(size="2Gi"),
    clients=(PROMETHEUS,),
)


def objects_of(props: StoreProps, environment: Environment = MODERN) -> list[dict[str, Any]]:
    """The objects of an Alertmanager called ``alertmanager``."""
    return rendered(props, environment, "alertmanager")


def with_routing(routing: Routing) -> StoreProps:
    """One Alertmanager with these routes."""
    return replace(ONE, engine=Alertmanager(routing=routing, replicas=1))


def written(objects: list[dict[str, Any]], folder: Path) -> Path:
    """Write what a pod would find into ``folder``, and return the configuration's path.

    Each secret holds its own name and key. Paths in the configuration lead into ``folder``.
    """
    pod = of_kind(objects, "StatefulSet")["spec"]["template"]["spec"]
    data = of_kind(objects, "ConfigMap")["data"]
    (container,) = pod["containers"]
    mounts = {mount["name"]: mount["mountPath"] for mount in container["volumeMounts"]}
    for volume in pod.get("volumes", []):
        place = folder / mounts[volume["name"]].strip("/")
        place.mkdir(parents=True)
        for item in volume.get("configMap", {}).get("items", []):
            text = data[item["key"]]
            for path in (CONFIGURATION, SECRETS):
                text = text.replace(path, f"{folder}{path}")
            (place / item["path"]).write_text(text, encoding="utf-8")
        for item in volume.get("secret", {}).get("items", []):
            text = f"{volume['secret']['secretName']} {item['key']}\n"
            (place / item["path"]).write_text(text, encoding="utf-8")
    return folder / CONFIGURATION.strip("/") / "alertmanager.yml"
