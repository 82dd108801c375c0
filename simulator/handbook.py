"""The Fraud Detection Handbook's simulated payments, as a data set of the platform.

Source: Le Borgne, Siblini, Lebichot, Bontempi, "Reproducible Machine Learning for Credit Card
Fraud Detection - Practical Handbook", 2022. A merchant is the terminal; there is no category,
currency, place or device in the data, so the category is "0000", the currency EUR and local time
UTC. Labels, of frauds and genuine payments alike, become known a fixed delay after the payment.
"""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from fraud.v1.label_pb2 import FraudKind
from simulator import schema
from simulator.dataset import DatasetSummary, Progress, write_chunks
from simulator.errors import MissingColumnError, UnreadableFileError
from simulator.handbook_rows import COLUMNS, ID_DIGITS, HandbookRows, RowChecker, no_rows
from simulator.text import numbered
from simulator.world import Chunk

CATEGORY = "0000"
SOURCE = "handbook"
DEFAULT_DELAY = timedelta(days=7)

_BATCH_ROWS = 100_000
_OTHER = int(FraudKind.FRAUD_KIND_OTHER)
_TIME = pa.timestamp("us", tz="UTC")


def import_handbook(
    path: Path,
    folder: Path,
    *,
    delay: timedelta = DEFAULT_DELAY,
    progress: Progress | None = None,
) -> DatasetSummary:
    """Convert a file into a data set.

    Args:
        path: A Parquet file with the columns of ``COLUMNS``, in order of time.
        folder: Where ``events.parquet`` and ``labels.parquet`` are written, complete or not at all.
        delay: From a payment until its label is known.
        progress: Told how many more payments have been written.

    Raises:
        UnreadableFileError: There is no such file, or it is not Parquet.
        MissingColumnError: A column is missing or of an unusable type.
        BadValueError: A value is out of range; names column, row and value.
        OSError: The folder cannot be written.
    """
    with _open(path) as file:
        _check_columns(path, file.schema_arrow)
        return write_chunks(_chunks(file, delay), folder, progress)


def count_rows(path: Path) -> int:
    """Rows of the file, from its footer.

    Raises:
        UnreadableFileError: There is no such file, or it is not Parquet.
    """
    with _open(path) as file:
        rows: int = file.metadata.num_rows
        return rows


def _open(path: Path) -> pq.ParquetFile:
    try:
        return pq.ParquetFile(path)
    except (OSError, pa.ArrowInvalid) as error:
        raise UnreadableFileError(path, str(error)) from error


def _check_columns(path: Path, found: pa.Schema) -> None:
    for column in COLUMNS:
        index = found.get_field_index(column.name)
        if index < 0:
            raise MissingColumnError(path, column.name, f"its columns are {found.names}")
        kind = found.field(index).type
        if not column.usable(kind):
            reason = f"it holds {kind}, not {column.wanted}"
            raise MissingColumnError(path, column.name, reason)


def _chunks(file: pq.ParquetFile, delay: timedelta) -> Iterator[Chunk]:
    """Convert batch by batch; rows of a batch's last instant wait for those that share it."""
    names = [column.name for column in COLUMNS]
    checker, waiting = RowChecker(), no_rows()
    for batch in file.iter_batches(_BATCH_ROWS, columns=names):
        rows = waiting.joined(checker.check(batch))
        if len(rows) == 0:
            continue
        ready = rows.time < rows.time[-1]
        waiting = rows.take(~ready)
        if ready.any():
            yield _chunk(rows.take(ready), delay)
    checker.check_unique()
    if len(waiting):
        yield _chunk(waiting, delay)


def _chunk(rows: HandbookRows, delay: timedelta) -> Chunk:
    rows = rows.in_order()
    transaction_id = numbered("", rows.transaction, ID_DIGITS)
    time = pa.array(rows.time, _TIME)
    events = {
        "transaction_id": transaction_id,
        "account_id": numbered("", rows.customer, ID_DIGITS),
        "merchant_id": numbered("", rows.terminal, ID_DIGITS),
        "category": _constant(CATEGORY, rows),
        "amount_minor": pa.array(rows.cents),
        "currency": _constant("EUR", rows),
        "event_time": time,
        "channel": pa.array(np.zeros(len(rows), dtype=np.int8)),
        "entry_mode": pa.array(np.zeros(len(rows), dtype=np.int8)),
        "utc_offset_minutes": pa.array(np.zeros(len(rows), dtype=np.int32)),
    }
    labels = {
        "transaction_id": transaction_id,
        "fraud": pa.array(rows.fraud),
        "kind": pa.array(np.where(rows.fraud, _OTHER, 0).astype(np.int8)),
        "happened_at": time,
        "known_at": pa.array(rows.time + delay // timedelta(microseconds=1), _TIME),
        "source": _constant(SOURCE, rows),
    }
    return Chunk(_batch(events, schema.EVENTS), _batch(labels, schema.LABELS))


def _constant(value: str, rows: HandbookRows) -> pa.Array:
    return pa.repeat(pa.scalar(value), len(rows))


def _batch(columns: dict[str, pa.Array], wanted: pa.Schema) -> pa.RecordBatch:
    """The columns in the schema's order and types; those that are not given are null."""
    rows = len(columns["transaction_id"])
    nothing = pa.nulls(rows)
    arrays = [columns.get(field.name, nothing).cast(_plain(field)) for field in wanted]
    encoded = [
        array.dictionary_encode() if pa.types.is_dictionary(field.type) else array
        for array, field in zip(arrays, wanted, strict=True)
    ]
    return pa.RecordBatch.from_arrays(encoded, schema=wanted)


def _plain(field: pa.Field) -> pa.DataType:
    return field.type.value_type if pa.types.is_dictionary(field.type) else field.type
