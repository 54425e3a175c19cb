"""Which server a base backup is of, and who may log in while a restore goes on."""

import subprocess
from collections.abc import Iterator

import pytest

from tests.store.scripts.archive import REPLICATION, Site
from tests.store.scripts.logins import asked_by, reconcile
from tests.store.scripts.servers import missing, standby
from tests.store.scripts.test_backup_postgres import new_site

pytestmark = pytest.mark.skipif(
    bool(missing("postgres", "pg_receivewal", "busybox", "dash", "setpriv")),
    reason="needs PostgreSQL, busybox and dash",
)


@pytest.fixture
def site() -> Iterator[Site]:
    with new_site() as made:
        yield made


def test_logins_are_let_in_again_while_other_databases_are_still_to_come(site: Site) -> None:
    server = site.server
    login, database = "auth", "core"
    reconcile(server)
    site.back_up()
    # It cannot be replaced, and comes after the other one.
    server.ask("ALTER DATABASE search IS_TEMPLATE true")
    declared = {"DECLARED": str(server.folder / "declared.json"), "WAIT_SECONDS": "5"}
    with pytest.raises(subprocess.CalledProcessError) as failed:
        site.restore(**declared)
    assert "cannot drop a template database" in failed.value.output
    assert "restored database core" in failed.value.output
    assert asked_by(server, login, "SHOW search_path", database) == "auth, public"
    server.ask("ALTER DATABASE search IS_TEMPLATE false")
    # What is wrong with logins keeps no database from being restored, and is told.
    (server.folder / "declared.json").write_text("nonsense")
    with pytest.raises(subprocess.CalledProcessError) as failed:
        site.restore(**declared)
    assert "restored database search" in failed.value.output
    assert "logins are not as declared" in failed.value.output


def test_a_base_backup_is_all_of_one_replica_where_there_is_one(site: Site) -> None:
    first = site.server
    first.ask("ALTER SYSTEM SET log_replication_commands = on; SELECT pg_reload_conf()")
    with standby(site.folder / "standby", first) as second:

        def back_up() -> None:
            site.run("begin.sh")
            site.run(
                "backup.sh",
                **REPLICATION,
                PGHOST="127.0.0.1,127.0.0.1",
                PGPORT=f"{first.port},{second.port}",
                PGTARGETSESSIONATTRS="prefer-standby",
            )

        streams = "received replication command: START_REPLICATION"
        asked = first.log.count(streams)
        back_up()
        assert "received replication command: BASE_BACKUP" in second.log
        assert second.log.count(streams) == 1
        assert first.log.count(streams) == asked
        second.stop()
        back_up()
        assert first.log.count(streams) == asked + 1
