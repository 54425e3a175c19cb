"""Bodies that only one function makes, apart from any construct."""

import pytest

from constructs_lib.environment import Images
from constructs_lib.kube.body import body
from constructs_lib.kube.config import content_hash
from constructs_lib.kube.containers import resource_body
from constructs_lib.kube.images import AppImage, Image, image_body, image_version
from constructs_lib.kube.services import ClusterService, SessionAffinity, endpoint_slice, service
from constructs_lib.kube.workloads import RollingUpdate
from constructs_lib.refs import Port, Ports
from constructs_lib.resources import Resources

IMAGES = Images(registry="registry.example.com/nova")
DIGEST = f"sha256:{'ab' * 32}"
METADATA = {"name": "db", "namespace": "shop", "labels": {"a": "b"}}


def test_a_body_keeps_what_says_something() -> None:
    kept = body(zero=0, no=False, text="", none=None, mapping={}, items=[])
    assert kept == {"zero": 0, "no": False, "text": ""}


@pytest.mark.parametrize(
    ("image", "reference", "version"),
    [
        (Image("nginx", tag="1"), "nginx:1", "1"),
        (Image("nginx", digest=DIGEST), f"nginx@{DIGEST}", "abababababab"),
        (Image("nginx", tag="1", digest=DIGEST), f"nginx:1@{DIGEST}", "1"),
        (Image("localhost:5000/a/b", tag="1"), "localhost:5000/a/b:1", "1"),
        (AppImage("a", tag="1"), "registry.example.com/nova/a:1", "1"),
    ],
    ids=["tag", "digest", "both", "registry-with-port", "own"],
)
def test_images_are_named_in_full(image: Image | AppImage, reference: str, version: str) -> None:
    assert image_body(image, IMAGES)["image"] == reference
    assert image_version(image, IMAGES) == version


def test_an_image_may_have_its_own_pull_policy() -> None:
    assert (
        image_body(Image("a", tag="1", pull_policy="Never"), IMAGES)["imagePullPolicy"] == "Never"
    )
    assert image_body(Image("a", tag="1"), IMAGES)["imagePullPolicy"] == "IfNotPresent"


def test_quantities_are_rendered_in_one_form() -> None:
    same = [
        resource_body(Resources(cpu=cpu, memory=memory, ephemeral_storage=disk))
        for cpu, memory, disk in (("0.5", "1024Mi", "2048Ki"), ("500m", "1Gi", "2Mi"))
    ]
    assert same[0] == same[1]


@pytest.mark.parametrize(
    ("surge", "unavailable", "above"),
    [
        (1, 0, 1),
        ("25%", 0, 3),
        ("25%", "9%", 3),
        ("25%", "10%", 0),
        (2, 1, 0),
        ("0%", "9%", 0),
        ("100%", "0%", 10),
    ],
)
def test_shares_of_a_rollout_are_counted_as_the_controller_does(
    surge: int | str, unavailable: int | str, above: int
) -> None:
    assert RollingUpdate(max_surge=surge, max_unavailable=unavailable).pods_above(10) == above


def test_hashes_tell_parts_apart() -> None:
    assert content_hash({"a": "b"}, {}) != content_hash({}, {"a": "b"})
    assert content_hash({"ab": "c"}) != content_hash({"a": "bc"})


@pytest.mark.parametrize(
    ("addresses", "family"), [(("192.0.2.1", "192.0.2.2"), "IPv4"), (("2001:db8::1",), "IPv6")]
)
def test_a_slice_belongs_to_its_service(addresses: tuple[str, ...], family: str) -> None:
    rendered = endpoint_slice(METADATA, addresses, Ports(Port("db", 5432, service_port=6432)))
    assert rendered["addressType"] == family
    assert [address for e in rendered["endpoints"] for address in e["addresses"]] == list(addresses)
    assert rendered["metadata"]["labels"]["kubernetes.io/service-name"] == METADATA["name"]
    assert rendered["ports"] == [{"name": "db", "port": 5432, "protocol": "TCP"}]


def test_ports_of_a_service_lead_to_ports_by_name() -> None:
    ports = Ports(Port("http", 8080, service_port=80))
    made = service(METADATA, ports, {}, settings=ClusterService(), affinity=SessionAffinity())
    (port,) = made["spec"]["ports"]
    assert (port["port"], port["targetPort"]) == (80, "http")
    assert made["spec"]["sessionAffinityConfig"]["clientIP"]["timeoutSeconds"] == 10800
