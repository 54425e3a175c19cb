"""The stack that nova-messaging, nova-platform, nova-data and nova-services share."""

from collections.abc import Sequence

from constructs import Construct

from apps.observability.stack import add_stack
from constructs_lib.chart import AppChart
from constructs_lib.environment import Environment
from constructs_lib.kube.signals import Signals
from constructs_lib.quota import NamespaceQuota, NamespaceQuotaProps


class Observability(AppChart):
    """Prometheus, Alertmanager, Grafana and Jaeger over everything that the other charts tell."""

    def __init__(
        self, scope: Construct, environment: Environment, watches: Sequence[Signals]
    ) -> None:
        """Render the stack into namespace ``observability``."""
        super().__init__(scope, "observability", environment=environment, team="observability")
        self.stack = add_stack(self, watches, collector=True)
        NamespaceQuota(self, "quota", NamespaceQuotaProps())
