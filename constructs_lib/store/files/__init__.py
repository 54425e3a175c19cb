"""Configuration files and scripts of stores, as they reach the pods."""

from __future__ import annotations

import re
from importlib.resources import files

_PLACEHOLDER = re.compile(r"@([A-Z][A-Z0-9_]*)@")


def text_of(path: str, **values: str) -> str:
    """The file at ``path`` below this folder, ``@NAME@`` replaced by ``values["NAME"]``.

    Raises ``KeyError`` where the file and ``values`` do not name the same placeholders.
    """
    text = files(__name__).joinpath(path).read_text(encoding="utf-8")
    named = set(_PLACEHOLDER.findall(text))
    if named != values.keys():
        msg = f"{path} has {sorted(named)}, and is given {sorted(values)}"
        raise KeyError(msg)
    return _PLACEHOLDER.sub(lambda match: values[match[1]], text)
