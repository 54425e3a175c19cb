"""AppChart: one app in one environment."""

from __future__ import annotations

from collections.abc import Mapping

import cdk8s
from constructs import Construct

from constructs_lib.environment import Environment
from constructs_lib.errors import NovaError, Problem, refuse
from constructs_lib.kube import namespaces
from constructs_lib.kube.signals import Signals
from constructs_lib.manifest import Manifest
from constructs_lib.naming import (
    INSTANCE,
    MANAGED_BY,
    PART_OF,
    TEAM,
    label_problems,
    name_problems,
    own_label_problems,
)
from constructs_lib.tree import scope_problems, takes_keywords
from constructs_lib.values import problems_in


@takes_keywords
class AppChart(cdk8s.Chart):
    """One namespace of one app in one environment, and so one file of ``dist/``.

    After construction the chart holds the Namespace, with Pod Security ``restricted`` enforced,
    and a NetworkPolicy that denies what no other policy allows. Constructs put into it take
    environment, namespace and labels from it; cdk8s-plus objects live beside them.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002
        *,
        environment: Environment,
        team: str,
        app: str | None = None,
        namespace: str | None = None,
        labels: Mapping[str, str] | None = None,
        create_namespace: bool = True,
    ) -> None:
        """Make the chart.

        ``id`` names the file, ``app`` (default ``id``) the folder ``dist/<environment>/<app>/``,
        ``namespace`` (default ``app``) where objects go, ``team`` who is called at night.
        ``create_namespace=False`` leaves Namespace and default denial to whoever owns them, and
        says that the namespace is there, if no app here renders it.
        Raises ``PropsError`` where a name does not fit, before anything is built.
        """
        self.environment = environment
        self.app_name = app or id
        self.app_namespace = namespace or self.app_name
        refuse(f"AppChart {id!r}", self._problems(scope, id, team, labels or {}))
        self.common_labels = {
            PART_OF: self.app_name,
            MANAGED_BY: "cdk8s",
            TEAM: team,
            **(labels or {}),
        }
        self._signals: list[Signals] = []
        self._expected = [] if create_namespace else [self.app_namespace]
        super().__init__(
            scope,
            id,
            namespace=self.app_namespace,
            labels={INSTANCE: self.app_name, **self.common_labels},
            disable_resource_name_hashes=True,
        )
        if create_namespace:
            self._own_namespace()

    @property
    def signals(self) -> tuple[Signals, ...]:
        """What its workloads and stores tell of themselves, as far as they are built by now.

        An ``ObservabilityStack`` takes them, also from a chart that is built for this alone.
        """
        return tuple(self._signals)

    def declare(self, signals: Signals) -> None:
        """Add what a workload tells of itself; constructs of the library do so when built."""
        self._signals.append(signals)

    @property
    def expected_namespaces(self) -> tuple[str, ...]:
        """The namespaces that are there without being rendered, as its constructs say."""
        return tuple(self._expected)

    def expect_namespace(self, name: str) -> None:
        """Say that ``name`` is there without being rendered, so that objects may go into it.

        Constructs do so where a field names a namespace of others.
        """
        self._expected.append(name)

    def _problems(
        self, scope: Construct, chart_id: str, team: object, labels: object
    ) -> list[Problem]:
        found = list(name_problems("id", chart_id)) or list(scope_problems(scope, chart_id))
        if self.app_name != chart_id:
            found.extend(name_problems("app", self.app_name))
        if self.app_namespace != self.app_name:
            found.extend(name_problems("namespace", self.app_namespace))
        if isinstance(team, str) and team:
            found.extend(label_problems("team", team))
        else:
            found.append(Problem("team", team, "names nobody", "name the team that is called"))
        if isinstance(labels, Mapping):
            found.extend(own_label_problems("labels", labels))
        else:
            found.append(Problem("labels", labels, "is no mapping", "write {name: value}"))
        if isinstance(self.environment, Environment):
            found.extend(p.within("environment") for p in problems_in(self.environment))
        else:
            fix = "pass an Environment"
            found.append(Problem("environment", self.environment, "is no Environment", fix))
        return found

    def _own_namespace(self) -> None:
        labels = {INSTANCE: self.app_name, **self.common_labels}
        pod_security = self.environment.namespace_labels
        namespace = namespaces.namespace(self.app_namespace, {**labels, **pod_security})
        Manifest(self, "namespace", namespace)
        Manifest(self, "default-deny", namespaces.default_deny(self.app_namespace, labels))


def app_chart_of(construct: Construct) -> AppChart:
    """The AppChart that ``construct`` lives in.

    Raises ``NovaError`` where it lives in none: environment and namespace come from there.
    """
    if isinstance(construct, AppChart):
        return construct
    for scope in reversed(construct.node.scopes):
        if isinstance(scope, AppChart):
            return scope
    msg = f"{construct.node.path!r} is in no AppChart; put it into one, which knows the environment"
    raise NovaError(msg)
