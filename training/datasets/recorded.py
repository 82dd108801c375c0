"""The labels that were recorded in PostgreSQL, corrections included."""

from typing import Any, Final

import psycopg
import pyarrow as pa

from fraud.v1.label_pb2 import FraudKind
from scorer.recorder.connection import connect
from scorer.recorder.errors import translated
from training.datasets.digest import digest_table
from training.datasets.manifest import Source

SOURCE: Final = "labels (PostgreSQL)"
BATCH_ROWS: Final = 50_000
# What is said twice in other words has one place in this order, whichever came first.
QUERY: Final = (
    "SELECT transaction_id, fraud, kind, known_at FROM labels"
    ' ORDER BY transaction_id COLLATE "C", known_at, label_digest'
)
SCHEMA: Final = pa.schema(
    [
        pa.field("transaction_id", pa.string(), nullable=False),
        pa.field("fraud", pa.bool_(), nullable=False),
        pa.field("kind", pa.int8(), nullable=False),
        pa.field("known_at", pa.timestamp("us", "UTC"), nullable=False),
    ]
)


def read_recorded(dsn: str) -> tuple[Any, Source]:
    """All labels, and what they are as a source.

    Args:
        dsn: libpq address.

    Returns:
        Arrow table of :data:`SCHEMA`, and its digest.

    Raises:
        RecorderError: The database cannot be used.
    """
    connection = connect(dsn, "fraud-dataset")
    try:
        with translated(), connection.transaction(), connection.cursor("labels") as cursor:
            cursor.itersize = BATCH_ROWS
            cursor.execute(QUERY)
            table = pa.Table.from_batches(_batches(cursor), schema=SCHEMA)
    finally:
        connection.close()
    return table, Source(name=SOURCE, sha256=digest_table(table), size_bytes=table.nbytes)


def _batches(cursor: psycopg.ServerCursor) -> Any:
    while rows := cursor.fetchmany(BATCH_ROWS):
        names, frauds, kinds, known = zip(*rows, strict=True)
        numbers = [_number(kind) for kind in kinds]
        yield pa.RecordBatch.from_arrays(
            [
                pa.array(values, field.type)
                for values, field in zip((names, frauds, numbers, known), SCHEMA, strict=True)
            ],
            schema=SCHEMA,
        )


def _number(kind: str) -> int:
    """Of a kind's name; a number that this build does not know was kept as it is."""
    return int(kind) if kind.isdecimal() else FraudKind.Value(f"FRAUD_KIND_{kind.upper()}")
