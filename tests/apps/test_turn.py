"""The TURN server as it is rendered, run for real: coturn in a network namespace of its own.

Command, files, variables, volumes, user and capabilities are those of the pod; the file system is
read-only but for its volumes, and the binary carries the file capability that the image gives it.
"""

import base64
import contextlib
import hashlib
import hmac
import os
import secrets
import shlex
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.apps.rendered import Document, Rendered, main_container, pod_spec

TOOLS = ("turnserver", "turnutils_uclient", "ip", "unshare", "setpriv", "setcap", "chroot")
MISSING = [tool for tool in TOOLS if shutil.which(tool) is None]

pytestmark = [
    pytest.mark.skipif(bool(MISSING), reason=f"not on PATH: {', '.join(MISSING)}"),
    pytest.mark.skipif(os.geteuid() != 0, reason="needs root for a network namespace"),
]

POD = "10.1.2.3"
CLIENT = "198.51.100.7"
NAMESPACE = "nova-messaging"


class Turn(NamedTuple):
    """A running server."""

    network: str
    secret: str
    log: Path

    def client(self, *options: str, secret: str | None = None, ttl: int = 600) -> str:
        """What the client says of a run, with credentials made as the service makes them."""
        user = f"{int(time.time()) + ttl}:{secrets.token_hex(4)}"
        digest = hmac.digest((secret or self.secret).encode(), user.encode(), hashlib.sha1)
        password = base64.b64encode(digest).decode()
        command = ["ip", "netns", "exec", self.network, "turnutils_uclient"]
        options = ("-u", user, "-w", password, "-L", CLIENT, *options)
        result = subprocess.run(
            [*command, *options, POD], capture_output=True, text=True, timeout=9, check=False
        )
        return result.stdout + result.stderr


