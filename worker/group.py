"""The consumer group's timing, which the broker keeps under KIP-848 and a member may set."""

import structlog
from confluent_kafka import KafkaException
from confluent_kafka.admin import (  # type: ignore[attr-defined] # it re-exports these in passing
    AdminClient,
    AlterConfigOpType,
    ConfigEntry,
    ConfigResource,
    ResourceType,
)

from fraud.settings import Settings
from messaging.client import common_config

log = structlog.get_logger(__name__)

HEARTBEAT_MS = 100
"""A member hears of a change at its next heartbeat, so this is most of a planned hand-over."""
TIMEOUT_SECONDS = 10.0


def configure_group(settings: Settings) -> None:
    """Have the broker apply our timing to the group; what it refuses stays as it was, and is told.

    Raises:
        BrokerAwayError: No broker is set.
    """
    admin = AdminClient(common_config(settings.kafka))
    for name, value in _timing(settings).items():
        entry = ConfigEntry(name, value, incremental_operation=AlterConfigOpType.SET)
        resource = ConfigResource(
            ResourceType.GROUP, settings.worker.group, incremental_configs=[entry]
        )
        answer = admin.incremental_alter_configs([resource], request_timeout=TIMEOUT_SECONDS)
        try:
            answer[resource].result(TIMEOUT_SECONDS)
        except KafkaException as exc:
            log.warning("worker.group_setting_refused", setting=name, reason=str(exc))


def _timing(settings: Settings) -> dict[str, str]:
    return {
        "consumer.session.timeout.ms": str(settings.worker.session_ms),
        "consumer.heartbeat.interval.ms": str(HEARTBEAT_MS),
        # Kafka 4.3 computes an assignment once a second at most unless told otherwise: a leave
        # soon after a join would wait for the rest of that second.
        "consumer.assignment.interval.ms": "0",
    }
