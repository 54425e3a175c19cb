"""Every selector selects pods: of Services, budgets, policies, workloads and their spread."""

from collections.abc import Iterator, Sequence

from constructs_lib.rules.findings import Finding, Manifest, described
from constructs_lib.rules.fleet import Fleet
from constructs_lib.rules.labels import Selector, equal, matches, selector_of, written
from constructs_lib.rules.pods import PodTemplate, entries, mapping, name_of, namespace_of, value_at
from constructs_lib.rules.selection import NOT_HERE, nearest_pods, selected, selects

SERVICE = "selectors/service"
BUDGET = "selectors/budget"
POLICY = "selectors/policy"
WORKLOAD = "selectors/workload"
ONE_WORKLOAD = "selectors/one-workload"
SPREAD = "selectors/spread"
AFFINITY = "selectors/affinity"
NAMES = (SERVICE, BUDGET, POLICY, WORKLOAD, ONE_WORKLOAD, SPREAD, AFFINITY)

_SLICE_OF = "kubernetes.io/service-name"


def services(manifests: Sequence[Manifest]) -> list[Finding]:
    """A finding for each Service that has no pods, nor addresses or a name in their place."""
    fleet = Fleet.of(manifests)
    addressed = _addressed(fleet)
    findings: list[Finding] = []
    for service in fleet.of_kind("", "Service"):
        selector = mapping(value_at(service, "spec.selector"))
        if selector:
            findings += _unmatched(fleet, SERVICE, service, "spec.selector", equal(selector))
        elif (
            value_at(service, "spec.type") != "ExternalName"
            and (namespace_of(service), name_of(service)) not in addressed
        ):
            message = "has neither a selector nor an EndpointSlice, so it leads nowhere"
            fix = f"give it a selector, or an EndpointSlice labelled {_SLICE_OF}={name_of(service)}"
            findings.append(Finding(SERVICE, described(service), message, fix))
    return findings


def budgets(manifests: Sequence[Manifest]) -> list[Finding]:
    """A finding for each PodDisruptionBudget that keeps no pods."""
    fleet = Fleet.of(manifests)
    return [
        finding
        for budget in fleet.of_kind("policy", "PodDisruptionBudget")
        for finding in _unmatched(
            fleet, BUDGET, budget, "spec.selector", selector_of(value_at(budget, "spec.selector"))
        )
    ]


def policies(manifests: Sequence[Manifest]) -> list[Finding]:
    """A finding for each NetworkPolicy that is meant for some pods and applies to none.

    One that selects everything applies to whatever will run in its namespace.
    """
    fleet = Fleet.of(manifests)
    findings: list[Finding] = []
    for policy in fleet.of_kind("networking.k8s.io", "NetworkPolicy"):
        selector = selector_of(value_at(policy, "spec.podSelector"))
        if selector:
            findings += _unmatched(fleet, POLICY, policy, "spec.podSelector", selector)
    return findings


def workloads(manifests: Sequence[Manifest]) -> list[Finding]:
    """A finding for each workload whose selector leaves out the pods of its own template."""
    fleet = Fleet.of(manifests)
    findings: list[Finding] = []
    for pod in _owned(fleet):
        selector = _own_selector(pod)
        if not matches(selector, fleet.labels(pod)):
            message = (
                f"spec.selector ({written(selector)}) does not match the labels of its template"
            )
            fix = "give both the same labels; the API server refuses the object"
            findings.append(Finding(WORKLOAD, described(pod.owner), message, fix))
    return findings


def one_workload(manifests: Sequence[Manifest]) -> list[Finding]:
    """A finding for each two workloads of one kind whose selectors take each other's pods.

    Autoscalers count the pods of both, and budgets and ``kubectl`` show the wrong ones.
    """
    fleet = Fleet.of(manifests)
    owned = _owned(fleet)
    owners = {id(pod.owner) for pod in owned}
    findings: list[Finding] = []
    for pod in owned:
        selector = _own_selector(pod)
        for other in selected(fleet, pod.namespace, selector):
            if other.owner is not pod.owner and id(other.owner) in owners:
                message = (
                    f"spec.selector ({written(selector)}) also takes the pods of "
                    f"{described(other.owner)}"
                )
                fix = "give each a label that the other's pods do not have"
                findings.append(Finding(ONE_WORKLOAD, described(pod.owner), message, fix))
    return findings


def spread(manifests: Sequence[Manifest]) -> list[Finding]:
    """A finding for each spread constraint that does not count the pods it stands in."""
    fleet = Fleet.of(manifests)
    findings: list[Finding] = []
    for pod in fleet.pods:
        labels = fleet.labels(pod)
        for index, constraint in enumerate(entries(pod.spec, "topologySpreadConstraints")):
            selector = selector_of(constraint.get("labelSelector"))
            if not selector or not matches(selector, labels):
                at = f"{pod.path}.topologySpreadConstraints[{index}].labelSelector"
                message = f"{at} ({written(selector)}) does not select the pod it stands in"
                if not selector:
                    message = f"{at} is empty, which counts no pods"
                fix = "use labels of the pod's own template"
                findings.append(Finding(SPREAD, described(pod.owner), message, fix))
    return findings


def affinity(manifests: Sequence[Manifest]) -> list[Finding]:
    """A finding for each required affinity to pods that there will not be: the pod stays pending.

    Terms that name other namespaces by their labels are left alone.
    """
    fleet = Fleet.of(manifests)
    field = "affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution"
    findings: list[Finding] = []
    for pod in fleet.pods:
        for index, term in enumerate(entries(pod.spec, field)):
            if "namespaceSelector" in term:
                continue
            places = term.get("namespaces") or [pod.namespace]
            selector = selector_of(term.get("labelSelector"))
            if not any(selects(fleet, str(place), selector) for place in places):
                at = f"{pod.path}.{field}[{index}].labelSelector"
                findings.append(_finding(fleet, AFFINITY, pod.owner, at, selector, str(places[0])))
    return findings


def _owned(fleet: Fleet) -> list[PodTemplate]:
    """The pods of workloads that know theirs by a selector of their own."""
    kinds = ("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet")
    return [pod for pod in fleet.pods if pod.owner.get("kind") in kinds]


def _own_selector(pod: PodTemplate) -> Selector:
    return selector_of(value_at(pod.owner, "spec.selector"))


def _addressed(fleet: Fleet) -> set[tuple[str, str]]:
    """Namespace and name of the Services whose addresses somebody lists."""
    slices = fleet.of_kind("discovery.k8s.io", "EndpointSlice")
    found = {
        (namespace_of(item), str(mapping(value_at(item, "metadata.labels")).get(_SLICE_OF)))
        for item in slices
    }
    return found | {(namespace_of(m), name_of(m)) for m in fleet.of_kind("", "Endpoints")}


def _unmatched(
    fleet: Fleet, rule: str, owner: Manifest, at: str, selector: Selector
) -> Iterator[Finding]:
    namespace = namespace_of(owner)
    # Of a namespace that nobody makes a rule of its own tells.
    if (namespace in fleet.places or not namespace) and not selects(fleet, namespace, selector):
        yield _finding(fleet, rule, owner, at, selector, namespace)


def _finding(
    fleet: Fleet, rule: str, owner: Manifest, at: str, selector: Selector, namespace: str
) -> Finding:
    message = f"{at} ({written(selector)}) matches no pods; "
    ours = namespace in fleet.namespaces
    return Finding(
        rule=rule,
        object=described(owner),
        message=message + nearest_pods(fleet, namespace, selector),
        fix="use labels that a pod template has" if ours or fleet.pods_in(namespace) else NOT_HERE,
    )