@pytest.fixture(scope="module")
def turn(prod: Rendered, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Turn]:
    """The rendered server, ready for clients."""
    folder = tmp_path_factory.mktemp("turn")
    network, secret = f"turn-{os.getpid()}", secrets.token_hex(16)
    with _network(network), (folder / "log").open("w") as log:
        server = subprocess.Popen(
            ["ip", "netns", "exec", network, *_pod(prod, folder, secret)],
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            _wait_until_it_listens(server, network, folder / "log")
            yield Turn(network, secret, folder / "log")
        finally:
            _stop(server)


def test_two_callers_meet_over_the_announced_address(turn: Turn) -> None:
    # Each client sends to the other's relay, under the address that the server announces.
    said = turn.client("-y", "-c", "-n", "20", "-z", "5")

    assert "tot_send_msgs=40, tot_recv_msgs=40" in said
    assert "Total lost packets 0 (0.000000%)" in said


def test_secret_is_in_no_process_list(turn: Turn) -> None:
    running = list(_command_lines())

    assert any(line.startswith("turnserver ") for line in running)
    assert not [line for line in running if turn.secret in line]
    assert turn.secret not in turn.log.read_text()


def test_another_secret_is_refused(turn: Turn) -> None:
    assert "Cannot complete Allocation" in turn.client("-y", "-c", secret=secrets.token_hex(16))


def test_old_credentials_are_refused(turn: Turn) -> None:
    assert "Cannot complete Allocation" in turn.client("-y", "-c", ttl=-10)


@pytest.mark.parametrize(
    "peer", ["10.1.2.99", "100.64.0.1", "127.0.0.1", "169.254.169.254", "172.16.0.1", "192.168.0.1"]
)
def test_no_relay_into_a_private_network(turn: Turn, peer: str) -> None:
    assert "403 (Forbidden IP)" in turn.client("-c", "-n", "1", "-e", peer)


@contextlib.contextmanager
def _network(name: str) -> Iterator[None]:
    """A network namespace with the pod's address and the clients'."""
    subprocess.run(["ip", "netns", "add", name], check=True)
    try:
        subprocess.run(["ip", "-n", name, "link", "set", "lo", "up"], check=True)
        for address in (POD, CLIENT):
            add = ["ip", "-n", name, "address", "add", f"{address}/32", "dev", "lo"]
            subprocess.run(add, check=True)
        yield
    finally:
        subprocess.run(["ip", "netns", "delete", name], check=True)


def _wait_until_it_listens(server: subprocess.Popen[bytes], network: str, log: Path) -> None:
    """Returns once the port that the probes ask is open."""
    sockets = Path(f"/proc/{server.pid}/net/tcp")
    deadline = time.monotonic() + 8
    while time.monotonic() < deadline and server.poll() is None:
        # Port 3478 in state LISTEN, as the kernel writes it.
        if any(":0D96 00000000:0000 0A" in line for line in sockets.read_text().splitlines()):
            return
        time.sleep(0.02)
    pytest.fail(f"turnserver does not listen in {network}:\n{log.read_text()}")


def _stop(server: subprocess.Popen[bytes]) -> None:
    """End the server first, so that the process around it reaps it and ends by itself."""
    children = Path(f"/proc/{server.pid}/task/{server.pid}/children")
    for child in children.read_text().split() if server.poll() is None else ():
        os.kill(int(child), signal.SIGKILL)
    try:
        server.wait(timeout=2)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


def _pod(prod: Rendered, folder: Path, secret: str) -> list[str]:
    """The command that runs the pod's container over a root of its own below ``folder``."""
    deployment = prod("Deployment", "coturn", namespace=NAMESPACE)
    container, root = main_container(deployment), folder / "root"
    for part in ("usr", "proc", "dev", "etc"):
        (root / part).mkdir(parents=True)
    for link in ("bin", "lib", "lib64", "sbin"):
        (root / link).symlink_to(f"usr/{link}")
    binary = folder / "turnserver"
    shutil.copy(str(shutil.which("turnserver")), binary)
    subprocess.run(["setcap", "cap_net_bind_service=+ep", str(binary)], check=True)
    mounts = [
        f"mount --bind {root} {root}",
        f"mount --rbind /usr {root}/usr",
        f"mount --bind {binary} {root}{shutil.which('turnserver')}",
        f"mount --rbind /dev {root}/dev",
        f"mount -t proc proc {root}/proc",
        *_volumes(prod, deployment, root, secret),
    ]
    assert container["securityContext"]["readOnlyRootFilesystem"] is True
    script = "\n".join(
        ["set -e", *mounts, f"mount -o remount,ro,bind {root}", _run(deployment, root)]
    )
    return ["unshare", "--mount", "--pid", "--fork", "--kill-child", "sh", "-c", script]


def _run(deployment: Document, root: Path) -> str:
    """Start the container's command as the user, and with the capabilities, that it has."""
    container, pod = main_container(deployment), pod_spec(deployment)["securityContext"]
    capabilities = container["securityContext"]["capabilities"]
    assert capabilities["drop"] == ["ALL"]
    added = "".join(f",+{name.lower()}" for name in capabilities.get("add", ()))
    privileges = [
        "setpriv",
        f"--reuid={pod['runAsUser']}",
        f"--regid={pod['runAsGroup']}",
        f"--groups={pod['fsGroup']}",
        "--inh-caps=-all",
        f"--bounding-set=-all{added}",
    ]
    if container["securityContext"]["allowPrivilegeEscalation"] is False:
        privileges.append("--no-new-privs")
    variables = [f"{name}={value}" for name, value in _variables(container).items()]
    command = [*container["command"], *container.get("args", ())]
    path = "PATH=/usr/sbin:/usr/bin:/sbin:/bin"
    started = ["env", "-i", path, *variables, "chroot", str(root), *privileges, *command]
    return f"exec {shlex.join(started)}"


def _variables(container: Document) -> Mapping[str, str]:
    fields = {"status.podIP": POD}
    return {
        item["name"]: item["value"]
        if "value" in item
        else fields[item["valueFrom"]["fieldRef"]["fieldPath"]]
        for item in container["env"]
    }


def _volumes(prod: Rendered, deployment: Document, root: Path, secret: str) -> Iterator[str]:
    """Fill the folders of files, and mount the writable ones as the kubelet would."""
    group = pod_spec(deployment)["securityContext"]["fsGroup"]
    paths = {m["name"]: m["mountPath"] for m in main_container(deployment)["volumeMounts"]}
    for volume in pod_spec(deployment)["volumes"]:
        folder = root / paths[volume["name"]].lstrip("/")
        folder.mkdir(parents=True)
        if empty := volume.get("emptyDir"):
            size = empty["sizeLimit"].removesuffix("i").lower()
            yield f"mount -t tmpfs -o size={size},mode=2777,gid={group} tmpfs {folder}"
        for name, (text, mode) in _files(prod, volume, secret).items():
            (folder / name).write_text(text)
            os.chown(folder / name, 0, group)
            (folder / name).chmod(mode)


def _files(prod: Rendered, volume: Document, secret: str) -> dict[str, tuple[str, int]]:
    """Text and mode of each file that a volume holds."""
    if source := volume.get("configMap"):
        data = prod("ConfigMap", source["name"], namespace=NAMESPACE)["data"]
        mode = source["defaultMode"]
        return {item["path"]: (data[item["key"]], mode) for item in source["items"]}
    if source := volume.get("secret"):
        made = prod("ExternalSecret", source["secretName"], namespace=NAMESPACE)
        keys = [entry["secretKey"] for entry in made["spec"]["data"]]
        return dict.fromkeys(keys, (secret, source["defaultMode"]))
    return {}


def _command_lines() -> Iterator[str]:
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):  # the process has ended since
            yield file.read_bytes().replace(b"\0", b" ").decode(errors="replace")
