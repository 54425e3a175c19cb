"""Rules and configurations whose durations are shorter, and nothing else."""

from tests.live.discovery import without_discovery
from tests.live.identity import Identity
from tests.live.manifests import Document
from tests.live.time_lapse import TimeLapse, differences, seconds, without_durations

FAST = TimeLapse(100)


def test_durations_are_divided_and_rounded_up_to_milliseconds() -> None:
    given = ("30s", "1h30m", "3d", "30d", "0s", "1ms", "250ms")
    assert [FAST.shorter(item) for item in given] == [
        *("300ms", "54000ms", "2592000ms", "25920000ms", "0ms", "1ms", "3ms"),
    ]
    assert seconds("1h30m") == 5400


def test_windows_offsets_and_subqueries_of_expressions_are_durations_and_names_are_not() -> None:
    rule = {
        "alert": "Slow5m",
        "expr": 'x:rate5m{job="5m"} > 5 and max_over_time(y[1h:5m] offset 10m) > 3600',
        "for": "2m",
    }
    group = {"name": "g5m", "interval": "5m", "rules": [rule]}
    (whole,) = FAST.rules({"groups": [group]})["groups"]
    (found,) = whole.pop("rules")

    expression = 'x:rate5m{job="5m"} > 5 and max_over_time(y[36000ms:3000ms] offset 6000ms) > 3600'
    assert whole == {"name": "g5m", "interval": "3000ms"}
    assert found == {"alert": "Slow5m", "expr": expression, "for": "1200ms"}
    assert without_durations(expression) == without_durations(rule["expr"])


def test_routes_are_faster_at_every_depth() -> None:
    deep = {"receiver": "a", "repeat_interval": "1h"}
    route = {"group_wait": "30s", "routes": [{"routes": [deep]}]}
    found = FAST.routes({"route": route, "receivers": [{"name": "1h"}]})

    assert found["route"]["group_wait"] == "300ms"
    assert found["route"]["routes"][0]["routes"] == [{**deep, "repeat_interval": "36000ms"}]
    assert found["receivers"] == [{"name": "1h"}]


def test_differences_are_named_wherever_they_are() -> None:
    before = {"a": [{"b": 1, "c": 2}], "d": 3}
    assert set(differences(before, {"a": [{"b": 1, "c": 4}], "e": 3})) == {"c", "d", "e"}
    assert set(differences(before, {"a": [], "d": 3})) == {"a"}
    assert list(differences(before, before)) == []


def test_every_port_of_every_container_is_found_where_selectors_match() -> None:
    containers: list[Document] = [
        {"name": "web", "image": "web", "ports": [{"name": "http", "containerPort": 80}]},
        {"name": "shell", "image": "shell"},
    ]
    pods = [_pod("one", containers), _pod("other", containers, app="other")]
    wanted = {
        "role": "pod",
        "namespaces": {"names": ["shop"]},
        "selectors": [{"role": "pod", "label": "app=one"}],
    }
    job = {"job_name": "j", "kubernetes_sd_configs": [wanted]}
    (found,) = without_discovery({"scrape_configs": [job]}, pods)["scrape_configs"]

    assert [item["targets"] for item in found["static_configs"]] == [["10.0.0.1:80"], ["10.0.0.1"]]
    labels = found["static_configs"][0]["labels"]
    assert labels["__meta_kubernetes_pod_container_port_name"] == "http"
    assert labels["__meta_kubernetes_pod_label_app"] == "one"
    assert "kubernetes_sd_configs" not in found


def _pod(name: str, containers: list[Document], app: str = "one") -> Identity:
    return Identity(
        namespace="shop",
        name=name,
        address="10.0.0.1",
        template={"spec": {"containers": containers}},
        hostname=name,
        subdomain="",
        labels={"app": app},
    )
