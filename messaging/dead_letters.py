"""Messages that could not be read or accepted, set aside with the reason.

A letter's key is ``<topic>/<partition>/<offset>`` of the message, so that several consumers that
find the same one write one letter. Topics are named in it without the prefix that is set.
"""

import time
from collections import Counter
from dataclasses import dataclass
from typing import Final

from confluent_kafka import TIMESTAMP_NOT_AVAILABLE, Message

from fraud.settings import KafkaSettings
from fraud.v1.stream_pb2 import DeadLetter, MessageHeader
from messaging.codec import Headers, headers_in, to_record
from messaging.producer import FLUSH_SECONDS, MessageProducer
from messaging.topics import DEAD_LETTERS

MOST_REASONS: Final = 100
"""Reasons counted one by one; further ones are counted as :data:`OTHER`."""
OTHER: Final = "other"
LARGEST_VALUE: Final = 900_000
"""Bytes of a message that its letter keeps, so that a broker takes the letter."""


@dataclass(frozen=True, slots=True)
class FoundMessage:
    """A message as it was found on a topic.

    Args:
        topic: Name without prefix.
        partition: Of the topic.
        offset: In the partition.
        key: None when it has none.
        value: None when it has none.
        headers: In their order.
        produced_at_ms: Milliseconds since the Unix epoch; 0 when it is not known.
    """

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: Headers = ()
    produced_at_ms: int = 0

    @property
    def place(self) -> str:
        """The key of its letter, such as ``raw_transactions/3/1207``."""
        return f"{self.topic}/{self.partition}/{self.offset}"


class DeadLetters:
    """Writes the letters of one consumer.

    A consumer commits what it read only after :meth:`flush`: then each message was either dealt
    with or has its letter.

    Args:
        producer: The letters are handed to it.
        settings: Of the broker that the messages come from.
        consumer: Who finds them, such as ``worker``, ``scorer`` or ``spark``.
    """

    def __init__(self, producer: MessageProducer, settings: KafkaSettings, consumer: str) -> None:
        self._producer = producer
        self._prefix = settings.topic_prefix
        self._consumer = consumer
        self.counts: Counter[str] = Counter()
        """Letters by what is wrong, see :func:`reason_class`."""

    def put(self, message: Message, reason: str) -> DeadLetter:
        """Set a message aside.

        Args:
            message: As a consumer of confluent_kafka gave it.
            reason: What is wrong with it, naming field and value where there is one.

        Returns:
            The letter, handed over; it is on the topic after :meth:`flush`.

        Raises:
            DeliveryError: The letter can never be delivered.
        """
        return self.put_found(to_found(message, self._prefix), reason)

    def put_found(self, found: FoundMessage, reason: str) -> DeadLetter:
        """:meth:`put`, for those who read messages otherwise."""
        letter = to_letter(found, reason, self._consumer)
        record = to_record(letter, key=found.place, origin="stream")
        self._producer.produce(DEAD_LETTERS, record)
        self._count(reason)
        return letter

    def flush(self, seconds: float = FLUSH_SECONDS) -> None:
        """Wait until the letters are on the topic.

        Raises:
            DeliveryError: Some are not.
        """
        self._producer.flush(seconds)

    def _count(self, reason: str) -> None:
        name = reason_class(reason)
        known = name in self.counts or len(self.counts) < MOST_REASONS
        self.counts[name if known else OTHER] += 1


def reason_class(reason: str) -> str:
    """What is wrong, without the values: the reason up to its first colon.

    >>> reason_class("amount_minor: `-1` must be greater than or equal to 0")
    'amount_minor'
    """
    return reason.partition(":")[0]


def to_found(message: Message, prefix: str = "") -> FoundMessage:
    """A message of confluent_kafka, its topic's prefix taken away."""
    topic, partition, offset = message.topic(), message.partition(), message.offset()
    assert topic is not None
    assert partition is not None
    assert offset is not None
    kind, produced_at_ms = message.timestamp()
    return FoundMessage(
        topic=topic.removeprefix(prefix),
        partition=partition,
        offset=offset,
        key=message.key(),
        value=message.value(),
        headers=headers_in(message),
        produced_at_ms=0 if kind == TIMESTAMP_NOT_AVAILABLE else produced_at_ms,
    )


def to_letter(found: FoundMessage, reason: str, consumer: str) -> DeadLetter:
    """The letter of a message."""
    value = found.value or b""
    if len(value) > LARGEST_VALUE:
        reason = f"{reason} (cut to {LARGEST_VALUE:,} of {len(value):,} bytes)"
    letter = DeadLetter(
        topic=found.topic,
        partition=found.partition,
        offset=found.offset,
        reason=reason,
        consumer=consumer,
        key=found.key or b"",
        value=value[:LARGEST_VALUE],
        headers=[MessageHeader(name=name, value=value) for name, value in found.headers],
    )
    if found.produced_at_ms:
        letter.produced_at.FromMilliseconds(found.produced_at_ms)
    letter.failed_at.FromNanoseconds(time.time_ns())
    return letter
