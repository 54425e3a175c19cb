"""Services, workers and scheduled jobs that share one definition of a pod."""

from constructs_lib.service.calls import Call, CallOverride, CallPolicy
from constructs_lib.service.construct import NovaService
from constructs_lib.service.consumers import KafkaConsumer, NatsConsumer
from constructs_lib.service.cron_job import NovaCronJob
from constructs_lib.service.external import ExternalService, ExternalServiceProps
from constructs_lib.service.picture import dependency_picture
from constructs_lib.service.props import NovaCronJobProps, NovaServiceProps, NovaWorkerProps
from constructs_lib.service.worker import NovaWorker

__all__ = [
    "Call",
    "CallOverride",
    "CallPolicy",
    "ExternalService",
    "ExternalServiceProps",
    "KafkaConsumer",
    "NatsConsumer",
    "NovaCronJob",
    "NovaCronJobProps",
    "NovaService",
    "NovaServiceProps",
    "NovaWorker",
    "NovaWorkerProps",
    "dependency_picture",
]
