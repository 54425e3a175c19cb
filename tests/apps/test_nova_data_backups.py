"""Backups of nova-data, row by row of its requirements."""

# ruff: noqa: N802  (a test bears the id of its row)

from tests.apps.rendered import Document, Rendered, all_containers, pod_spec
from tests.service.rendering import variables_of

REDIS = "nova-redis"
DATABASE = "nova-database"
STORES = ((REDIS, "redis"), (DATABASE, "etcd"), (DATABASE, "postgres"))


def _container(workload: Document, name: str) -> Document:
    (one,) = [item for item in all_containers(workload) if item["name"] == name]
    return one


def test_C8_backups_leave_the_cluster(prod: Rendered) -> None:
    for namespace, name in STORES:
        job = prod("CronJob", f"{name}-backup", namespace=namespace)
        publish = variables_of(_container(job, "publish"))
        assert not job["spec"].get("suspend")
        assert publish["BACKUP_PLACE"] == "s3"
        assert publish["BACKUP_ROOT"] == f"s3:nova-prod-backups/{namespace}/{name}"
        assert not [item for item in pod_spec(job)["volumes"] if "persistentVolumeClaim" in item]
        assert (443, "0.0.0.0/0") in {(f.port, f.peer) for f in prod.flows(job, "egress")}
    claims = [item["metadata"]["name"] for item in prod.every("PersistentVolumeClaim")]
    assert not [name for name in claims if name.endswith("-backup")]


def test_C8_write_ahead_logs_are_archived(every: Rendered) -> None:
    archive = every("StatefulSet", "postgres-archive", namespace=DATABASE)
    receive, ship = _container(archive, "receive"), _container(archive, "ship")
    source = every("Service", variables_of(receive)["PGHOST"].split(".")[0], namespace=DATABASE)
    job = every("CronJob", "postgres-backup", namespace=DATABASE)
    place = ("BACKUP_PLACE", "BACKUP_ROOT")

    assert archive["spec"]["replicas"] == 1
    assert receive["command"][-1].endswith("/archive-receive.sh")
    assert ship["command"][-1].endswith("/archive-ship.sh")
    assert source["metadata"]["name"] == "postgres-primary"
    # Beside the base backups, from which a recovery begins.
    found = variables_of(_container(job, "publish"))
    assert [variables_of(ship)[name] for name in place] == [found[name] for name in place]
    assert variables_of(receive)["SPOOL"] == variables_of(ship)["SPOOL"]


def test_C8_restores_wait_to_be_asked_for(every: Rendered) -> None:
    members = (
        every("StatefulSet", "etcd", namespace=DATABASE)["spec"]["replicas"]
        if _has_etcd(every)
        else 0
    )
    expected = {"redis-restore", "postgres-restore"}
    expected |= {f"etcd-restore-{number}" for number in range(members)}
    restores = {
        item["metadata"]["name"]: item["spec"]
        for namespace in (REDIS, DATABASE)
        for item in every.every("CronJob", namespace=namespace)
        if "-restore" in item["metadata"]["name"]
    }

    assert restores.keys() == expected
    assert all(spec["suspend"] for spec in restores.values())
    assert all(spec["jobTemplate"]["spec"]["backoffLimit"] == 0 for spec in restores.values())


def _has_etcd(rendered: Rendered) -> bool:
    sets = rendered.every("StatefulSet", namespace=DATABASE)
    return "etcd" in {item["metadata"]["name"] for item in sets}


def test_F18_volumes_of_postgres_and_its_etcd_go_or_stay_together(prod: Rendered) -> None:
    kept = [
        prod("StatefulSet", name, namespace=DATABASE)["spec"][
            "persistentVolumeClaimRetentionPolicy"
        ]
        for name in ("etcd", "postgres")
    ]
    assert kept == [{"whenDeleted": "Retain", "whenScaled": "Retain"}] * 2
