"""The pod that archives PostgreSQL's WAL, as it is rendered."""

from constructs_lib.kube.claims import Volume
from constructs_lib.quantity import parse
from constructs_lib.store.postgres.values import Archive
from constructs_lib.store.props import StoreProps
from tests.store.rendering import container_named, of_kind, pod_of, variables_of
from tests.store.test_postgres_backup import objects_of, store, topologies


@topologies
def test_the_archives_probe_finds_what_the_shipper_notes(plain: StoreProps) -> None:
    pod = pod_of(objects_of(store(plain)), "StatefulSet", "postgres-archive")
    noted = []
    for name in ("receive", "ship"):
        container = container_named(pod, name)
        assert variables_of(container)["SHIP_SECONDS"] == "15"
        noted += [m["name"] for m in container["volumeMounts"] if m["mountPath"] == "/tmp"]  # noqa: S108
    assert len(noted) == 2
    assert len(set(noted)) == 1
    (room,) = [volume for volume in pod["spec"]["volumes"] if volume["name"] == noted[0]]
    # One file of 16 MiB, compressed or not, and lists.
    assert parse(room["emptyDir"]["sizeLimit"]) >= 2 * parse("16Mi")


def test_the_archives_volume_and_pace_are_those_of_its_fields() -> None:
    bigger = store(archive=Archive(volume=Volume(size="8Gi"), ship_seconds=60))
    objects = objects_of(bigger)
    (claim,) = of_kind(objects, "StatefulSet", "postgres-archive")["spec"]["volumeClaimTemplates"]
    assert claim["spec"]["resources"]["requests"]["storage"] == "8Gi"
    pod = pod_of(objects, "StatefulSet", "postgres-archive")
    assert variables_of(container_named(pod, "ship"))["SHIP_SECONDS"] == "60"
