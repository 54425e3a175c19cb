"""Who a pod is: what its variables, files and names can ask for."""

import uuid
from dataclasses import dataclass, field

from tests.live.manifests import Document, ManifestError
from tests.live.network import NODE


@dataclass(frozen=True, kw_only=True)
class Identity:
    """One pod among the others."""

    namespace: str
    name: str
    address: str
    template: Document
    """The pod as its workload has it: metadata and spec."""

    hostname: str
    subdomain: str
    labels: dict[str, str]
    claims: dict[str, Document] = field(default_factory=dict)
    """What a StatefulSet claims for the pod, by the name of the volume."""

    uid: str = field(default_factory=lambda: str(uuid.uuid4()))

    @property
    def spec(self) -> Document:
        """The pod's spec."""
        found: Document = self.template["spec"]
        return found

    @property
    def annotations(self) -> dict[str, str]:
        """The pod's annotations."""
        return dict(self.template.get("metadata", {}).get("annotations", {}))

    def field_value(self, path: str) -> str:
        """What `fieldRef` names."""
        for kind, values in (("labels", self.labels), ("annotations", self.annotations)):
            if path.startswith(f"metadata.{kind}['"):
                return values.get(path.split("'")[1], "")
        known = {
            "metadata.name": self.name,
            "metadata.namespace": self.namespace,
            "metadata.uid": self.uid,
            "spec.nodeName": "node",
            "spec.serviceAccountName": self.spec.get("serviceAccountName", "default"),
            "status.podIP": self.address,
            "status.podIPs": self.address,
            "status.hostIP": NODE,
            "status.hostIPs": NODE,
        }
        if path not in known:
            msg = f"{self.namespace}/{self.name}: no field {path!r} to refer to"
            raise ManifestError(msg)
        return str(known[path])
