"""Disruption budgets and rollouts that cannot work are refused."""

import pytest

from constructs_lib.kube.autoscaling import Autoscaling
from constructs_lib.kube.disruption import Disruption
from constructs_lib.kube.workloads import RollingUpdate, Rollout
from tests.service.refusals import Refusal, assert_refused, service

REFUSALS = {
    "disruption-of-two": Refusal(
        service(disruption=Disruption(min_available=1, max_unavailable=1)),
        "disruption.min_available = 1: excludes max_unavailable; give "
        "min_available or max_unavailable",
    ),
    "disruption-of-nothing": Refusal(
        service(disruption=Disruption()),
        "disruption.min_available = None: is missing, and so is max_unavailable; "
        "give min_available or max_unavailable",
    ),
    "disruption-that-blocks-drains": Refusal(
        service(disruption=Disruption(max_unavailable=0)),
        "disruption.max_unavailable = 0: blocks every drain; use 1 or more",
    ),
    "disruption-that-keeps-none": Refusal(
        service(disruption=Disruption(min_available=0)),
        "disruption.min_available = 0: keeps no pod; leave disruption out for the default",
    ),
    "disruption-against-replicas": Refusal(
        service(disruption=Disruption(min_available=2)),
        "disruption.min_available = 2: leaves 0 of 2 pods to evict: no drain "
        "ends; use at most 1, or run more replicas",
    ),
    "disruption-against-the-minimum": Refusal(
        service(
            autoscaling=Autoscaling(minimum=1, maximum=5, cpu=70),
            disruption=Disruption(min_available=1),
        ),
        "disruption.min_available = 1: leaves 0 of 1 pods to evict: no drain "
        "ends; use max_unavailable=1, or run more replicas",
    ),
    "rollout-share": Refusal(
        service(rollout=Rollout(strategy=RollingUpdate(max_surge="a quarter", max_unavailable=-1))),
        "rollout.strategy.max_surge = 'a quarter': is neither number nor "
        "percentage; write 1, or '25%'",
        "rollout.strategy.max_unavailable = -1: is neither number nor "
        "percentage; write 1, or '25%'",
    ),
    "rollout-of-more-than-all": Refusal(
        service(rollout=Rollout(strategy=RollingUpdate(max_surge=2**31, max_unavailable="101%"))),
        "rollout.strategy.max_unavailable = '101%': is more than all; use at most '100%'",
        "rollout.strategy.max_surge = 2147483648: is more than the API takes; use at most "
        "2147483647",
    ),
    "rollout-share-in-other-digits": Refusal(
        service(rollout=Rollout(strategy=RollingUpdate(max_surge="\N{ARABIC-INDIC DIGIT TWO}%"))),
        "rollout.strategy.max_surge = '\N{ARABIC-INDIC DIGIT TWO}%': is neither number nor "
        "percentage; write 1, or '25%'",
    ),
    "rollout-that-moves-nothing": Refusal(
        service(rollout=Rollout(strategy=RollingUpdate(max_surge="0%"))),
        "rollout.strategy.max_surge = '0%': and max_unavailable of 0 move "
        "nothing; let one of the two be at least 1",
    ),
    "rollout-times": Refusal(
        service(rollout=Rollout(min_ready_seconds=-1, progress_deadline_seconds=-2)),
        "rollout.min_ready_seconds = -1: is negative; use 0 or more",
        "rollout.progress_deadline_seconds = -2: is not above min_ready_seconds (-1); raise it",
    ),
    "rollout-revisions": Refusal(
        service(rollout=Rollout(revisions=0)),
        "rollout.revisions = 0: leaves nothing to roll back to; keep 1",
    ),
}


@pytest.mark.parametrize("refusal", REFUSALS.values(), ids=REFUSALS.keys())
def test_is_refused(refusal: Refusal) -> None:
    assert_refused(refusal)
