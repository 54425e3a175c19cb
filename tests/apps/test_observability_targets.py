"""Whom stacks ask for metrics: everybody is there, lets them in, and may be found."""

from collections.abc import Callable
from dataclasses import replace

from tests.apps.rendered import (
    Document,
    Rendered,
    main_container,
    template_of,
)
from tests.apps.stacks import NAMESPACES, Stack

HOME = "observability"


def test_every_target_is_there_and_lets_prometheus_in(stack: Stack) -> None:
    assert stack.unscraped() == []


def test_every_target_that_is_declared_is_scraped(stack: Stack) -> None:
    assert stack.jobs.keys() == {target.name for item in stack.watched for target in item.targets}


def test_whoever_has_metrics_is_scraped(every: Rendered) -> None:
    stacks = [Stack(every, place) for place in NAMESPACES.values()]
    asked = {
        _key(item)
        for stack in stacks
        for name, job in stack.jobs.items()
        if not name.startswith("nodes/")
        for item in stack.scraped(job)
    }
    telling = {
        _key(item)
        for item in every.workloads()
        if template_of(item)["metadata"].get("annotations", {}).get("prometheus.io/scrape")
    }

    assert len(telling) > 20
    assert asked == telling


def _key(item: Document) -> tuple[str, str, str]:
    metadata = item["metadata"]
    return item["kind"], metadata["namespace"], metadata["name"]


def _without(rendered: Rendered, unwanted: Callable[[Document], bool]) -> Rendered:
    files = {
        path: [item for item in items if not unwanted(item)]
        for path, items in rendered.files.items()
    }
    return replace(rendered, files=files)


def test_a_watched_namespace_without_the_role_is_found_out(prod: Rendered) -> None:
    other = _without(
        prod,
        lambda item: (
            item["kind"] == "Role"
            and item["metadata"]["namespace"] == "nova-redis"
            and item["metadata"]["name"] == f"{HOME}-prometheus"
        ),
    )
    found = Stack(other, HOME).unscraped()

    assert found
    assert all(text.endswith("may not list pods in nova-redis") for text in found)


def test_a_scraped_port_that_does_not_exist_is_found_out(prod: Rendered) -> None:
    stack = Stack(prod, HOME)
    job = stack.jobs["nova/content-service"]
    kept = job["relabel_configs"][1]
    assert kept["regex"] == "http;8081;TCP"
    kept["regex"] = "metrics;9090;TCP"

    assert stack.unscraped() == [
        "nova/content-service: content-service has no port ('metrics', 9090, 'TCP')"
    ]


def test_a_closed_way_to_a_target_is_found_out(prod: Rendered) -> None:
    for namespace, name in (("nova-redis", "redis"), (HOME, "prometheus")):
        closed = (namespace, name)
        other = _without(
            prod,
            lambda item, closed=closed: (
                item["kind"] == "NetworkPolicy"  # type: ignore[misc]
                and (item["metadata"]["namespace"], item["metadata"]["name"]) == closed
            ),
        )
        found = Stack(other, HOME).unscraped()
        assert "nova-redis/redis: no way to redis at 9121" in found


def test_kube_state_metrics_sees_what_it_is_to_tell_of(stack: Stack) -> None:
    item = stack.rendered("Deployment", "kube-state-metrics", namespace=stack.namespace)
    arguments = dict(text.removeprefix("--").split("=", 1) for text in main_container(item)["args"])
    needed = {
        (resource, verb)
        for resource in arguments["resources"].split(",")
        for verb in ("list", "watch")
    }

    assert set(arguments["namespaces"].split(",")) == {
        part.namespace for part in stack.watched if part.kind != "nodes"
    }
    for namespace in arguments["namespaces"].split(","):
        assert stack.rights("kube-state-metrics", namespace) == needed


def test_nobody_may_read_secrets_or_exec_by_way_of_the_stack(every: Rendered) -> None:
    for kind in ("Role", "ClusterRole"):
        for role in every.every(kind):
            if role["metadata"]["labels"]["app.kubernetes.io/name"] in (
                "prometheus",
                "kube-state-metrics",
            ):
                granted = {
                    (resource, verb)
                    for rule in role["rules"]
                    for resource in rule["resources"]
                    for verb in rule["verbs"]
                }
                assert {verb for _, verb in granted} <= {"get", "list", "watch"}
                assert not {"secrets", "configmaps", "nodes/proxy", "pods/exec"} & {
                    resource for resource, _ in granted
                }


def test_a_cluster_role_is_for_nodes_alone(stack: Stack) -> None:
    name = f"{stack.namespace}-prometheus-nodes"
    (role,) = [
        item for item in stack.rendered.every("ClusterRole") if item["metadata"]["name"] == name
    ]
    (binding,) = [
        item
        for item in stack.rendered.every("ClusterRoleBinding")
        if item["roleRef"]["name"] == name
    ]

    assert {resource for rule in role["rules"] for resource in rule["resources"]} == {
        "nodes",
        "nodes/metrics",
    }
    assert binding["subjects"] == [
        {"kind": "ServiceAccount", "name": "prometheus", "namespace": stack.namespace}
    ]
