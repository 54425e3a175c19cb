"""Bodies: the dicts that objects are made of."""

from __future__ import annotations

from typing import Any

Body = dict[str, Any]


def body(**fields: Any) -> Body:
    """The given fields without those that are None, an empty dict or an empty list.

    Kubernetes reads an absent field as its default; an empty one in Git is noise, and some
    (``rollingUpdate: {}``) mean something else than they seem to.
    """
    return {
        key: value for key, value in fields.items() if value is not None and value not in ({}, [])
    }
