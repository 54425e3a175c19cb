"""What a container asks for right after its start and before its end."""

import threading
from collections.abc import Callable

from tests.live.manifests import Document
from tests.live.probes import ProbeFailure, Target, check


class Hooks:
    """The hooks of one container."""

    def __init__(self, spec: Document, target: Target, note: Callable[[str], None]) -> None:
        self._hooks = spec.get("lifecycle", {})
        self._target = target
        self._note = note

    def has(self, name: str) -> bool:
        """Whether it has ``postStart`` or ``preStop``."""
        return name in self._hooks

    def run(self, name: str, timeout: float, ended: threading.Event) -> bool:
        """Do what a hook says, until the container has ``ended``; false where that failed."""
        if name not in self._hooks:
            return True
        hook = self._hooks[name]
        try:
            if "sleep" in hook:
                ended.wait(min(hook["sleep"]["seconds"], timeout))
            else:
                check(hook, self._target, timeout)
        except ProbeFailure as failure:
            self._note(f"{name} failed: {failure}")
            return False
        self._note(f"{name} done")
        return True
