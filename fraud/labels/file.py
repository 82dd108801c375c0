"""Rows of a CSV or Parquet file."""

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from fraud.labels.errors import LabelFileError
from fraud.labels.rows import SURPLUS, Cells

COLUMNS: Final = ("transaction_id", "fraud", "kind", "happened_at", "known_at", "source")
BATCH_ROWS: Final = 10_000


def read_rows(path: Path, *, has_source: bool = False) -> Iterator[tuple[int, Cells]]:
    """The cells of each row, by column, with the row's number from 1; a heading is none.

    Args:
        path: Ends in ``.csv`` or ``.parquet``.
        has_source: Whether it is told elsewhere who said so.

    Raises:
        LabelFileError: It is missing, damaged, of another kind, or lacks a column.
    """
    readers = {".csv": _csv_rows, ".parquet": _parquet_rows}
    if path.suffix.lower() not in readers:
        raise LabelFileError(f"`{path}` is neither .csv nor .parquet")
    try:
        yield from readers[path.suffix.lower()](path, has_source)
    except (OSError, UnicodeDecodeError, csv.Error, ValueError) as exc:
        raise LabelFileError(f"Failed to read `{path}`: {exc}") from exc


def _csv_rows(path: Path, has_source: bool) -> Iterator[tuple[int, Cells]]:
    with path.open(newline="", encoding="utf-8-sig") as file:
        reader = csv.DictReader(file, restkey=SURPLUS)
        _check_columns(path, reader.fieldnames or (), has_source)
        yield from enumerate(reader, 1)


def _parquet_rows(path: Path, has_source: bool) -> Iterator[tuple[int, Cells]]:
    import pyarrow.parquet as pq

    row = 0
    with pq.ParquetFile(path) as file:
        names = file.schema_arrow.names
        _check_columns(path, names, has_source)
        wanted = [name for name in COLUMNS if name in names]
        for batch in file.iter_batches(BATCH_ROWS, columns=wanted):
            for cells in batch.to_pylist():
                row += 1
                yield row, cells


def _check_columns(path: Path, names: Sequence[str], has_source: bool) -> None:
    required = ["transaction_id", "known_at", *([] if has_source else ["source"])]
    missing = [name for name in required if name not in names]
    if missing:
        raise LabelFileError(f"`{path}` lacks the columns {missing}")
    if not {"fraud", "kind"} & set(names):
        raise LabelFileError(f"`{path}` lacks both of the columns `fraud` and `kind`")
