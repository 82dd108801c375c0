"""Messages of ``raw_transactions`` to rows.

Whether a message counts is said by the codec and the kernel, as in every consumer: it must be
readable and keep the rules of the wire contract. One that does not is a row with nothing but its
place; it is the features query that sets it aside.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

import pyarrow as pa

from features_rs import Store
from fraud.v1.transaction_pb2 import Transaction
from messaging.codec import Headers, from_record
from messaging.errors import UnreadableMessageError
from spark_stream.lake.schema import FOUND, PAYMENT
from spark_stream.workers import leave_imports_alone

COLUMNS: Final = ("value", "headers", "partition", "offset", "timestamp")
"""Of Spark's Kafka source, headers included."""

_OPTIONAL: Final = ("country", "device_id", "ip_prefix", "utc_offset_minutes", "ratio_to_usual")
_COORDINATES: Final = ("latitude", "longitude")
_NULLABLE: Final = pa.schema([field.with_nullable(True) for field in PAYMENT])


def decode_batches(batches: Iterable[Any]) -> Iterator[Any]:
    """Record batches with :data:`COLUMNS` to record batches of ``schema.FOUND``; row for row."""
    leave_imports_alone()
    for batch in batches:
        headers = [_headers(found) for found in batch["headers"].to_pylist()]
        rows = decode(batch["value"].to_pylist(), headers)
        places = (batch[name] for name in ("partition", "offset", "timestamp"))
        columns = [*rows.columns, *places]
        yield pa.RecordBatch.from_arrays(
            [column.cast(field.type) for column, field in zip(columns, FOUND, strict=True)],
            schema=FOUND,
        )


def decode(values: Sequence[bytes | None], headers: Sequence[Headers | None]) -> Any:
    """Record batch of a payment's columns; all null where a message does not count.

    Args:
        values: As they are in the topic.
        headers: Of each.
    """
    rows = [_read(value, header) for value, header in zip(values, headers, strict=True)]
    # The kernel's own decoder: what every other consumer would refuse is refused here.
    wire = [b"" if row is None else row.SerializeToString() for row in rows]
    for place, _ in Store().record_wire(wire).refused:
        rows[place] = None
    columns = [pa.array(_column(field.name, rows), field.type) for field in _NULLABLE]
    return pa.RecordBatch.from_arrays(columns, schema=_NULLABLE)


def _read(value: bytes | None, headers: Headers | None) -> Transaction | None:
    try:
        return from_record(Transaction, value, headers)
    except UnreadableMessageError:
        return None


def _column(name: str, rows: Sequence[Transaction | None]) -> list[Any]:
    return [None if row is None else _value(row, name) for row in rows]


def _value(row: Transaction, name: str) -> Any:
    if name == "event_time":
        return row.event_time.ToMicroseconds()
    if name in _COORDINATES:
        return getattr(row.coordinates, name) if row.HasField("coordinates") else None
    given = name not in _OPTIONAL or row.HasField(name)  # type: ignore[arg-type]
    return getattr(row, name) if given else None


def _headers(found: list[dict[str, Any]] | None) -> list[tuple[str, bytes]]:
    """As Spark gives them: structures of key and value."""
    return [(each["key"], each["value"] or b"") for each in found or ()]
