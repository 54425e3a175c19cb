"""Rendered objects as YAML that people review and every parser reads alike."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any

import yaml
from yaml import events
from yaml.representer import SafeRepresenter
from yaml.resolver import Resolver

_WIDTH = 1000
_STRING = "tag:yaml.org,2002:str"

# Without anchors: the same labels in two places are written out twice, since with anchors a diff of
# one place would change the other.
_MAPPING = events.MappingStartEvent(None, None, implicit=True, flow_style=False)
_SEQUENCE = events.SequenceStartEvent(None, None, implicit=True, flow_style=False)
_MAPPING_END = events.MappingEndEvent()
_SEQUENCE_END = events.SequenceEndEvent()


class _Resolver(Resolver):
    """What readers take unquoted text for."""


# PyYAML writes what YAML 1.1 calls a string. YAML 1.2 and Go's parser, which Kubernetes uses, read
# 1e3 and 12e5 as numbers and 0o17 as an octal one, so those are quoted too.
_Resolver.add_implicit_resolver(
    "tag:yaml.org,2002:float",
    re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$|0o[0-7]+$"),
    list("-+.0123456789"),
)
_RESOLVER = _Resolver()
_REPRESENTER = SafeRepresenter()


def to_yaml(documents: Iterable[Mapping[str, Any]]) -> str:
    """``documents`` as one YAML stream, each with the order of keys it was built in.

    Events go straight to libyaml: the way through a tree of PyYAML's nodes takes four times as
    long, most of it to decide again and again whether the same keys and labels need quotes.
    """
    text = io.StringIO()
    emit = yaml.CSafeDumper(text, width=_WIDTH, allow_unicode=True).emit
    emit(events.StreamStartEvent())
    for index, document in enumerate(documents):
        emit(events.DocumentStartEvent(explicit=index > 0))
        _emit(emit, document)
        emit(events.DocumentEndEvent(explicit=False))
    emit(events.StreamEndEvent())
    return text.getvalue()


def _emit(emit: Callable[[events.Event], None], value: Any) -> None:
    if isinstance(value, str):
        # Of a subclass, such as a StrEnum's member, libyaml takes only the plain text.
        emit(_text(str.__str__(value)))
    elif isinstance(value, Mapping):
        emit(_MAPPING)
        for key, member in value.items():
            _emit(emit, key)
            _emit(emit, member)
        emit(_MAPPING_END)
    elif isinstance(value, list | tuple):
        emit(_SEQUENCE)
        for member in value:
            _emit(emit, member)
        emit(_SEQUENCE_END)
    else:
        scalar = _REPRESENTER.represent_data(value)
        emit(events.ScalarEvent(None, scalar.tag, (True, False), scalar.value))


@lru_cache(maxsize=10_000)
def _text(text: str) -> events.ScalarEvent:
    unquoted = _RESOLVER.resolve(yaml.ScalarNode, text, (True, False)) == _STRING  # type: ignore[no-untyped-call]
    # Files in ConfigMaps are read line by line; so are their diffs.
    style = "|" if "\n" in text and not re.search(r"[ \t]\n|\t", text) else None
    return events.ScalarEvent(None, _STRING, (unquoted, True), text, style=style)
