"""Files of the stack's servers, as they reach the pods."""

from __future__ import annotations

from importlib.resources import files


def text_of(path: str) -> str:
    """The file at ``path`` below this folder."""
    return files(__name__).joinpath(path).read_text(encoding="utf-8")
