"""Numbers in manifests: quantities, and numbers or shares of pods."""

import math
import re
from decimal import Decimal

_QUANTITY = re.compile(r"([+-]?[0-9.]+)(?:([eE][+-]?[0-9]+)|([a-zA-Z]{0,2}))")
_SHARE = re.compile(r"([0-9]+)(%?)")
_SUFFIXES = {
    "": Decimal(1),
    **{letter: Decimal(1000) ** -(place + 1) for place, letter in enumerate("mun")},
    **{letter: Decimal(1000) ** (place + 1) for place, letter in enumerate("kMGTPE")},
    **{f"{letter}i": Decimal(1024) ** (place + 1) for place, letter in enumerate("KMGTPE")},
}
"""https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/"""


def quantity(value: object) -> Decimal | None:
    """The number that a quantity such as ``250m`` or ``1Gi`` stands for; None if it is none."""
    match = _QUANTITY.fullmatch(str(value))
    if match is None:
        return None
    digits, exponent, suffix = match.groups()
    if (suffix or "") not in _SUFFIXES:
        return None
    try:
        return Decimal(f"{digits}{exponent or ''}") * _SUFFIXES[suffix or ""]
    except ArithmeticError:
        return None


def pods_of(share: object, replicas: int) -> int | None:
    """How many of ``replicas`` a number or a share such as ``25%`` is, rounded up; None if none."""
    match = _SHARE.fullmatch(str(share))
    if match is None:
        return None
    number, percent = match.groups()
    return math.ceil(Decimal(number) * replicas / 100) if percent else int(number)


def number(value: object, default: float) -> float:
    """A number of a manifest; the default where nothing, or nothing that is one, is given."""
    return float(value) if isinstance(value, int | float) else float(default)
