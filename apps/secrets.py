"""Secrets that several systems know."""

from typing import Final

from constructs_lib.chart import AppChart
from constructs_lib.environment import ExternalSecretStore
from constructs_lib.secrets import AppSecret, AppSecretProps

DEVELOPMENT_PASSWORD: Final = "local-only"  # noqa: S105  (nobody's: it stands in the repository)
"""Every password on somebody's own machine."""


def secret_of(app: str, chart: AppChart, name: str, key: str) -> AppSecret:
    """Secret ``name`` of ``app`` in the namespace of ``chart``: same name, key and origin."""
    source = chart.environment.secrets
    path = source.path if isinstance(source, ExternalSecretStore) else ""
    props = AppSecretProps(
        keys=(key,),
        development={key: DEVELOPMENT_PASSWORD},
        remote_key="/".join(part for part in (path, app, name) if part),
    )
    return AppSecret(chart, name, props)
