"""Payments and labels as Arrow record batches."""

from collections.abc import Sequence
from dataclasses import asdict

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tests.laws.oracle import Payment, Report, Verdict

TIMESTAMP = pa.timestamp("us", tz="UTC")
EVENT_SCHEMA = pa.schema(
    [
        ("transaction_id", pa.string()),
        ("account_id", pa.string()),
        ("merchant_id", pa.string()),
        ("category", pa.string()),
        ("amount_minor", pa.int64()),
        ("currency", pa.string()),
        ("event_time", TIMESTAMP),
        ("channel", pa.int8()),
        ("latitude", pa.float64()),
        ("longitude", pa.float64()),
        ("device_id", pa.string()),
        ("utc_offset_minutes", pa.int32()),
    ]
)
LABEL_SCHEMA = pa.schema(
    [
        ("transaction_id", pa.string()),
        ("merchant_id", pa.string()),
        ("category", pa.string()),
        ("amount_minor", pa.int64()),
        ("currency", pa.string()),
        ("event_time", TIMESTAMP),
        ("known_at", TIMESTAMP),
        ("fraud", pa.bool_()),
        ("withdraws", pa.bool_()),
        ("ratio_to_usual", pa.float32()),
    ]
)
ENCODED = ("account_id", "merchant_id", "category", "currency", "device_id")


def events_batch(payments: Sequence[Payment]) -> pa.RecordBatch:
    """One row a payment."""
    rows = [asdict(p) | {"event_time": p.event_time_us} for p in payments]
    for row in rows:
        del row["event_time_us"]
    return pa.RecordBatch.from_pylist(rows, schema=EVENT_SCHEMA)


def labels_batch(reports: Sequence[Report]) -> pa.RecordBatch:
    """One row a label, in the order in which they became known."""
    rows = [
        {
            "transaction_id": report.payment.transaction_id,
            "merchant_id": report.payment.merchant_id,
            "category": report.payment.category,
            "amount_minor": report.payment.amount_minor,
            "currency": report.payment.currency,
            "event_time": report.made_at,
            "known_at": report.known_at_us,
            "fraud": report.verdict is Verdict.FRAUD,
            "withdraws": report.verdict is Verdict.WITHDRAWN,
            "ratio_to_usual": report.ratio_to_usual,
        }
        for report in sorted(reports, key=lambda report: report.known_at_us)
    ]
    return pa.RecordBatch.from_pylist(rows, schema=LABEL_SCHEMA)


def dictionary_encoded(batch: pa.RecordBatch) -> pa.RecordBatch:
    """The same batch with its entity columns as dictionaries."""
    for name in ENCODED:
        place = batch.schema.get_field_index(name)
        batch = batch.set_column(place, name, batch.column(name).dictionary_encode())
    return batch


def rows_of(features: object) -> NDArray[np.float32]:
    """A batch of features as a matrix, a row per payment."""
    batch = pa.record_batch(features)
    return np.column_stack([column.to_numpy(zero_copy_only=True) for column in batch.columns])
