"""No value of a Secret stands among the rendered objects."""

from collections.abc import Sequence

from constructs_lib.rules.findings import Finding, Manifest, described
from constructs_lib.rules.pods import mapping

NO_LITERALS = "secrets/no-literals"


def no_literals(manifests: Sequence[Manifest]) -> list[Finding]:
    """A finding for each Secret that holds values, whoever rendered it; keys are named only.

    For environments whose secrets come from elsewhere. A Secret without values, such as one that
    asks for a ServiceAccount's token, is none.
    """
    findings: list[Finding] = []
    for manifest in manifests:
        if manifest.get("kind") != "Secret" or manifest.get("apiVersion") != "v1":
            continue
        keys = sorted({*mapping(manifest.get("data")), *mapping(manifest.get("stringData"))})
        if keys:
            message = f"holds the values of {', '.join(map(str, keys))}"
            fix = "use AppSecret, which leaves them in the environment's store"
            findings.append(Finding(NO_LITERALS, described(manifest), message, fix))
    return findings
