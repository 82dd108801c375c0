"""The consumer group's timing, which the broker keeps under KIP-848 and a member may set."""

from collections.abc import Mapping

import structlog
from confluent_kafka import KafkaException
from confluent_kafka.admin import (
    AdminClient,
    AlterConfigOpType,
    ConfigEntry,
    ConfigResource,
    ResourceType,
)

from fraud.settings import Settings
from messaging.client import common_config

log = structlog.get_logger(__name__)

HEARTBEAT_MS = 150
"""A member hears of a change at its next heartbeat, so this is most of a planned hand-over. It is
also how long librdkafka waits for a heartbeat's answer: less, and a busy broker's come too late."""
TIMEOUT_SECONDS = 5.0


def configure_group(settings: Settings) -> None:
    """Have the broker apply our timing to the group; what it refuses stays as it was, and is told.

    Raises:
        BrokerAwayError: No broker is set.
    """
    admin = AdminClient(common_config(settings.kafka))
    timing = timing_of(settings)
    try:
        _alter(admin, settings.worker.group, timing)
    except KafkaException:
        # Perhaps one alone is to blame: Kafka before 4.3 does not know the last.
        for name, value in timing.items():
            _try_to_alter(admin, settings.worker.group, {name: value})
    except TimeoutError:
        log.warning("worker.group_settings_unanswered", seconds=TIMEOUT_SECONDS)


def timing_of(settings: Settings) -> dict[str, str]:
    """What the group is set to, by the broker's names."""
    return {
        "consumer.session.timeout.ms": str(settings.worker.session_ms),
        "consumer.heartbeat.interval.ms": str(HEARTBEAT_MS),
        # Kafka 4.3 computes an assignment once a second at most unless told otherwise: a leave
        # soon after a join would wait for the rest of that second.
        "consumer.assignment.interval.ms": "0",
    }


def _try_to_alter(admin: AdminClient, group: str, entries: Mapping[str, str]) -> None:
    try:
        _alter(admin, group, entries)
    except (KafkaException, TimeoutError) as exc:
        log.warning("worker.group_setting_refused", settings=list(entries), reason=str(exc))


def _alter(admin: AdminClient, group: str, entries: Mapping[str, str]) -> None:
    """Set what is named and leave the rest.

    Raises:
        KafkaException: The broker refuses, or does not answer.
        TimeoutError: The client does not say.
    """
    changes = [
        ConfigEntry(name, value, incremental_operation=AlterConfigOpType.SET)
        for name, value in entries.items()
    ]
    resource = ConfigResource(ResourceType.GROUP, group, incremental_configs=changes)
    answer = admin.incremental_alter_configs([resource], request_timeout=TIMEOUT_SECONDS)
    answer[resource].result(2 * TIMEOUT_SECONDS)
