"""The two tables that everything in the platform reads: payments, and what is true of them."""

import pyarrow as pa

_TIME = pa.timestamp("us", tz="UTC")
_NAME = pa.dictionary(pa.int32(), pa.string())

EVENTS = pa.schema(
    [
        pa.field("transaction_id", pa.string(), nullable=False),
        pa.field("account_id", _NAME, nullable=False),
        pa.field("merchant_id", _NAME, nullable=False),
        pa.field("category", _NAME, nullable=False),
        pa.field("amount_minor", pa.int64(), nullable=False),
        pa.field("currency", _NAME, nullable=False),
        pa.field("event_time", _TIME, nullable=False),
        pa.field("channel", pa.int8(), nullable=False),
        pa.field("entry_mode", pa.int8(), nullable=False),
        pa.field("country", _NAME),
        pa.field("latitude", pa.float64()),
        pa.field("longitude", pa.float64()),
        pa.field("device_id", pa.string()),
        pa.field("ip_prefix", _NAME),
        pa.field("utc_offset_minutes", pa.int32()),
        pa.field("ratio_to_usual", pa.float32()),
    ]
)
"""Payments, sorted by (event_time, transaction_id)."""

LABELS = pa.schema(
    [
        pa.field("transaction_id", pa.string(), nullable=False),
        pa.field("fraud", pa.bool_(), nullable=False),
        pa.field("kind", pa.int8(), nullable=False),
        pa.field("happened_at", _TIME, nullable=False),
        pa.field("known_at", _TIME),
        pa.field("source", _NAME, nullable=False),
    ]
)
"""The truth of every payment, row for row; ``known_at`` is null when nobody ever reports it."""
