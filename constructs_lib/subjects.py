"""Subjects of NATS: words with dots between them, ``*`` for one word and ``>`` for the last ones.

https://docs.nats.io/nats-concepts/subjects
"""

from __future__ import annotations


def overlap(one: str, other: str) -> bool:
    """Whether there is a subject that both mean, each with its wildcards."""
    words, others = one.split("."), other.split(".")
    for word, beside in zip(words, others, strict=False):
        if ">" in (word, beside):
            return True
        if word != beside and "*" not in (word, beside):
            return False
    return len(words) == len(others)
