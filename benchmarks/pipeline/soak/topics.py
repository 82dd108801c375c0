"""All that is in the topics at the end: the payments once each, and their labels."""

from collections.abc import Iterator
from dataclasses import dataclass

from google.protobuf.message import Message

from fraud.settings import KafkaSettings
from fraud.v1.label_pb2 import Label
from fraud.v1.transaction_pb2 import Transaction
from messaging.codec import from_record
from messaging.offsets import read_range, reading, watermarks
from messaging.topics import LABELS, RAW_TRANSACTIONS


@dataclass(frozen=True, slots=True)
class TopicContents:
    """What was produced.

    Args:
        payments: By id; a payment that is there twice is there once.
        labels: Distinct ones, in the order of known-at.
        messages: Messages of raw_transactions, repeats counted.
    """

    payments: dict[str, Transaction]
    labels: list[Label]
    messages: int


def read_topics(kafka: KafkaSettings) -> TopicContents:
    """Read both topics from their begin to their end."""
    payments = list(_read(kafka, RAW_TRANSACTIONS, Transaction))
    labels = {label.SerializeToString(deterministic=True): label for label in _labels(kafka)}
    return TopicContents(
        {payment.transaction_id: payment for payment in payments},
        sorted(labels.values(), key=lambda label: label.known_at.ToMicroseconds()),
        len(payments),
    )


def _labels(kafka: KafkaSettings) -> Iterator[Label]:
    return _read(kafka, LABELS, Label)


def _read[M: Message](kafka: KafkaSettings, topic: str, kind: type[M]) -> Iterator[M]:
    with reading(kafka) as consumer:
        marks = watermarks(consumer, kafka, [topic])
        ranges = {number: ends for (_, number), ends in marks.items()}
        for batch in read_range(consumer, kafka, topic, ranges):
            yield from (from_record(kind, each.value(), each.headers()) for each in batch)
