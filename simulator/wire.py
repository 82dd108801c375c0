"""Rows of the tables to wire messages and back; the one place that knows both."""

from collections.abc import Iterable, Iterator
from datetime import UTC
from pathlib import Path

import pyarrow as pa
from google.protobuf.timestamp_pb2 import Timestamp

from fraud.loadgen import write_requests as write_messages
from fraud.v1.label_pb2 import FraudKind, Label
from fraud.v1.scoring_pb2 import ScoreRequest
from fraud.v1.transaction_pb2 import Coordinates, Transaction
from simulator import schema

type Rows = pa.RecordBatch | pa.Table

# Fields whose zero is a value, and so not among those that a message lists as set.
_REQUIRED = ("amount_minor", "channel", "entry_mode")


def to_transactions(events: Rows) -> Iterator[Transaction]:
    """Each row of ``schema.EVENTS`` as a message; a null is a field that is not set."""
    plain = events.drop_columns(["event_time", "latitude", "longitude"])
    columns = [plain[name].to_pylist() for name in plain.schema.names]
    times = _micros(events["event_time"])
    places = zip(events["latitude"].to_pylist(), events["longitude"].to_pylist(), strict=True)
    for row, micros, place in zip(zip(*columns, strict=True), times, places, strict=True):
        fields = dict(zip(plain.schema.names, row, strict=True))
        yield Transaction(**fields, event_time=_timestamp(micros), coordinates=_coordinates(place))


def from_transactions(transactions: Iterable[Transaction]) -> pa.RecordBatch:
    """Messages as rows of ``schema.EVENTS``, in the order given."""
    rows = [_from_transaction(transaction) for transaction in transactions]
    plain = pa.schema([pa.field(field.name, _plain_type(field)) for field in schema.EVENTS])
    batch = pa.RecordBatch.from_pylist(rows, schema=plain)
    return batch.cast(schema.EVENTS)


def to_labels(labels: Rows) -> Iterator[Label]:
    """Each row of ``schema.LABELS`` that someone reported, as a message."""
    reported = labels.filter(labels["known_at"].is_valid())
    rows = reported.select(["transaction_id", "fraud", "kind", "source"]).to_pylist()
    times = zip(_micros(reported["happened_at"]), _micros(reported["known_at"]), strict=True)
    for row, (happened, known) in zip(rows, times, strict=True):
        yield Label(
            transaction_id=row["transaction_id"],
            fraud=row["fraud"],
            kind=FraudKind.ValueType(row["kind"]),
            happened_at=_timestamp(happened),
            known_at=_timestamp(known),
            source=row["source"],
        )


def write_requests(events: Rows, path: Path) -> int:
    """Write the payments as the load client's file of ``ScoreRequest``; returns how many.

    Raises:
        OSError: The file cannot be written.
    """
    requests = (ScoreRequest(transaction=payment) for payment in to_transactions(events))
    return write_messages(path, requests)


def _coordinates(place: tuple[float | None, float | None]) -> Coordinates | None:
    latitude, longitude = place
    if latitude is None or longitude is None:
        return None
    return Coordinates(latitude=latitude, longitude=longitude)


def _from_transaction(transaction: Transaction) -> dict[str, object]:
    """A row by column name; what is not set is left out."""
    row = {field.name: value for field, value in transaction.ListFields()}
    row |= {name: getattr(transaction, name) for name in _REQUIRED}
    if (coordinates := row.pop("coordinates", None)) is not None:
        row |= {"latitude": coordinates.latitude, "longitude": coordinates.longitude}
    return row | {"event_time": transaction.event_time.ToDatetime(UTC)}


def _plain_type(field: pa.Field) -> pa.DataType:
    return pa.string() if pa.types.is_dictionary(field.type) else field.type


def _micros(times: pa.Array | pa.ChunkedArray) -> list[int]:
    micros: list[int] = times.cast(pa.int64()).to_pylist()
    return micros


def _timestamp(micros: int) -> Timestamp:
    return Timestamp(seconds=micros // 1_000_000, nanos=micros % 1_000_000 * 1_000)
