"""Required pod affinity and anti-affinity: whose company pods demand, and whose they refuse."""

from constructs_lib.placement.nodes import ZONE
from tests.placement.specs import cluster, found, near, set_of, workload


def test_pods_that_keep_away_from_each_other_need_a_node_each() -> None:
    apart = near("podAntiAffinity", "api")
    assert found([set_of(2, pod=apart)], cluster()) == []
    assert found([set_of(3, pod=apart)], cluster()) == [
        (
            "1 of its 3 pods cannot be placed: 0/2 nodes: 2 have one of its own pods that its "
            "anti-affinity keeps away from, per kubernetes.io/hostname"
        )
    ]


def test_anti_affinity_holds_for_those_kept_away_as_well() -> None:
    hermit = workload("StatefulSet", "hermit", replicas=1, pod=near("podAntiAffinity", "api"))
    assert found([hermit, set_of(1)], cluster()) == []
    assert found([set_of(1), hermit], cluster(count=1)) == [
        (
            "its pod cannot be placed: 0/1 nodes: 1 has one of the pods "
            "that its anti-affinity keeps away from, per kubernetes.io/hostname"
        )
    ]
    assert found([hermit, set_of(1)], cluster(count=1)) == [
        (
            "its pod cannot be placed: 0/1 nodes: 1 has a pod of "
            "StatefulSet shop/hermit, whose anti-affinity keeps it away, per kubernetes.io/hostname"
        )
    ]


def test_a_term_means_pods_of_its_own_namespace_unless_it_names_others() -> None:
    other = {**set_of(1), "metadata": {"name": "api", "namespace": "bank"}}
    own = workload("StatefulSet", "hermit", replicas=1, pod=near("podAntiAffinity", "api"))
    named = near("podAntiAffinity", "api", namespaces=["bank"])
    far = workload("StatefulSet", "hermit", replicas=1, pod=named)
    assert found([other, own], cluster(count=1)) == []
    assert found([set_of(1), far], cluster(count=1)) == []
    assert len(found([other, far], cluster(count=1))) == 1


def test_a_term_may_choose_namespaces_by_their_labels() -> None:
    other = {**set_of(1), "metadata": {"name": "api", "namespace": "bank"}}
    namespace = {"kind": "Namespace", "metadata": {"name": "bank", "labels": {"team": "money"}}}
    for team, count in (("money", 1), ("music", 0)):
        chosen = {"matchLabels": {"team": team}}
        term = near("podAntiAffinity", "api", namespaceSelector=chosen)
        hermit = workload("StatefulSet", "hermit", replicas=1, pod=term)
        assert len(found([namespace, other, hermit], cluster(count=1))) == count


def test_affinity_waits_for_the_pods_it_wants_beside_it() -> None:
    guest = workload("StatefulSet", "guest", replicas=1, pod=near("podAffinity", "api"))
    assert found([guest, set_of(1)], cluster()) == []
    assert found([guest], cluster()) == [
        (
            "its pod found no place in any order of placing tried: 0/2 nodes: 2 have none of the "
            "pods that its pod affinity asks for in their kubernetes.io/hostname"
        )
    ]


def test_affinity_needs_room_where_those_pods_are() -> None:
    guest = workload("StatefulSet", "guest", cpu="600m", replicas=1, pod=near("podAffinity", "api"))
    host = set_of(1, cpu="500m")
    assert len(found([host, guest], cluster())) == 1
    assert found([host, guest], cluster(cpu="1100m")) == []


def test_the_first_of_pods_that_want_each_other_starts_anywhere() -> None:
    assert found([set_of(3, pod=near("podAffinity", "api"))], cluster()) == []


def test_affinity_over_a_label_that_no_node_has() -> None:
    together = near("podAffinity", "api", ZONE)
    assert found([set_of(2, pod=together)], cluster(zones=("a", "b"))) == []
    assert len(found([set_of(1, pod=together)], cluster())) == 1
