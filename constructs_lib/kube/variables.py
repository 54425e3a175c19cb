"""Environment variables of every form.

https://kubernetes.io/docs/tasks/inject-data-application/define-environment-variable-container/
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import field
from typing import Literal

from constructs_lib.errors import Problem, nearest
from constructs_lib.kube.body import Body, body
from constructs_lib.naming import OBJECT_LIMIT, name_problems, variable_problems
from constructs_lib.refs import ConfigMapKey, SecretKey, plus_name
from constructs_lib.values import Value

# https://kubernetes.io/docs/concepts/workloads/pods/downward-api/#available-fields
_POD_FIELD = re.compile(
    r"metadata\.(name|namespace|uid|(labels|annotations)\['[^']+'\])"
    r"|spec\.(nodeName|serviceAccountName)|status\.(hostIPs?|podIPs?)"
)
_CPU_UNITS = ("1", "1m")
_MEMORY_UNITS = ("1", "1k", "1M", "1G", "1T", "1P", "1E", "1Ki", "1Mi", "1Gi", "1Ti", "1Pi", "1Ei")
_REFERENCE = re.compile(r"(?<!\$)\$\(([A-Za-z_][A-Za-z0-9_.-]*)\)")


class PodField(Value):
    """A field of the pod itself, by the downward API."""

    path: str = field(kw_only=False)
    """Field path, for example ``metadata.name``, ``status.podIP`` or
    ``metadata.labels['team']``."""

    def problems(self) -> Iterator[Problem]:
        """The path is one the downward API offers."""
        if not _POD_FIELD.fullmatch(self.path):
            fix = "write for example 'metadata.name', \"metadata.labels['team']\" or 'status.podIP'"
            yield Problem("path", self.path, "is no field that the downward API offers", fix)


class ContainerResource(Value):
    """A request or limit of the container, by the downward API."""

    resource: Literal["requests.cpu", "requests.memory", "limits.cpu", "limits.memory"] = field(
        kw_only=False
    )
    """Which of them."""

    divisor: str = "1"
    """Unit: ``1Mi`` gives memory in MiB, ``1m`` CPU in thousandths. Default ``1``: bytes, or cores
    rounded up."""

    def problems(self) -> Iterator[Problem]:
        """The divisor is one the API takes."""
        units = _CPU_UNITS if self.resource.endswith("cpu") else _MEMORY_UNITS
        if self.divisor not in units:
            why = f"is no unit of {self.resource}"
            yield Problem("divisor", self.divisor, why, f"use one of {', '.join(units)}")


Variable = str | SecretKey | ConfigMapKey | PodField | ContainerResource
"""A literal (which may hold ``$(OTHER)``), or where the value comes from."""


class VariablesFrom(Value):
    """Every key of a ConfigMap or Secret as a variable of that name."""

    config_map: str | None = None
    """Name of the ConfigMap; either this or ``secret``."""

    secret: str | None = None
    """Name of the Secret; either this or ``config_map``."""

    prefix: str | None = None
    """Put before every name; None puts nothing."""

    optional: bool = False
    """Whether a pod may start without it. Default False."""

    @classmethod
    def config_map_of(cls, config_map: object, prefix: str | None = None) -> VariablesFrom:
        """All keys of a ``cdk8s_plus_27.ConfigMap``."""
        return cls(config_map=plus_name(config_map), prefix=prefix)

    @classmethod
    def secret_of(cls, secret: object, prefix: str | None = None) -> VariablesFrom:
        """All keys of a ``cdk8s_plus_27.Secret``."""
        return cls(secret=plus_name(secret), prefix=prefix)

    def problems(self) -> Iterator[Problem]:
        """One source, with a name that can exist."""
        named = [name for name in (self.config_map, self.secret) if name is not None]
        if len(named) != 1:
            why = "and secret exclude each other" if named else "is missing, and so is secret"
            yield Problem("config_map", self.config_map, why, "give config_map or secret")
        for name in named:
            where = "config_map" if name == self.config_map else "secret"
            yield from name_problems(where, name, limit=OBJECT_LIMIT)
        if self.prefix is not None:
            yield from variable_problems("prefix", self.prefix)


def variable_bodies(variables: Mapping[str, Variable]) -> list[Body]:
    """``env`` of a container.

    Kubernetes expands ``$(OTHER)`` only where OTHER stands earlier, so literals that refer to
    others come last; apart from that the order is the given one.
    """
    ordered = sorted(variables.items(), key=lambda item: bool(references(item[1])))
    return [{"name": name, **_source(variable)} for name, variable in ordered]


def variables_from_bodies(sources: tuple[VariablesFrom, ...]) -> list[Body]:
    """``envFrom`` of a container."""
    bodies = []
    for source in sources:
        kind = "configMapRef" if source.config_map is not None else "secretRef"
        name = source.config_map if source.config_map is not None else source.secret
        reference = body(name=name, optional=source.optional or None)
        bodies.append(body(prefix=source.prefix, **{kind: reference}))
    return bodies


def variable_map_problems(
    field_name: str,
    variables: Mapping[str, Variable],
    known: Mapping[str, object],
    *,
    others: bool,
) -> Iterator[Problem]:
    """Names that cannot be, and ``$(OTHER)`` that refers to nothing or in a circle.

    ``known`` holds variables that come from elsewhere (settings), which may be referred to; with
    ``others`` there are more whose names nobody knows here.
    """
    available = {**known, **variables}
    for name, variable in variables.items():
        yield from variable_problems(f"{field_name}[{name!r}]", name)
        for other in references(variable):
            where = f"{field_name}[{name!r}]"
            if other not in available:
                if others or other.startswith("KUBERNETES_"):
                    continue
                why = f"refers to $({other}), which is no variable of the container"
                fix = f"{nearest(other, available)} (write $$({other}) to mean the text)"
                yield Problem(where, variable, why, fix)
            elif references(available[other]):
                why = f"refers to $({other}), which itself refers to another"
                yield Problem(where, variable, why, "write the whole value out")


def references(variable: object) -> list[str]:
    """Names that a literal refers to by ``$(NAME)``."""
    return _REFERENCE.findall(variable) if isinstance(variable, str) else []


def _source(variable: Variable) -> Body:
    match variable:
        case str():
            return {"value": variable}
        case SecretKey():
            optional = variable.optional or None
            reference = body(name=variable.secret, key=variable.key, optional=optional)
            return {"valueFrom": {"secretKeyRef": reference}}
        case ConfigMapKey():
            optional = variable.optional or None
            reference = body(name=variable.config_map, key=variable.key, optional=optional)
            return {"valueFrom": {"configMapKeyRef": reference}}
        case PodField():
            return {"valueFrom": {"fieldRef": {"fieldPath": variable.path}}}
        case ContainerResource():
            reference = {"resource": variable.resource, "divisor": variable.divisor}
            return {"valueFrom": {"resourceFieldRef": reference}}
