"""Containers, volumes and variables of a pod."""

from dataclasses import replace
from typing import Any

import pytest

from constructs_lib.kube.containers import InitContainer, Migration, Sidecar
from constructs_lib.kube.images import AppImage, Image
from constructs_lib.kube.rbac import ExistingServiceAccount
from constructs_lib.kube.security import Security
from constructs_lib.kube.storage import (
    ConfigFiles,
    ConfigMapFiles,
    FileMount,
    SecretFiles,
    WritablePath,
)
from constructs_lib.kube.variables import VariablesFrom
from tests.environments import BARE, MODERN
from tests.service.cases import CRON_JOB, IMAGE, SERVICE
from tests.service.rendering import (
    container_of,
    kinds,
    names,
    of_kind,
    pod_of,
    rendered,
    variables_of,
)

HELPER = Image("registry.example.com/helper", tag="1")
MIGRATION = Migration(command=("/migrate",))


def pod(**changes: Any) -> Any:
    return pod_of(rendered(replace(SERVICE, **changes), BARE))["spec"]


def test_native_sidecars_start_before_init_containers_and_the_migration_comes_last() -> None:
    spec = pod(
        sidecars=(
            Sidecar(name="native", image=HELPER),
            Sidecar(name="b", image=HELPER, native=False),
        ),
        init_containers=(InitContainer(name="first", image=HELPER),),
        migration=MIGRATION,
    )
    assert list(names(spec["initContainers"])) == ["native", "first", "migrate"]
    assert list(names(spec["containers"])) == ["orders", "b"]
    assert [c.get("restartPolicy") for c in spec["initContainers"]] == ["Always", None, None]
    assert "restartPolicy" not in spec["containers"][1]


def test_a_migration_is_the_workload_with_another_command() -> None:
    spec = pod(
        migration=MIGRATION,
        settings={"A": "1"},
        variables={"B": "2"},
        variables_from=(VariablesFrom(config_map="c"),),
        command=("/serve",),
    )
    (migrate,), (main,) = spec["initContainers"], spec["containers"]
    shared = ("image", "imagePullPolicy", "env", "envFrom", "volumeMounts", "resources")
    assert {key: migrate[key] for key in shared} == {key: main[key] for key in shared}
    assert migrate["command"] == ["/migrate"]
    assert not {"ports", "lifecycle", "startupProbe"} & migrate.keys()


def test_variables_of_a_migration_win() -> None:
    migration = replace(MIGRATION, variables={"A": "migration"})
    (migrate,) = pod(migration=migration, variables={"A": "service", "B": "b"})["initContainers"]
    assert variables_of(migrate) == {"A": "migration", "B": "b"}


def test_variables_stand_after_those_they_refer_to() -> None:
    migration = replace(MIGRATION, variables={"A": "$(B)"})
    (migrate,) = pod(migration=migration, variables={"A": "a", "B": "b"})["initContainers"]
    assert list(variables_of(migrate)) == ["B", "A"]


def test_variables_from_elsewhere_may_be_referred_to() -> None:
    spec = pod(
        variables={"URL": "$(USER):$(PASSWORD)@$(KUBERNETES_SERVICE_HOST)"},
        variables_from=(VariablesFrom.secret_of("database"),),
    )
    assert variables_of(spec["containers"][0])["URL"].startswith("$(USER)")


def test_settings_of_the_environment_may_be_referred_to() -> None:
    objects = rendered(replace(SERVICE, variables={"FORMAT": "$(LOG_FORMAT)!"}), MODERN)
    assert variables_of(container_of(objects)) == {"FORMAT": "$(LOG_FORMAT)!"}


def test_variables_of_traces_may_be_referred_to() -> None:
    traced = replace(SERVICE, traces=True, variables={"LABEL": "$(OTEL_SERVICE_NAME)-1"})
    assert list(variables_of(container_of(rendered(traced, MODERN))))[-1] == "LABEL"


def test_an_escaped_reference_is_text() -> None:
    assert variables_of(pod(variables={"A": "$$(B)"})["containers"][0]) == {"A": "$$(B)"}


def test_own_settings_win_over_variables_from_elsewhere() -> None:
    (main,) = pod(settings={"A": "1"}, variables_from=(VariablesFrom(config_map="c"),))[
        "containers"
    ]
    # Of two sources with one key the later one counts.
    assert main["envFrom"][-1] == {"configMapRef": {"name": "orders-config"}}


