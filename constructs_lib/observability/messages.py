"""What people read of an alert: one title, one text and one link for every kind of receiver.

https://prometheus.io/docs/alerting/latest/notifications/
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from constructs_lib.observability.files import text_of

FILE = "messages.tmpl"
"""Name of the file, in this library and in the pods."""

Texts = Mapping[str, str]
"""Texts by the names of their templates."""

_DEFINITION = re.compile(r'^\{\{ define "([a-z.]+)" \}\}', re.MULTILINE)
_END = "{{ end }}"


def by_name(template: str) -> str:
    """A use of ``template``, where Alertmanager has loaded the file."""
    return f'{{{{ template "{template}" . }}}}'


def file_text(silences: str | None) -> str:
    """The file. ``silences`` is the page on which people silence an alert; None names none."""
    line = "" if silences is None else f"Silence it: {silences}\n"
    return text_of(FILE).replace("@SILENCES@", line)


def in_full(silences: str | None) -> Texts:
    """The texts of the templates themselves, where Alertmanager does not have the file.

    An AlertmanagerConfig cannot bring files along.
    """
    _, *found = _DEFINITION.split(file_text(silences))
    # A definition goes on to its own end, the last one before the next definition.
    return {
        name: text.rpartition(_END)[0] for name, text in zip(found[::2], found[1::2], strict=True)
    }
