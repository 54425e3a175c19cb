"""Checks over rendered objects, run once over all apps of an environment before they are written.

A rule sees plain dicts and nothing else of this library, so it judges what a cluster will receive,
whichever construct, override or extra manifest it came from.
"""

from constructs_lib.rules.findings import Finding, Rule
from constructs_lib.rules.hosts import one_owner
from constructs_lib.rules.identity import no_lists, one_secret_owner, unique
from constructs_lib.rules.pod_security import numeric_user, restricted

FLEET_RULES: tuple[Rule, ...] = (
    no_lists,
    unique,
    one_secret_owner,
    one_owner,
    restricted,
    numeric_user,
)
"""The rules that every environment's objects have to keep."""

__all__ = ["FLEET_RULES", "Finding", "Rule"]
