"""Where payments and labels come from; sent to the tasks, each of which reads all of it.

Payments are read in the order of (event time, transaction id), as the kernel takes them.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from spark_stream.backfill.errors import SourceError
from spark_stream.lake.errors import NoLakeError
from spark_stream.lake.reader import read_table_dates
from spark_stream.lake.schema import PAYMENT
from spark_stream.lake.summary import summarize
from spark_stream.lake.table import open_table

EVENTS_FILE: Final = "events.parquet"
LABELS_FILE: Final = "labels.parquet"
BATCH_ROWS: Final = 65_536
REQUIRED: Final = tuple(field.name for field in PAYMENT if not field.nullable)
LABEL_COLUMNS: Final = ("transaction_id", "fraud", "known_at")


class Source(Protocol):
    """Payments in order, and what became known of them."""

    def count(self) -> int:
        """How many payments there are; also sees whether they can be read, before anything starts.

        Raises:
            SourceError: There is not.
        """

    def payments(self) -> Iterator[Any]:
        """Record batches with the columns of ``lake.schema.PAYMENT``, in order.

        Raises:
            SourceError: They are not in order, or cannot be read.
        """

    def labels(self) -> Any | None:
        """Table of :data:`LABEL_COLUMNS` and, if it is there, ``withdraws``; None without labels.

        Raises:
            SourceError: They cannot be read.
        """


@dataclass(frozen=True, slots=True)
class DataSetSource:
    """A data set's folder, or a Parquet file of payments.

    Args:
        path: The folder, with ``events.parquet`` and, if known, ``labels.parquet``; or the file.
        label_path: Parquet file of labels, in place of the folder's.
    """

    path: Path
    label_path: Path | None = None

    @property
    def _events(self) -> Path:
        return self.path / EVENTS_FILE if self.path.is_dir() else self.path

    @property
    def _labels(self) -> Path | None:
        beside = self.path / LABELS_FILE
        return self.label_path or (beside if beside.is_file() else None)

    def count(self) -> int:
        """See :class:`Source`."""
        check_labels(self._labels)
        with open_parquet(self._events, REQUIRED) as file:
            rows: int = file.metadata.num_rows
            return rows

    def payments(self) -> Iterator[Any]:
        """See :class:`Source`."""
        path = self._events
        with open_parquet(path, REQUIRED) as file:
            columns = [name for name in PAYMENT.names if name in file.schema_arrow.names]
            yield from in_order(file.iter_batches(BATCH_ROWS, columns=columns), str(path))

    def labels(self) -> Any | None:
        """See :class:`Source`."""
        return read_labels(self._labels) if self._labels else None


@dataclass(frozen=True, slots=True)
class LakeSource:
    """The lake, which has no labels of its own.

    Args:
        folder: Of the lake.
        label_path: Parquet file of labels.
    """

    folder: Path
    label_path: Path | None = None

    def count(self) -> int:
        """See :class:`Source`."""
        check_labels(self.label_path)
        try:
            return summarize(open_table(self.folder)).rows
        except NoLakeError as exc:
            raise SourceError(str(exc)) from exc

    def payments(self) -> Iterator[Any]:
        """See :class:`Source`."""
        for rows in read_table_dates(open_table(self.folder)):
            yield from rows.to_batches(BATCH_ROWS)

    def labels(self) -> Any | None:
        """See :class:`Source`."""
        return read_labels(self.label_path) if self.label_path else None


def open_parquet(path: Path, required: Iterable[str]) -> pq.ParquetFile:
    """A file that has the columns.

    Raises:
        SourceError: It is not there, cannot be read, or lacks one.
    """
    try:
        file = pq.ParquetFile(path)
    except (OSError, pa.ArrowException) as exc:
        raise SourceError(f"Failed to read `{path}`: {exc}") from exc
    missing = [name for name in required if name not in file.schema_arrow.names]
    if missing:
        file.close()
        raise SourceError(f"`{path}` lacks the columns {missing}")
    return file


def check_labels(path: Path | None) -> None:
    """See whether labels can be read, where there are some."""
    if path is not None:
        open_parquet(path, LABEL_COLUMNS).close()


def read_labels(path: Path) -> Any:
    """Labels of a file, without those that are never known."""
    with open_parquet(path, LABEL_COLUMNS) as file:
        wanted = [*LABEL_COLUMNS, "withdraws"]
        rows = file.read([name for name in wanted if name in file.schema_arrow.names])
    return rows.filter(pc.is_valid(rows["known_at"]))


def in_order(batches: Iterable[Any], name: str) -> Iterator[Any]:
    """The batches as they are.

    Raises:
        SourceError: A payment is not behind the one above it; names ``name`` and the row.
    """
    row, last = 0, None
    for batch in batches:
        times = batch["event_time"].cast(pa.timestamp("us", "UTC")).cast(pa.int64()).to_numpy()
        fault = _first_disorder(times, batch["transaction_id"], last)
        if fault is not None:
            raise SourceError(
                f"`{name}` is not sorted by event_time, then transaction_id: row {row + fault} "
                "belongs further up"
            )
        if len(times):
            last = int(times[-1]), batch["transaction_id"][-1].as_py()
        row += len(times)
        yield batch


def _first_disorder(times: Any, ids: Any, last: tuple[int, str] | None) -> int | None:
    if len(times) and last is not None and (int(times[0]), ids[0].as_py()) <= last:
        return 0
    steps = np.diff(times)
    ties = np.flatnonzero(steps == 0)
    names = ids.cast(pa.string())
    tied = pc.less_equal(names.take(pa.array(ties + 1)), names.take(pa.array(ties)))
    wrong = np.concatenate([np.flatnonzero(steps < 0), ties[tied.to_numpy(zero_copy_only=False)]])
    return int(wrong.min()) + 1 if len(wrong) else None
