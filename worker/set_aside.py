"""Where messages go that nobody can decide on; lanes share it."""

import threading
from typing import Protocol, Self

from confluent_kafka import Message

from fraud.settings import KafkaSettings
from messaging.dead_letters import DeadLetters
from messaging.producer import MessageProducer

CONSUMER = "worker"
FLUSH_SECONDS = 5.0


class SetAside(Protocol):
    """Takes messages with the reason why they are not decided."""

    def put(self, message: Message, reason: str) -> None:
        """Set a message aside; it is durable when this returns.

        Raises:
            MessagingError: It is not, yet.
        """


class DeadLetterTopic:
    """Sets messages aside on the dead-letter topic, one at a time. May be used from any thread.

    Args:
        settings: Of the broker.

    Raises:
        BrokerAwayError: No broker is set.
    """

    def __init__(self, settings: KafkaSettings) -> None:
        self._producer = MessageProducer(settings, timeout_seconds=FLUSH_SECONDS)
        self._letters = DeadLetters(self._producer, settings, CONSUMER)
        self._lock = threading.Lock()

    def put(self, message: Message, reason: str) -> None:
        """Write a letter and wait until the broker has it.

        Raises:
            DeliveryError: It does not have it.
        """
        with self._lock:
            self._letters.put(message, reason)
            self._letters.flush(FLUSH_SECONDS)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._producer.close()
