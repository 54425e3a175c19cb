"""Checks over rendered objects, run once over all apps of an environment before they are written.

A rule sees plain dicts and nothing else of this library, so it judges what a cluster will receive,
whichever construct, override or extra manifest it came from. What the cluster has besides is told
by :class:`Known`.
"""

from constructs_lib.rules import (
    addresses,
    classes,
    consumers,
    disruption,
    edges,
    hosts,
    identity,
    lifecycle,
    pod_security,
    policies,
    pools,
    ports,
    quotas,
    references,
    routes,
    scraped,
    selectors,
    targets,
    waivers,
)
from constructs_lib.rules.findings import Finding, Rule
from constructs_lib.rules.fleet import Fleet
from constructs_lib.rules.known import Known
from constructs_lib.rules.waivers import Waiver, waived

FLEET_RULES: tuple[Rule, ...] = (
    *(identity.no_lists, identity.unique, identity.one_secret_owner, identity.namespaces),
    hosts.one_owner,
    *(pod_security.restricted, pod_security.numeric_user),
    *(selectors.services, selectors.budgets, selectors.policies, selectors.workloads),
    *(selectors.one_workload, selectors.spread, selectors.affinity),
    *(references.config_maps, references.secrets, references.service_accounts),
    *(references.claims, references.volumes, references.roles, addresses.addresses),
    *(classes.storage, classes.priority, classes.ingress, classes.gateway),
    *(ports.services, ports.probes, ports.scrapes),
    *(targets.scaling, targets.peers, targets.monitors, scraped.targets),
    *(routes.backends, routes.parents, routes.attached),
    *(policies.peers, policies.places, policies.ports, edges.admitted),
    *(lifecycle.grace, lifecycle.deadline, lifecycle.probes),
    *(disruption.drains, disruption.one_budget),
    *(disruption.replicas, disruption.requests, disruption.one_scaler),
    *(quotas.room, quotas.stated, quotas.limit_range),
    *(pools.sums, consumers.groups),
)
"""The rules that every environment's objects have to keep."""

RULE_NAMES: tuple[str, ...] = (
    *(*identity.NAMES, *hosts.NAMES, *pod_security.NAMES),
    *(
        *selectors.NAMES,
        *references.NAMES,
        *addresses.NAMES,
        *classes.NAMES,
        *ports.NAMES,
        *targets.NAMES,
        *scraped.NAMES,
    ),
    *(*routes.NAMES, *policies.NAMES, *edges.NAMES),
    *(*lifecycle.NAMES, *disruption.NAMES, *quotas.NAMES),
    *(*pools.NAMES, *consumers.NAMES, *waivers.NAMES),
)
"""The names that findings bear, in the order of their topics."""

__all__ = [
    "FLEET_RULES",
    "RULE_NAMES",
    "Finding",
    "Fleet",
    "Known",
    "Rule",
    "Waiver",
    "waived",
]
