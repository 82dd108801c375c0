"""Payments as messages and as rows, and lakes made of them without Spark."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import pyarrow as pa

from fraud.v1.transaction_pb2 import Transaction
from messaging.codec import to_record
from simulator import World, WorldConfig, to_transactions
from spark_stream.lake.decode import decode_batches

type Message = Transaction | bytes

WORLD = WorldConfig(seed=3, customers=120, merchants=60, days=3, payments_per_day=4.0)
PARTITIONS = 4
HEADERS = to_record(Transaction(), key="", origin="demo").headers
GARBAGE = b"\xff not a payment"


@cache
def payments() -> tuple[Transaction, ...]:
    """About 1,400 payments of three days, in the order of time."""
    chunks = World(WORLD).generate(chunk_days=1)
    return tuple(payment for chunk in chunks for payment in to_transactions(chunk.events))


def moved(payment: Transaction, change: timedelta, name: str | None = None) -> Transaction:
    """The payment at another time, and with another id when one is given."""
    other = Transaction()
    other.CopyFrom(payment)
    other.transaction_id = name or payment.transaction_id
    other.event_time.FromDatetime(payment.event_time.ToDatetime(UTC) + change)
    return other


def found_of(messages: Iterable[Message], start: int = 0) -> Any:
    """What the query finds: messages dealt out to the partitions, offsets from ``start``."""
    values = [
        message if isinstance(message, bytes) else message.SerializeToString()
        for message in messages
    ]
    places = [(row % PARTITIONS, start + row // PARTITIONS) for row in range(len(values))]
    return _decoded(values, places)


def found_in(messages: Iterable[Any]) -> Any:
    """The same of messages that were read from a topic."""
    read = [(each.value(), (each.partition(), each.offset())) for each in messages]
    return _decoded([value for value, _ in read], [place for _, place in read])


def _decoded(values: Sequence[bytes], places: Sequence[tuple[int, int]]) -> Any:
    headers = [{"key": key, "value": value} for key, value in HEADERS]
    batch = pa.record_batch(
        {
            "value": pa.array(values, pa.binary()),
            "headers": pa.array([headers] * len(values)),
            "partition": pa.array([partition for partition, _ in places], pa.int32()),
            "offset": pa.array([offset for _, offset in places], pa.int64()),
            "timestamp": pa.array([datetime(2026, 1, 1, tzinfo=UTC)] * len(values)),
        }
    )
    return pa.Table.from_batches(decode_batches([batch]))


def ids(rows: Sequence[Transaction]) -> list[str]:
    """Of payments, sorted."""
    return sorted(row.transaction_id for row in rows)
