"""Stage 0: messages as Kafka has them in, readable payments and labels out; the rest set aside.

Letters are written here and not at the sink, so that they need not travel through the stateful
stages. A batch that is tried again writes them again under the same keys.
"""

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any, Final

import protovalidate
import pyarrow as pa
from pyspark.sql import DataFrame

from features_rs import Store
from fraud.settings import KafkaSettings
from fraud.v1.label_pb2 import Label
from fraud.v1.transaction_pb2 import Transaction
from messaging.codec import from_record
from messaging.dead_letters import DeadLetters, FoundMessage
from messaging.errors import UnreadableMessageError
from messaging.producer import MessageProducer
from messaging.topics import LABELS
from spark_stream.workers import leave_imports_alone

SCHEMA: Final = (
    "transaction_id string, account_id string, merchant_id string, category string, "
    "device_id string, is_label boolean, offset long, payload binary"
)
"""A readable message: its ids (those of the payment's entities are null for a label), where it was
in its partition, and the message itself without a registry's frame."""

_ARROW: Final = pa.schema(
    [
        ("transaction_id", pa.string()),
        ("account_id", pa.string()),
        ("merchant_id", pa.string()),
        ("category", pa.string()),
        ("device_id", pa.string()),
        ("is_label", pa.bool_()),
        ("offset", pa.int64()),
        ("payload", pa.binary()),
    ]
)
_COLUMNS: Final = ("topic", "partition", "offset", "timestamp", "key", "value", "headers")
type _Row = tuple[str, str | None, str | None, str | None, str | None, bool, int, bytes]


def take_in(messages: DataFrame, settings: KafkaSettings) -> DataFrame:
    """Rows of :data:`SCHEMA` for all messages that can be read and break no rule.

    Args:
        messages: Rows of Spark's Kafka source, with headers.
        settings: Of the brokers that dead letters are written to.
    """
    columns = [*_COLUMNS[:3], "CAST(unix_millis(timestamp) AS bigint) AS timestamp", *_COLUMNS[4:]]
    return messages.selectExpr(*columns).mapInArrow(Intake(settings), SCHEMA)


class Intake:
    """Reads batches of messages; sent to the executors."""

    def __init__(self, settings: KafkaSettings) -> None:
        self._settings = settings

    def __call__(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """One batch for each; returns after every refused message's letter is on the topic."""
        leave_imports_alone()
        refused = False
        for batch in batches:
            rows = []
            for found, outcome in self._read(batch):
                if isinstance(outcome, str):
                    _letters(self._settings).put_found(found, outcome)
                    refused = True
                else:
                    rows.append(outcome)
            columns = zip(*rows, strict=True) if rows else ((),) * len(_ARROW)
            arrays = [
                pa.array(values, field.type) for values, field in zip(columns, _ARROW, strict=True)
            ]
            yield pa.RecordBatch.from_arrays(arrays, schema=_ARROW)
        if refused:
            _letters(self._settings).flush()

    def _read(self, batch: pa.RecordBatch) -> Iterator[tuple[FoundMessage, _Row | str]]:
        """Each message with its row, or with the reason why there is none."""
        columns = [batch.column(name).to_pylist() for name in _COLUMNS]
        for row in zip(*columns, strict=True):
            found = self._found(*row)
            try:
                yield found, read_one(found)
            except UnreadableMessageError as exc:
                yield found, str(exc)

    def _found(
        self,
        topic: str,
        partition: int,
        offset: int,
        timestamp: int,
        key: bytes | None,
        value: bytes | None,
        headers: list[dict[str, Any]] | None,
    ) -> FoundMessage:
        return FoundMessage(
            topic=topic.removeprefix(self._settings.topic_prefix),
            partition=partition,
            offset=offset,
            key=key,
            value=value,
            headers=[(each["key"], each["value"] or b"") for each in headers or ()],
            produced_at_ms=max(timestamp, 0),
        )


def read_one(found: FoundMessage) -> _Row:
    """A payment or a label, by its topic.

    Raises:
        UnreadableMessageError: It cannot be read or breaks a rule of its contract.
    """
    return _read_label(found) if found.topic == LABELS else _read_payment(found)


def _read_payment(found: FoundMessage) -> _Row:
    payment = from_record(Transaction, found.value, found.headers)
    payload = payment.SerializeToString()
    # The kernel's own decoder: what it would refuse later is refused here.
    for _, reason in Store().record_wire([payload]).refused:
        raise UnreadableMessageError(reason)
    return (
        payment.transaction_id,
        payment.account_id,
        payment.merchant_id,
        payment.category,
        payment.device_id if payment.HasField("device_id") else None,
        False,
        found.offset,
        payload,
    )


def _read_label(found: FoundMessage) -> _Row:
    label = from_record(Label, found.value, found.headers)
    for violation in _validator().collect_violations(label):
        path = violation.proto.field.elements if violation.proto.field else ()
        field = ".".join(element.field_name for element in path) or "label"
        raise UnreadableMessageError(f"{field}: {violation.proto.message}")
    payload = label.SerializeToString()
    return label.transaction_id, None, None, None, None, True, found.offset, payload


@cache
def _validator() -> protovalidate.Validator:
    return protovalidate.Validator()


@cache
def _letters(settings: KafkaSettings) -> DeadLetters:
    """Of this process; there is nothing to close, as every batch waits for delivery."""
    return DeadLetters(MessageProducer(settings), settings, "spark")
