"""Columns of the lake: those of a payment, and where in the topic it was found."""

from typing import Final

import pyarrow as pa

TIME: Final = pa.timestamp("us", tz="UTC")

PAYMENT: Final = pa.schema(
    [
        pa.field("transaction_id", pa.string(), nullable=False),
        pa.field("account_id", pa.string(), nullable=False),
        pa.field("merchant_id", pa.string(), nullable=False),
        pa.field("category", pa.string(), nullable=False),
        pa.field("amount_minor", pa.int64(), nullable=False),
        pa.field("currency", pa.string(), nullable=False),
        pa.field("event_time", TIME, nullable=False),
        pa.field("channel", pa.int8(), nullable=False),
        pa.field("entry_mode", pa.int8(), nullable=False),
        pa.field("country", pa.string()),
        pa.field("latitude", pa.float64()),
        pa.field("longitude", pa.float64()),
        pa.field("device_id", pa.string()),
        pa.field("ip_prefix", pa.string()),
        pa.field("utc_offset_minutes", pa.int32()),
        pa.field("ratio_to_usual", pa.float32()),
    ]
)
"""As data sets have them, so that what reads a data set reads the lake."""

PLACE: Final = pa.schema(
    [
        pa.field("kafka_partition", pa.int32(), nullable=False),
        pa.field("kafka_offset", pa.int64(), nullable=False),
        pa.field("kafka_timestamp", TIME, nullable=False),
    ]
)
"""Of the message that the row is from; of repeats, one of them."""

PARTITION: Final = "event_date"
"""UTC date of ``event_time``; the folders are named by it."""

LAKE: Final = pa.schema([*PAYMENT, pa.field(PARTITION, pa.date32(), nullable=False), *PLACE])

FOUND: Final = pa.schema([field.with_nullable(True) for field in [*PAYMENT, *PLACE]])
"""What a message is decoded to: one that cannot be read is a row of its place alone."""
