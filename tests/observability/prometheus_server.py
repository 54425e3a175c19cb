"""A real Prometheus with the rendered configuration, discovery replaced by given targets.

Debian's Prometheus is built without Kubernetes discovery, so each ``kubernetes_sd_configs`` gives
way to the targets that it would have found: an address, and the labels that discovery gives it.
Everything behind it, relabelling above all, is as it was rendered.

::

    folder = written(objects, tmp_path)
    replace_discovery(folder, {"shop/orders": [pod_target("127.0.0.1:9000", pod="orders-0")]})
    with Prometheus(folder) as prometheus:
        prometheus.wait_for('up{job="shop/orders"} == 1')
"""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Self
from urllib.error import URLError
from urllib.parse import urlencode
from urllib.request import urlopen

import yaml

from constructs_lib.yaml_text import to_yaml

_MOUNTS = "/etc/prometheus"
_ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount"
_META = "__meta_kubernetes"
_START_SECONDS = 30

missing = [name for name in ("prometheus", "promtool") if shutil.which(name) is None]
"""Programs that are not installed."""


def written(
    objects: Sequence[Mapping[str, Any]], folder: Path, *, name: str = "prometheus"
) -> Path:
    """``folder`` with the files that the pods of the Prometheus ``name`` find, in their places.

    Paths in the configuration lead there. Credentials are empty files.
    """
    (data,) = [
        item["data"]
        for item in objects
        if item["kind"] == "ConfigMap" and item["metadata"]["name"] == f"{name}-files"
    ]
    (folder / "config").mkdir(parents=True, exist_ok=True)
    text = data["etc-prometheus-config-prometheus.yml"]
    (folder / "config" / "prometheus.yml").write_text(text, encoding="utf-8")
    for number, files in enumerate(rules_of(objects, name=name), start=1):
        (folder / "rules" / str(number)).mkdir(parents=True, exist_ok=True)
        for file, rules in files.items():
            (folder / "rules" / str(number) / file).write_text(rules, encoding="utf-8")
    configuration = folder / "config" / "prometheus.yml"
    text = configuration.read_text(encoding="utf-8")
    (folder / "account").mkdir(exist_ok=True)
    for secret in ("token", "ca.crt"):
        (folder / "account" / secret).touch()
    text = text.replace(_MOUNTS, str(folder)).replace(_ACCOUNT, str(folder / "account"))
    configuration.write_text(text, encoding="utf-8")
    return folder


def rules_of(
    objects: Sequence[Mapping[str, Any]], *, name: str = "prometheus"
) -> list[Mapping[str, str]]:
    """Rule files by name, of each ConfigMap in turn."""
    maps = [item for item in objects if item["kind"] == "ConfigMap"]
    of_rules = [i for i in maps if i["metadata"]["name"].startswith(f"{name}-rules-")]
    of_rules.sort(key=lambda item: int(item["metadata"]["name"].rpartition("-")[2]))
    return [item["data"] for item in of_rules]


def configuration_of(folder: Path) -> Any:
    """The configuration in ``folder``, read."""
    return yaml.safe_load((folder / "config" / "prometheus.yml").read_text(encoding="utf-8"))


def pod_target(
    address: str,
    *,
    pod: str,
    namespace: str = "shop",
    container: str = "main",
    port: tuple[str, int] = ("metrics", 9090),
    phase: str = "Running",
) -> dict[str, Any]:
    """A port of a pod, as discovery would find it, answering at ``address``."""
    labels = {
        f"{_META}_namespace": namespace,
        f"{_META}_pod_name": pod,
        f"{_META}_pod_container_name": container,
        f"{_META}_pod_container_port_name": port[0],
        f"{_META}_pod_container_port_number": str(port[1]),
        f"{_META}_pod_container_port_protocol": "TCP",
        f"{_META}_pod_phase": phase,
    }
    return {"targets": [address], "labels": labels}


