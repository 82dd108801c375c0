"""A client for looking at brokers and changing them, whose errors are told in our words."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient

from fraud.settings import KafkaSettings
from messaging.client import common_config
from messaging.errors import BrokerAwayError, TopicError

TIMEOUT_SECONDS: Final = 10.0
"""Limit of one call to the brokers."""


@contextmanager
def administering(settings: KafkaSettings) -> Iterator[AdminClient]:
    """A client for as long as the body runs.

    Raises:
        BrokerAwayError: No broker is set, or none answers; it names the address and the reason.
        TopicError: The broker refuses what it is asked for.
    """
    reasons: list[str] = []
    # Errors come by the callback; without one, librdkafka would print them.
    quiet: dict[str, Any] = {"log_level": 0, "error_cb": lambda error: reasons.append(error.str())}
    admin = AdminClient(common_config(settings) | quiet)
    try:
        yield admin
    except KafkaException as exc:
        admin.poll(0)
        error = exc.args[0]
        # Numbers below zero are the client's own: no broker has said anything.
        if error.code() < 0:
            where = f"Failed to reach a broker at {settings.bootstrap_servers}"
            reason = reasons[0] if reasons else error.str()
            raise BrokerAwayError(f"{where}: {reason}") from exc
        raise TopicError(f"The broker refused: {error.str()}") from exc
