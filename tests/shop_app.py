"""An app of one service, of which a test changes what it is about."""

from typing import Any

import cdk8s
from constructs import Construct

from constructs_lib import AppChart, Environment, NovaService
from constructs_lib.service.overrides import Override
from tests.service.refusals import service

HOST = Override("Deployment", {"spec": {"template": {"spec": {"hostNetwork": True}}}})


def app_of(*environments: Environment, chart: str = "shop", **props: Any) -> cdk8s.App:
    """One app with a service of its own in each of ``environments``."""
    app = cdk8s.App()
    for environment in environments:
        scope = Construct(app, environment.name)
        shop = AppChart(scope, chart, environment=environment, team="checkout", app="shop")
        NovaService(shop, "api", service(**props))
    return app
