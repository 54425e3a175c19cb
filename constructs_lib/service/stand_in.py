"""Stand-ins: a small web server in place of an application image that does not exist yet.

It listens on the container's own TCP ports, answers every path with 200, logs JSON to standard
output, and runs under the workload's own security context, so that Services, probes, network
policies, gateways and placement can be tried before the application is there.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

from constructs_lib.environment import Environment
from constructs_lib.kube.containers import InitContainer, Migration, Sidecar
from constructs_lib.kube.images import AppImage, Image
from constructs_lib.kube.probes import GrpcCheck, HttpGet, Probe, Probes, TcpConnect
from constructs_lib.kube.storage import ConfigFiles, FileMount, WritablePath
from constructs_lib.naming import image_parts
from constructs_lib.refs import Ports
from constructs_lib.service.pod_props import PodProps, ServingProps

Props = TypeVar("Props", bound=PodProps)

_FOLDER = "/etc/stand-in"
_SCRATCH = "/tmp"  # noqa: S108

# Containers of a pod share the scratch folder, hence the name in every path.
_CONFIGURATION = """\
daemon off;
worker_processes 1;
pid /tmp/{name}.pid;
error_log stderr warn;
events {{
  worker_connections 256;
}}
http {{
  log_format json escape=json
    '{{"time":"$time_iso8601","service":"{name}","method":"$request_method",'
    '"path":"$request_uri","status":$status,"seconds":$request_time}}';
  access_log /dev/stdout json;
  client_body_temp_path /tmp/{name}-body;
  proxy_temp_path /tmp/{name}-proxy;
  fastcgi_temp_path /tmp/{name}-fastcgi;
  uwsgi_temp_path /tmp/{name}-uwsgi;
  scgi_temp_path /tmp/{name}-scgi;
  default_type text/plain;
{server}}}
"""
_SERVER = """\
  server {{
{listeners}
    location / {{
      return 200 "stand-in for {name}\\n";
    }}
    location = {metrics} {{
      return 200 "# TYPE stand_in gauge\\nstand_in 1\\n";
    }}
  }}
"""


def stood_in(name: str, props: Props, environment: Environment) -> Props:
    """``props`` with the environment's stand-in in place of each image of an application's own.

    They are the same ``props`` where the environment has none, or no image is an application's own.
    """
    stand_in = environment.images.stand_in
    beside = [item.image for item in (*props.init_containers, *props.sidecars)]
    if stand_in is None or not any(isinstance(i, AppImage) for i in (props.image, *beside)):
        return props
    image = _image(stand_in)
    changed = replace(
        props,
        init_containers=tuple(_tested(name, item, image) for item in props.init_containers),
        sidecars=tuple(_beside(item, image) for item in props.sidecars),
        files=(_files(name, props), *props.files),
        writable=_writable(props),
    )
    return _main(name, changed, image) if isinstance(props.image, AppImage) else changed


def is_stand_in(image: AppImage | Image, environment: Environment) -> bool:
    """Whether ``image`` is the one that stands in for images of applications."""
    stand_in = environment.images.stand_in
    return stand_in is not None and image == _image(stand_in)


def configuration(name: str, ports: Ports, metrics: str = "/metrics") -> str:
    """The configuration of nginx for stand-in ``name``: HTTP on every TCP port.

    ``metrics`` is the path that answers with a metric.
    """
    numbers = [port.number for port in ports if port.protocol == "TCP"]
    listeners = "\n".join(f"    listen {number};" for number in numbers)
    # A server without a port would listen on nginx's own default.
    server = _SERVER.format(name=name, listeners=listeners, metrics=metrics) if numbers else ""
    return _CONFIGURATION.format(name=name, server=server)


def _command(name: str) -> tuple[str, ...]:
    return ("nginx", "-e", "stderr", "-c", f"{_FOLDER}/{name}.conf")


def _test(name: str) -> tuple[str, ...]:
    """Tests the configuration, where the application would do something and end."""
    return (*_command(name), "-t")


def _image(reference: str) -> Image:
    repository, tag, digest = image_parts(reference)
    return Image(repository, tag=tag, digest=digest)


def _files(name: str, props: PodProps) -> FileMount:
    served = {name: props.ports}
    served |= {s.name: s.ports for s in props.sidecars if isinstance(s.image, AppImage)}
    path = props.metrics.path if props.metrics else "/metrics"
    texts = {f"{item}.conf": configuration(item, ports, path) for item, ports in served.items()}
    return FileMount(_FOLDER, ConfigFiles(texts))


def _writable(props: PodProps) -> tuple[WritablePath, ...]:
    if any(item.path.rstrip("/") == _SCRATCH for item in props.writable):
        return props.writable
    return (WritablePath(_SCRATCH), *props.writable)


def _main(name: str, props: Props, image: Image) -> Props:
    serves = isinstance(props, ServingProps)
    changed = replace(
        props,
        image=image,
        command=_command(name) if serves else _test(name),
        args=(),
        migration=Migration(command=_test(name)) if props.migration else None,
        shutdown=replace(props.shutdown, command=None) if props.shutdown else None,
    )
    if isinstance(changed, ServingProps) and changed.probes is not None:
        return replace(changed, probes=_probes(changed.probes, changed.ports))
    return changed


def _tested(name: str, item: InitContainer, image: Image) -> InitContainer:
    if not isinstance(item.image, AppImage):
        return item
    return replace(item, image=image, command=_test(name), args=())


def _beside(item: Sidecar, image: Image) -> Sidecar:
    if not isinstance(item.image, AppImage):
        return item
    probes = _probes(item.probes, item.ports)
    return replace(item, image=image, command=_command(item.name), args=(), probes=probes)


def _probes(probes: Probes, ports: Ports) -> Probes:
    """The probes, where a plain web server cannot answer them replaced by opening a port."""
    return Probes(
        startup=_answerable(probes.startup, ports),
        readiness=_answerable(probes.readiness, ports),
        liveness=_answerable(probes.liveness, ports),
    )


def _answerable(probe: Probe | None, ports: Ports) -> Probe | None:
    if probe is None or isinstance(probe.check, TcpConnect):
        return probe
    if isinstance(probe.check, HttpGet) and probe.check.scheme == "HTTP":
        return probe
    asked = probe.check.port if isinstance(probe.check, HttpGet | GrpcCheck) else None
    first = next((port.name for port in ports if port.protocol == "TCP"), None)
    port = asked or first
    return None if port is None else replace(probe, check=TcpConnect(port))
