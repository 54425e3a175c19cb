"""A correct pod, and copies of it with one thing changed."""

import copy
from typing import Any

POD: dict[str, Any] = {
    "securityContext": {
        "runAsNonRoot": True,
        "runAsUser": 1001,
        "seccompProfile": {"type": "RuntimeDefault"},
    },
    "containers": [
        {
            "name": "api",
            "image": "api:1",
            "securityContext": {
                "allowPrivilegeEscalation": False,
                "capabilities": {"drop": ["ALL"]},
            },
        }
    ],
}
TEMPLATE = "spec.template.spec"
CONTAINER = f"{TEMPLATE}.containers[api]"


def deployment(spec: dict[str, Any], annotations: dict[str, str] | None = None) -> dict[str, Any]:
    """A Deployment of pods with this spec and these annotations."""
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "api", "namespace": "shop"},
        "spec": {"template": {"metadata": {"annotations": annotations or {}}, "spec": spec}},
    }


def pod(**fields: object) -> dict[str, Any]:
    """A correct pod with these fields of its spec instead."""
    return {**copy.deepcopy(POD), **fields}


def secured(**fields: object) -> dict[str, Any]:
    """A correct pod with these fields of its security context instead."""
    return pod(securityContext={**POD["securityContext"], **fields})


def container(**fields: object) -> dict[str, Any]:
    """A correct pod whose container has these fields instead."""
    return pod(containers=[{**POD["containers"][0], **fields}])


def guarded(**fields: object) -> dict[str, Any]:
    """A correct pod whose container has these fields of its security context instead."""
    return container(securityContext={**POD["containers"][0]["securityContext"], **fields})
