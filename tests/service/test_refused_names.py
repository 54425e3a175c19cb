"""Names, images, ports and resources that cannot be are refused."""

import pytest

from constructs_lib.kube.images import AppImage, Image
from constructs_lib.refs import Port, Ports
from constructs_lib.resources import Resources
from tests.service.cases import CRON_JOB, EXTERNAL, SECRET, SERVICE
from tests.service.refusals import Refusal, assert_refused, service

REFUSALS = {
    "name-with-underscore": Refusal(
        SERVICE,
        "id = 'my_orders': is not a DNS label; use lower case letters, digits "
        "and '-', a letter first, no '-' at the end",
        name="my_orders",
    ),
    "name-without-letter-first": Refusal(
        SERVICE,
        "id = '1orders': is not a DNS label; use lower case letters, digits and "
        "'-', a letter first, no '-' at the end",
        name="1orders",
    ),
    "name-of-54": Refusal(
        SERVICE, f"id = {'o' * 54!r}: has 54 characters; use at most 53", name="o" * 54
    ),
    "cron-job-name-of-53": Refusal(
        CRON_JOB, f"id = {'o' * 53!r}: has 53 characters; use at most 52", name="o" * 53
    ),
    "external-name": Refusal(
        EXTERNAL,
        "id = 'Orders': is not a DNS label; use lower case letters, digits and "
        "'-', a letter first, no '-' at the end",
        name="Orders",
    ),
    "secret-name": Refusal(
        SECRET,
        "id = 'my_secret': is not a DNS name; use lower case letters, digits, "
        "'-' and '.', alphanumeric at both ends",
        name="my_secret",
    ),
    "image-without-version": Refusal(
        service(image=Image("registry.example.com/orders")),
        "image.tag = None: is missing; pin a tag or a digest",
    ),
    "image-latest": Refusal(
        service(image=AppImage("orders", tag="latest")),
        "image.tag = 'latest': means another image tomorrow, and nothing to roll "
        "back to; pin a version",
    ),
    "image-tag-in-repository": Refusal(
        service(image=Image("registry.example.com/orders:1.2", tag="1.2")),
        "image.repository = 'registry.example.com/orders:1.2': is not a "
        "repository; write registry/name in lower case, without scheme, and the "
        "tag in its own field",
    ),
    "image-with-scheme": Refusal(
        service(image=Image("https://registry.example.com/orders", tag="1")),
        "image.repository = 'https://registry.example.com/orders': is not a "
        "repository; write registry/name in lower case, without scheme, and the "
        "tag in its own field",
    ),
    "image-tag-with-space": Refusal(
        service(image=AppImage("orders", tag="1 2")),
        "image.tag = '1 2': is not a tag; use letters, digits, '_', '.' and '-'",
    ),
    "image-digest": Refusal(
        service(image=Image("orders", digest="sha256:abc")),
        "image.digest = 'sha256:abc': is not a digest; write sha256: and 64 hexadecimal digits",
    ),
    "port-number": Refusal(
        service(ports=Ports(http=8080, metrics=90900)),
        "ports['metrics'].number = 90900: is not a port number; use 1 to 65535",
    ),
    "port-name": Refusal(
        service(ports=Ports(Port("Http_Port", 8080))),
        "ports['Http_Port'].name = 'Http_Port': is not a port name; use at most "
        "15 of a-z, 0-9 and single '-', a letter among them",
    ),
    "port-name-too-long": Refusal(
        service(ports=Ports(Port("a-very-long-port-name", 8080))),
        "ports['a-very-long-port-name'].name = 'a-very-long-port-name': is not a "
        "port name; use at most 15 of a-z, 0-9 and single '-', a letter among "
        "them",
    ),
    "service-port": Refusal(
        service(ports=Ports(Port("http", 8080, service_port=0))),
        "ports['http'].service_port = 0: is not a port number; use 1 to 65535",
    ),
    "port-name-twice": Refusal(
        service(ports=Ports(Port("http", 8080), Port("http", 8081))),
        "ports['http'] = 8081: is a name of two ports; rename one of them",
    ),
    "port-number-twice": Refusal(
        service(ports=Ports(http=8080, metrics=8080)),
        "ports['metrics'].number = 8080: port 8080/TCP is listed twice; give each its own number",
    ),
    "service-port-twice": Refusal(
        service(ports=Ports(Port("http", 8080, service_port=80), web=80)),
        "ports['web'].service_port = 80: the Service offers 80/TCP already; give "
        "it another service_port",
    ),
    "service-without-ports": Refusal(
        service(ports=Ports()), "ports = Ports(): offers nothing; give ports, or use NovaWorker"
    ),
    "cpu": Refusal(
        service(resources=Resources(cpu="a lot", memory="1Gi")),
        "resources.cpu = 'a lot': is not a quantity; write one such as '250m'",
    ),
    "cpu-of-nothing": Refusal(
        service(resources=Resources(cpu="0", memory="1Gi")),
        "resources.cpu = '0': is nothing; write one such as '250m'",
    ),
    "memory-in-thousandths": Refusal(
        service(resources=Resources(cpu="1", memory="512m")),
        "resources.memory = '512m': is 0.512 bytes; add a unit, as in '256Mi'",
    ),
    "memory-limit-below-request": Refusal(
        service(resources=Resources(cpu="1", memory="1Gi", memory_limit="512Mi")),
        "resources.memory_limit = '512Mi': is below the request of 1Gi; raise "
        "the limit or lower the request",
    ),
    "cpu-limit-below-request": Refusal(
        service(resources=Resources(cpu="1", memory="1Gi", cpu_limit="500m")),
        "resources.cpu_limit = '500m': is below the request of 1; raise the "
        "limit or lower the request",
    ),
    "ephemeral-storage": Refusal(
        service(resources=Resources(cpu="1", memory="1Gi", ephemeral_storage="5")),
        "resources.ephemeral_storage = '5': is 5 bytes; add a unit, as in '1Gi'",
    ),
}


@pytest.mark.parametrize("refusal", REFUSALS.values(), ids=REFUSALS.keys())
def test_is_refused(refusal: Refusal) -> None:
    assert_refused(refusal)
