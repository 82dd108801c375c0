"""Messages out, each accounted for."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from types import TracebackType
from typing import Any, Final, Self

from confluent_kafka import KafkaError, KafkaException, Message, Producer

from fraud.settings import KafkaSettings
from messaging.client import producer_config
from messaging.codec import Record
from messaging.errors import BrokerAwayError, DeliveryError
from messaging.registry import Framing
from messaging.topics import named

QUEUE_MESSAGES: Final = 50_000
"""Messages that wait in memory for the broker; one more waits for room."""
TIMEOUT_SECONDS: Final = 120.0
"""How long a message may wait for the broker before it counts as failed."""
FLUSH_SECONDS: Final = 30.0
ROOM_SECONDS: Final = 0.05
ANY_PARTITION: Final = -1
FOR_GOOD: Final = (KafkaError.MSG_SIZE_TOO_LARGE, KafkaError.INVALID_RECORD)
"""What is wrong with the message itself: no other try would end otherwise."""
SHOWN: Final = 3
"""Failures that an error names; the others are counted."""

type OnDelivery = Callable[[DeliveryError | None], None]
"""Told once what became of a message: None when the broker has it."""


class MessageProducer:
    """Hands messages to the brokers; for one thread at a time.

    Args:
        settings: Of the brokers.
        timeout_seconds: How long a message may wait for the broker before it counts as failed.
        overrides: More settings as librdkafka takes them.

    Raises:
        BrokerAwayError: No broker is set, or the settings are refused. A broker that does not
            answer is no error here: messages wait for it.

    Usage::

        with MessageProducer(settings.kafka) as producer:
            producer.produce(RAW_TRANSACTIONS, to_record(payment, key=..., origin="producer"))
            producer.flush()
    """

    def __init__(
        self,
        settings: KafkaSettings,
        timeout_seconds: float = TIMEOUT_SECONDS,
        **overrides: Any,
    ) -> None:
        self._settings = settings
        config = {
            "queue.buffering.max.messages": QUEUE_MESSAGES,
            "message.timeout.ms": int(timeout_seconds * 1000),
            **overrides,
        }
        try:
            self._producer = Producer(producer_config(settings, **config))
        except KafkaException as exc:
            raise BrokerAwayError(f"Failed to make a producer of messages: {exc}") from exc
        self._framing = Framing(settings) if settings.registry_url is not None else None
        self.delivered = 0
        """Messages that the broker has."""
        self.failed = 0
        """Messages that it did not take."""
        self._untold_count = 0
        self._untold: list[DeliveryError] = []

    @property
    def waiting(self) -> int:
        """Messages handed over of which nothing is known yet."""
        return len(self._producer)

    def produce(
        self,
        topic: str,
        record: Record,
        partition: int | None = None,
        on_delivery: OnDelivery | None = None,
    ) -> None:
        """Hand over a message; waits while the queue is full.

        Args:
            topic: Name without prefix.
            record: The message.
            partition: Where it goes; None lets its key say.
            on_delivery: Called by a later call of this object; :meth:`flush` then does not tell
                of a failure again.

        Raises:
            DeliveryError: It can never be delivered, such as when it is too large.
            IncompatibleSchemaError: The schema registry refuses its schema.
            RegistryError: The schema registry, when one is set, cannot be used.
        """
        if self._framing is not None:
            record = replace(record, value=self._framing.framed(topic, record))
        self._hand_over(topic, record, partition, on_delivery)

    def forward(self, topic: str, record: Record, partition: int | None = None) -> None:
        """Hand over a message that was on a topic before, its bytes as they were there.

        Args:
            topic: Name without prefix.
            record: The message.
            partition: Where it goes; None lets its key say.

        Raises:
            DeliveryError: It can never be delivered.
        """
        self._hand_over(topic, record, partition, None)

    def poll(self, seconds: float = 0.0) -> None:
        """Take what the broker has answered; returns at the first answer, or after a time."""
        self._producer.poll(seconds)

    def flush(self, seconds: float = FLUSH_SECONDS) -> None:
        """Wait until the broker has everything that was handed over.

        Raises:
            DeliveryError: Of what was handed over since the last call some failed, and nobody was
                told of it, or some is still waiting after so many seconds; names the first of them.
        """
        waiting = self._producer.flush(seconds)
        failures, count = self._untold, self._untold_count
        self._untold, self._untold_count = [], 0
        if count:
            more = f", and {count - len(failures)} more" if count > len(failures) else ""
            raise DeliveryError(f"{'; '.join(map(str, failures))}{more}")
        if waiting:
            raise DeliveryError(
                f"{waiting} messages are not delivered after {seconds:g} s: is the broker "
                f"{self._settings.bootstrap_servers} there?"
            )

    def close(self) -> None:
        """Give up what is still waiting; call :meth:`flush` before."""
        self._producer.purge()
        self._producer.flush(0)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if error is None:
            self.flush()
        self.close()

    def _hand_over(
        self, topic: str, record: Record, partition: int | None, on_delivery: OnDelivery | None
    ) -> None:
        answered = self._answered if on_delivery is None else partial(self._told, on_delivery)
        while True:
            try:
                self._producer.produce(
                    named(self._settings, topic),
                    record.value,
                    record.key,
                    ANY_PARTITION if partition is None else partition,
                    answered,
                    headers=list(record.headers),
                )
            except BufferError:
                self._producer.poll(ROOM_SECONDS)
            except KafkaException as exc:
                raise _refused(topic, record, exc) from exc
            else:
                self._producer.poll(0)
                return

    def _answered(self, error: KafkaError | None, message: Message) -> None:
        self._count(error)
        if error is not None:
            self._untold_count += 1
            if len(self._untold) < SHOWN:
                self._untold.append(_failure(message, error))

    def _told(self, on_delivery: OnDelivery, error: KafkaError | None, message: Message) -> None:
        self._count(error)
        on_delivery(None if error is None else _failure(message, error))

    def _count(self, error: KafkaError | None) -> None:
        if error is None:
            self.delivered += 1
        else:
            self.failed += 1


def _failure(message: Message, error: KafkaError) -> DeliveryError:
    key = (message.key() or b"").decode("utf-8", "backslashreplace")
    return DeliveryError(
        f"Failed to deliver `{key}` to `{message.topic()}`: {error.str()}",
        for_good=error.code() in FOR_GOOD,
    )


def _refused(topic: str, record: Record, error: KafkaException) -> DeliveryError:
    key = (record.key or b"").decode("utf-8", "backslashreplace")
    return DeliveryError(
        f"Failed to deliver `{key}` ({len(record.value):,} bytes) to `{topic}`: {error}",
        for_good=error.args[0].code() in FOR_GOOD,
    )
