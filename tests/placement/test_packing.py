"""No pod is left over that some way of placing takes, and none is said to fit that does not."""

import itertools
import random
from typing import Any

import pytest

from constructs_lib.placement.growth import fewest_nodes, filled, most_of
from constructs_lib.placement.kinds import Pod
from constructs_lib.placement.packing import pack
from tests.placement.specs import cluster, findings, found, near, pool, simulated, workload


def sets(*sizes: int) -> list[dict[str, Any]]:
    """A StatefulSet of one pod for each size, in thousandths of a core."""
    return [
        workload("StatefulSet", f"s{index}", cpu=f"{size}m", replicas=1)
        for index, size in enumerate(sizes)
    ]


def test_small_pods_that_came_first_do_not_take_the_room_of_a_large_one() -> None:
    outcome = simulated(sets(300, 300, 300, 1000), cluster())
    assert outcome.findings == ()
    assert not outcome.base.first_attempt
    assert outcome.tight == ("what is there at the least",)


def test_hard_pods_go_first_in_the_second_attempt() -> None:
    """Two of the small ones are where the large one has to be, and moving one is not enough."""
    outcome = simulated(sets(200, 200, 200, 200, 200, 1000), cluster())
    packed = pack(fewest_nodes(outcome.scene), outcome.pods)
    assert packed.left_over == []
    assert not packed.first_attempt


def test_pods_that_spread_by_themselves_need_no_second_attempt() -> None:
    outcome = simulated(sets(700, 700, 300, 300), cluster())
    assert outcome.base.first_attempt
    assert outcome.tight == ()


def test_pods_move_to_make_room_for_one_that_is_left_over() -> None:
    sizes = ((150, 450), (350, 250), (250, 450), (450, 200), (450, 300))
    objects = [
        workload("StatefulSet", f"s{index}", cpu=f"{cpu}m", memory=f"{memory}Mi", replicas=1)
        for index, (cpu, memory) in enumerate(sizes)
    ]
    outcome = simulated(objects, cluster(memory="1000Mi"))
    packed = pack(fewest_nodes(outcome.scene), outcome.pods)
    assert packed.left_over == []
    assert not packed.first_attempt


def test_what_only_one_way_of_placing_takes_is_found() -> None:
    """500 with both of 250, and the three of 330; the attempts put 330 beside 500."""
    outcome = simulated(sets(500, 250, 250, 330, 330, 330), cluster())
    assert pack(fewest_nodes(outcome.scene), outcome.pods).left_over != []
    assert outcome.findings == ()


def test_a_set_of_pods_that_no_way_takes_is_proven_to_be_one() -> None:
    assert found(sets(600, 600, 600), cluster(memory="4Gi")) == [
        "its pod cannot be placed: 0/2 nodes: 2 have 400m cpu left of the 600m asked"
    ]


def test_more_than_all_nodes_have_is_proof_enough() -> None:
    """Where affinity makes the order matter, the sum still does not depend on it."""
    company = near("podAffinity", "api", "topology.kubernetes.io/zone")
    friends = workload("StatefulSet", cpu="900m", replicas=2, pod=company)
    alone = workload("StatefulSet", "alone", cpu="300m", replicas=1)
    (message,) = found([friends, alone], cluster(zones=("a",)))
    assert "cannot be placed" in message


def test_a_pod_that_nobody_proved_hopeless_is_said_to_be_left_over() -> None:
    guest = workload("StatefulSet", "guest", replicas=1, pod=near("podAffinity", "nobody"))
    (message,) = found([guest], cluster())
    assert message.startswith("its pod found no place in any order of placing tried: ")


def fits(sizes: tuple[int, ...], nodes: int) -> bool:
    """Whether any of all assignments keeps every node below 1000."""
    return any(
        all(
            sum(size for size, place in zip(sizes, places, strict=True) if place == node) <= 1000
            for node in range(nodes)
        )
        for places in itertools.product(range(nodes), repeat=len(sizes))
    )


@pytest.mark.parametrize("seed", range(25))
def test_the_verdict_is_that_of_all_assignments(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311  (no secret is made of it)
    sizes = tuple(chance.choice(range(150, 750, 50)) for _ in range(6))
    short = findings(sets(*sizes), cluster(count=3))
    assert bool(short) is not fits(sizes, 3)
    assert all("cannot be placed" in item.message for item in short)


@pytest.mark.parametrize("seed", range(10))
def test_nothing_is_placed_against_a_rule(seed: int) -> None:
    """Counted again from the places alone: room, and pods that keep away from each other."""
    chance = random.Random(seed)  # noqa: S311  (no secret is made of it)
    objects = [
        workload(
            "StatefulSet",
            f"s{index}",
            cpu=f"{chance.choice(range(50, 500, 25))}m",
            replicas=chance.randint(1, 4),
            pod=near("podAntiAffinity", f"s{index}") if chance.random() < 0.5 else {},
        )
        for index in range(8)
    ]
    board = simulated(objects, cluster(count=4)).base.board
    for pods in board.pods:
        assert sum(pod.kind.requests["cpu"] for pod in pods) <= 1000
        alone = [pod.kind for pod in pods if pod.kind.anti_affinity]
        assert len(alone) == len(set(alone))


def test_pods_that_are_there_already_are_not_moved() -> None:
    """Either node has 600 left; were one emptied onto the other, 700 would fit."""
    outcome = simulated([*sets(400, 400), workload("Job", cpu="700m", suspend=True)], cluster())
    board = outcome.base.board
    (large,) = outcome.scene.of("when asked")
    assert len(pack(board, [Pod(large.kind, 0)]).left_over) == 1
    assert outcome.tight == ("Job shop/api",)


def test_a_pool_grows_to_its_maximum_for_what_is_there_at_the_least() -> None:
    grows = [pool(count=0, most=2)]
    assert found(sets(600, 600), grows) == []
    assert found(sets(600, 600, 600), grows) == [
        "its pod cannot be placed: 0/2 nodes: 2 have 400m cpu left of the 600m asked"
    ]


def test_a_pool_that_no_pod_of_a_workload_fits_is_not_grown_for_it() -> None:
    outcome = simulated(sets(600, 1200), [pool("large", 0, most=3)])
    assert len(outcome.base.board.nodes) == 1
    assert len(fewest_nodes(outcome.scene).nodes) == 0


def test_a_new_node_is_made_in_the_zone_that_helps() -> None:
    rule = {"nodeSelector": {"topology.kubernetes.io/zone": "c"}}
    asking = workload("StatefulSet", replicas=1, pod=rule)
    outcome = simulated([asking], [pool(count=0, most=3, zones=("a", "b", "c"))])
    assert filled(outcome.scene, outcome.pods, most_of).left_over == []
    assert len(found([asking], [pool(count=0, most=2, zones=("a", "b", "c"))])) == 1
