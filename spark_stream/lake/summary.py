"""What the lake holds, from its log alone: no file of it is opened."""

from dataclasses import dataclass
from datetime import date

import pyarrow as pa
from deltalake import DeltaTable

from spark_stream.lake.schema import PARTITION
from spark_stream.lake.table import number
from spark_stream.lake.writer import REPEATS, UNREADABLE


@dataclass(frozen=True, slots=True)
class DateSummary:
    """Of one date.

    Args:
        day: UTC date of the payments.
        rows: Payments.
        files: Parquet files.
        smallest_bytes: Size of the smallest file.
        size_bytes: Size of all files.
    """

    day: date
    rows: int
    files: int
    smallest_bytes: int
    size_bytes: int


@dataclass(frozen=True, slots=True)
class LakeSummary:
    """Of the whole lake.

    Args:
        version: Commits since it was made.
        dates: Oldest first.
        repeats: Messages that were left out since their payment was there already.
        unreadable: Messages that were passed over.
    """

    version: int
    dates: list[DateSummary]
    repeats: int
    unreadable: int

    @property
    def rows(self) -> int:
        """Payments in the lake."""
        return sum(each.rows for each in self.dates)

    @property
    def files(self) -> int:
        """Parquet files that count."""
        return sum(each.files for each in self.dates)

    @property
    def size_bytes(self) -> int:
        """Their size."""
        return sum(each.size_bytes for each in self.dates)


def summarize(table: DeltaTable) -> LakeSummary:
    """Look at the log."""
    return LakeSummary(
        version=table.version(),
        dates=_dates(pa.table(table.get_add_actions(flatten=True))),
        repeats=number(table, REPEATS) or 0,
        unreadable=number(table, UNREADABLE) or 0,
    )


def _dates(files: pa.Table) -> list[DateSummary]:
    if len(files) == 0:
        return []
    key = f"partition.{PARTITION}"
    grouped = files.group_by(key).aggregate(
        [
            ("num_records", "sum"),
            ("size_bytes", "count"),
            ("size_bytes", "min"),
            ("size_bytes", "sum"),
        ]
    )
    names = (key, "num_records_sum", "size_bytes_count", "size_bytes_min", "size_bytes_sum")
    columns = (grouped[name].to_pylist() for name in names)
    return [DateSummary(*row) for row in sorted(zip(*columns, strict=True))]
