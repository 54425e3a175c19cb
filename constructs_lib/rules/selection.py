"""The pods of a fleet that a selector selects, or comes nearest to."""

from constructs_lib.rules.findings import nearest
from constructs_lib.rules.fleet import Fleet
from constructs_lib.rules.labels import Labels, Selector, fixed, matches, missed, told
from constructs_lib.rules.pods import PodTemplate, name_of

NOT_HERE = "the app is not in this synth: list its pods in Known.pods, or correct the namespace"
"""What to do about a policy for pods in a namespace that is not rendered."""

_SOLVER: Labels = {"acme.cert-manager.io/http01-solver": frozenset({"true"})}
"""Pods that cert-manager starts where a Certificate is asked for.

https://cert-manager.io/docs/configuration/acme/http01/
"""


def selected(fleet: Fleet, namespace: str, selector: Selector) -> list[PodTemplate]:
    """The rendered pods of a namespace that a selector may select."""
    return fleet.pod_index(namespace).matching(selector)


def selects(fleet: Fleet, namespace: str, selector: Selector) -> bool:
    """Whether a selector may select any pod of a namespace, rendered or started by an operator."""
    if selected(fleet, namespace, selector):
        return True
    return any(matches(selector, labels) for labels in _started(fleet, namespace))


def _started(fleet: Fleet, namespace: str) -> list[Labels]:
    """The labels of pods in a namespace that operators start."""
    found = [fixed(labels) for labels in fleet.known.pods.get(namespace, ())]
    solver = fleet.names("cert-manager.io", "Certificate", namespace)
    return [*found, _SOLVER] if solver else found


def nearest_pods(fleet: Fleet, namespace: str, selector: Selector) -> str:
    """The pods of a namespace that come nearest to a selector, as a finding says it."""
    pods = fleet.pods_in(namespace)
    if not pods:
        others = {pod.namespace for pod in fleet.pods}
        return f"namespace {namespace} has no pods; {nearest(namespace, others)}"
    pod = min(pods, key=lambda pod: len(missed(selector, fleet.labels(pod))))
    workload = f"{pod.owner.get('kind')} {name_of(pod.owner)}"
    return f"the nearest, {workload}, has {told(selector, fleet.labels(pod))}"