def replace_discovery(
    folder: Path,
    targets: Mapping[str, Sequence[Mapping[str, Any]]],
    *,
    alertmanagers: Sequence[str] = (),
    seconds: int | None = None,
) -> None:
    """Write the configuration again with ``targets`` by their job, and none for other jobs.

    ``alertmanagers`` are addresses in place of those rendered; ``seconds`` shortens the time
    between scrapes and between evaluations. Raises ``KeyError`` for a job that is not rendered.
    """
    whole = configuration_of(folder)
    jobs = {job["job_name"]: job for job in whole["scrape_configs"]}
    for unknown in targets.keys() - jobs.keys():
        raise KeyError(unknown)
    for name, job in jobs.items():
        del job["kubernetes_sd_configs"]
        job["static_configs"] = [dict(item) for item in targets.get(name, ())]
        if seconds is not None:
            job |= {"scrape_interval": f"{seconds}s", "scrape_timeout": f"{seconds}s"}
    if seconds is not None:
        times = ("scrape_interval", "scrape_timeout", "evaluation_interval")
        whole["global"] |= dict.fromkeys(times, f"{seconds}s")
    if "alerting" in whole:
        found = [{"static_configs": [{"targets": list(alertmanagers)}]}] if alertmanagers else []
        whole["alerting"]["alertmanagers"] = found
    (folder / "config" / "prometheus.yml").write_text(to_yaml([whole]), encoding="utf-8")


def promtool(*arguments: str) -> str:
    """What ``promtool`` says; raises ``AssertionError`` with it where it finds something."""
    done = subprocess.run(
        ["promtool", *arguments],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


class Prometheus:
    """A server that runs as long as the ``with`` block."""

    def __init__(
        self, folder: Path, *, pod: str = "prometheus-0", args: Sequence[str] = ()
    ) -> None:
        """Run with the configuration in ``folder``; ``pod`` is what it takes for its own name.

        ``args`` are further ones.
        """
        self._args = args
        self._folder = folder
        self._pod = pod
        self._process: subprocess.Popen[bytes] | None = None
        self.address = f"127.0.0.1:{free_port()}"
        """Where it answers."""

    def __enter__(self) -> Self:
        """Start, and wait until it is ready."""
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop."""
        self.stop()

    def start(self) -> None:
        """Start, and wait until it is ready."""
        with (self._folder / "log").open("wb") as log:
            self._process = subprocess.Popen(
                [
                    "prometheus",
                    f"--config.file={self._folder}/config/prometheus.yml",
                    f"--storage.tsdb.path={self._folder}/data",
                    f"--web.listen-address={self.address}",
                    # What Prometheus 3 does anyway.
                    "--enable-feature=expand-external-labels",
                    *self._args,
                ],
                stdout=log,
                stderr=subprocess.STDOUT,
                env={"POD_NAME": self._pod},
            )
        end = time.monotonic() + _START_SECONDS
        while not self._ready():
            assert self._process.poll() is None, self.log
            assert time.monotonic() < end, self.log
            time.sleep(0.1)

    def stop(self) -> None:
        """Stop, and wait for its end."""
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None

    @property
    def log(self) -> str:
        """What it has said."""
        return (self._folder / "log").read_text(encoding="utf-8", errors="replace")

    def get(self, path: str, **parameters: str) -> Any:
        """``data`` of an answer of its API below ``/api/v1/``."""
        query = f"?{urlencode(parameters)}" if parameters else ""
        with urlopen(f"http://{self.address}/api/v1/{path}{query}", timeout=10) as answer:
            return json.load(answer)["data"]

    def query(self, expression: str) -> list[dict[str, Any]]:
        """Series that ``expression`` returns now: ``metric`` and ``value``."""
        return list(self.get("query", query=expression)["result"])

    def wait_for(self, expression: str, *, seconds: float = 30) -> list[dict[str, Any]]:
        """What ``expression`` returns once it returns something."""
        end = time.monotonic() + seconds
        while not (found := self.query(expression)):
            assert time.monotonic() < end, f"nothing for {expression}\n{self.log}"
            time.sleep(0.2)
        return found

    def alerts(self) -> list[dict[str, Any]]:
        """Alerts that are pending or firing."""
        return list(self.get("alerts")["alerts"])

    def _ready(self) -> bool:
        try:
            with urlopen(f"http://{self.address}/-/ready", timeout=2) as answer:
                return bool(answer.status == 200)
        except (URLError, OSError):
            return False


def free_port() -> int:
    """A port of this machine that nobody listens at."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