def test_every_container_sees_the_folders_of_the_pod() -> None:
    spec = pod(
        writable=(WritablePath("/cache"),),
        files=(FileMount("/etc/app", SecretFiles("a")),),
        sidecars=(Sidecar(name="a", image=HELPER), Sidecar(name="b", image=HELPER, native=False)),
        init_containers=(InitContainer(name="c", image=HELPER),),
        migration=MIGRATION,
    )
    containers = [*spec["initContainers"], *spec["containers"]]
    mounted = [[mount["mountPath"] for mount in c["volumeMounts"]] for c in containers]
    assert mounted == [["/cache", "/etc/app"]] * 5
    volumes = set(names(spec["volumes"]))
    assert {m["name"] for c in containers for m in c["volumeMounts"]} == volumes


@pytest.mark.parametrize(
    ("source", "mode"),
    [
        (ConfigFiles({"a": ""}), 0o444),
        (ConfigMapFiles("a"), 0o444),
        (SecretFiles("a"), 0o440),
    ],
    ids=["written", "config-map", "secret"],
)
def test_files_are_as_readable_as_they_need_to_be(source: Any, mode: int) -> None:
    spec = pod(files=(FileMount("/etc/app", source),))
    volume = spec["volumes"][-1]
    kept = volume.get("configMap") or volume["secret"]
    assert kept["defaultMode"] == mode


def test_written_files_are_in_the_config_map_they_are_mounted_from() -> None:
    objects = rendered(
        replace(
            SERVICE,
            files=(
                FileMount("/etc/a", ConfigFiles({"x.yaml": "1"})),
                FileMount("/etc/b", ConfigFiles({"x.yaml": "2"})),
            ),
        ),
        BARE,
    )
    config_map = of_kind(objects, "ConfigMap")
    texts = {}
    for volume in pod_of(objects)["spec"]["volumes"]:
        if "configMap" in volume:
            assert volume["configMap"]["name"] == config_map["metadata"]["name"]
            for item in volume["configMap"]["items"]:
                texts[volume["name"], item["path"]] = config_map["data"][item["key"]]
    assert texts == {("files-etc-a", "x.yaml"): "1", ("files-etc-b", "x.yaml"): "2"}


def test_volumes_of_deep_paths_have_valid_names() -> None:
    deep = f"/{'very-deep/' * 12}Folder.d"
    names_ = list(names(pod(writable=(WritablePath(deep),))["volumes"]))
    assert len(names_[0]) <= 63
    assert names_[0].strip("-") == names_[0].lower()


def test_an_existing_account_is_used_and_not_made() -> None:
    objects = rendered(replace(SERVICE, service_account=ExistingServiceAccount("shared")))
    assert "ServiceAccount" not in kinds(objects)
    assert pod_of(objects)["spec"]["serviceAccountName"] == "shared"


def test_an_image_of_the_app_is_pinned_by_its_digest_unless_the_environment_has_a_tag() -> None:
    digest = f"sha256:{'0123456789abcdef' * 4}"
    pinned = replace(SERVICE, image=AppImage("api", tag="1.4.2", digest=digest))
    tagged = replace(MODERN, images=replace(MODERN.images, tag="main"))
    for environment, tag, version in (
        (MODERN, f"1.4.2@{digest}", "1.4.2"),
        (tagged, "main", "main"),
    ):
        template = pod_of(rendered(pinned, environment))
        (main,) = template["spec"]["containers"]
        assert main["image"] == f"registry.example.com/nova/api:{tag}"
        assert template["metadata"]["labels"]["app.kubernetes.io/version"] == version


def test_the_group_follows_the_user() -> None:
    context = pod(security=Security(user=101))["securityContext"]
    assert context["runAsGroup"] == context["fsGroup"] == context["runAsUser"] == 101


def test_limits_of_memory_default_to_the_request() -> None:
    (main,) = pod()["containers"]
    assert main["resources"]["limits"] == {"memory": main["resources"]["requests"]["memory"]}


def test_runs_of_a_cron_job_end() -> None:
    assert pod_of(rendered(CRON_JOB))["spec"]["restartPolicy"] == "Never"


def test_labels_reach_pods_and_objects() -> None:
    objects = rendered(replace(SERVICE, labels={"tier": "backend"}))
    assert {o["metadata"]["labels"]["tier"] for o in objects} == {"backend"}
    assert pod_of(objects)["metadata"]["labels"]["tier"] == "backend"


def test_equal_props_render_equal_objects() -> None:
    assert rendered(replace(SERVICE, image=replace(IMAGE))) == rendered(SERVICE)
