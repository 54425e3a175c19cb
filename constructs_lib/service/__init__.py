"""Services, workers and scheduled jobs that share one definition of a pod."""

from constructs_lib.service.construct import NovaService
from constructs_lib.service.cron_job import NovaCronJob
from constructs_lib.service.external import ExternalService, ExternalServiceProps
from constructs_lib.service.props import NovaCronJobProps, NovaServiceProps, NovaWorkerProps
from constructs_lib.service.worker import NovaWorker

__all__ = [
    "ExternalService",
    "ExternalServiceProps",
    "NovaCronJob",
    "NovaCronJobProps",
    "NovaService",
    "NovaServiceProps",
    "NovaWorker",
    "NovaWorkerProps",
]
