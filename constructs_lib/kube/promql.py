"""What a PromQL expression names, and whether it is one.

https://prometheus.io/docs/prometheus/latest/querying/basics/
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache

import promql_parser

from constructs_lib.errors import Problem

_METRIC_NAME = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")
_LABEL_NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")

_LONGEST_WITH_HASH = 46
"""Longest name of a Deployment whose pods' names hold all of the ReplicaSet's hash and a hyphen: 58
characters of a generated name are kept, hash and hyphens may be 12 of them."""

_TOKEN = re.compile(
    r"""
      (?P<string>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|`[^`]*`)
    | (?P<comment>\#[^\n]*)
    | (?P<variable>\$\{?\w+(?::\w+)?\}?)
    | (?P<number>0[xX][0-9a-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+|(?:ms|[smhdwy]))?\w*)
    | (?P<name>[a-zA-Z_:][a-zA-Z0-9_:]*)
    | (?P<sign>[(){}\[\],])
    | (?P<other>\S)
    """,
    re.VERBOSE,
)

_RAW = re.compile(r""""(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|\#[^\n]*|`([^`]*)`""")
"""Strings and comments; group 1 is what a raw string holds."""

_LABELS_FOLLOW = frozenset({"by", "without", "on", "ignoring", "group_left", "group_right"})
_WORDS = _LABELS_FOLLOW | {"and", "or", "unless", "offset", "bool", "atan2", "inf", "nan"}
_AGGREGATIONS = frozenset(
    {
        "sum",
        "avg",
        "count",
        "min",
        "max",
        "group",
        "stddev",
        "stdvar",
        "topk",
        "bottomk",
        "count_values",
        "quantile",
        "limitk",
        "limit_ratio",
    }
)
_CLOSING = {"(": ")", "{": "}", "[": "]"}

_NO_ALARM = (
    promql_parser.MatrixSelector,
    promql_parser.StringLiteral,
    promql_parser.SubqueryExpr,
)
"""What Prometheus reads in a rule, and then fails to evaluate each time."""

_Token = tuple[str, str]


def metric_name_problems(field: str, name: str) -> Iterator[Problem]:
    """Whether ``name`` is a metric's.

    https://prometheus.io/docs/concepts/data_model/#metric-names-and-labels
    """
    if not _METRIC_NAME.fullmatch(name):
        yield Problem(field, name, "is no metric", "write letters, digits, _ and :")


def label_name_problems(field: str, name: str) -> Iterator[Problem]:
    """Whether ``name`` is a label's, as every Prometheus takes it."""
    if not _LABEL_NAME.fullmatch(name):
        yield Problem(field, name, "is no label", "write letters, digits and _")


def expression_problems(field: str, expression: str) -> Iterator[Problem]:
    """Whether a rule may have ``expression``: Prometheus does not start with one that is none.

    The last word is Prometheus' own: another version may know functions that this parser does not.
    """
    wrong = _wrong_expression(expression)
    if wrong is not None:
        yield Problem(field, expression, wrong, "correct it; promtool check rules says where")


def pattern_problems(field: str, pattern: str) -> Iterator[Problem]:
    """Whether ``pattern`` is a regular expression as Prometheus and Alertmanager know them (RE2).

    These have neither look-around nor references to groups.
    """
    # Quoted as in Go, and so in PromQL.
    if _wrong_expression(f"x{{y=~{json.dumps(pattern, ensure_ascii=False)}}}") is not None:
        fix = "write one of RE2, which knows no (?!...): https://github.com/google/re2/wiki/Syntax"
        yield Problem(field, pattern, "is no regular expression of Prometheus", fix)


def number_text(number: float) -> str:
    """``number`` with all its digits, as people and PromQL read it."""
    return str(int(number)) if float(number).is_integer() else repr(number)


def metric_names(expression: str) -> frozenset[str]:
    """Names of the series that ``expression`` selects, as it writes them: with ``_bucket``.

    Grafana's variables (``$__rate_interval``) are passed over. A series that is chosen by
    ``{__name__=~"..."}`` has no name here; one by ``{__name__="..."}`` has.
    """
    tokens = list(_tokens(expression))
    return frozenset(_names(tokens))


def deployment_pods(namespace: str, *names: str) -> str:
    """Labels that select series of the Deployments' pods: ``namespace="..", pod=~".."``."""
    ends = [
        f"{name}-[a-z0-9]+-[a-z0-9]{{5}}"
        if len(name) <= _LONGEST_WITH_HASH
        else f"{name}-[a-z0-9-]+"
        for name in names
    ]
    return f'namespace="{namespace}", pod=~"{"|".join(ends)}"'


def stateful_set_pods(namespace: str, *names: str) -> str:
    """Labels that select series of the StatefulSets' pods: ``namespace="..", pod=~".."``."""
    choice = "|".join(names)
    one = choice if len(names) == 1 else f"({choice})"
    return f'namespace="{namespace}", pod=~"{one}-[0-9]+"'


def counted_pods(series: str) -> str:
    """How many pods ``series`` tell of; 0, and not nothing, where there are none.

    Pods and not series: of a pod that was replaced and kept its name, there are two for a moment.
    """
    return f"(count(count by (pod) ({series})) or vector(0))"


@cache
def _wrong_expression(expression: str) -> str | None:
    try:
        read = promql_parser.parse(_RAW.sub(_quoted, expression))
    except ValueError as error:
        if "unknown function" in str(error):  # Another version of Prometheus may have it.
            return None
        return f"is no PromQL: {error}"
    return "returns no values at one time" if isinstance(read, _NO_ALARM) else None


def _quoted(found: re.Match[str]) -> str:
    """A raw string as a quoted one: the parser reads escapes in it, which it has none of."""
    raw: str | None = found[1]
    return found[0] if raw is None else json.dumps(raw, ensure_ascii=False)


def _tokens(expression: str) -> Iterator[_Token]:
    for found in _TOKEN.finditer(expression):
        kind = found.lastgroup or ""
        if kind != "comment":
            yield kind, found.group()


def _names(tokens: list[_Token]) -> Iterator[str]:
    at = 0
    while at < len(tokens):
        kind, text = tokens[at]
        following = tokens[at + 1][1] if at + 1 < len(tokens) else ""
        if text in ("{", "["):
            end = _end(tokens, at)
            if text == "{":
                yield from _by_label(tokens[at:end])
            at = end
        elif kind == "name" and text.lower() in _LABELS_FOLLOW and following == "(":
            at = _end(tokens, at + 1)
        else:
            if kind == "name" and _selects(text, following):
                yield text
            at += 1


def _selects(name: str, following: str) -> bool:
    """Whether a name is a series' and not a function's, an aggregation's or a keyword."""
    if following == "(" or name.lower() in _WORDS:
        return False
    return not (name.lower() in _AGGREGATIONS and following.lower() in {"by", "without"})


def _by_label(inside: list[_Token]) -> Iterator[str]:
    """The name in ``{__name__="up"}``, and in ``{"up"}`` of Prometheus 3."""
    for at, (kind, text) in enumerate(inside):
        if kind != "string":
            continue
        before = [item for _, item in inside[max(at - 2, 0) : at]]
        if before == ["__name__", "="] or before[-1:] in (["{"], [","]):
            yield text[1:-1]


def _end(tokens: list[_Token], start: int) -> int:
    """Behind the bracket that closes the one at ``start``."""
    opening = tokens[start][1]
    depth = 0
    for at in range(start, len(tokens)):
        if tokens[at][1] == opening:
            depth += 1
        elif tokens[at][1] == _CLOSING[opening]:
            depth -= 1
            if depth == 0:
                return at + 1
    return len(tokens)
