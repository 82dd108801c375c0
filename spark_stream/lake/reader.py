"""The lake as tables that the kernel and training take."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from deltalake import DeltaTable

from fraud.settings import Settings
from spark_stream.lake.schema import PARTITION, PAYMENT
from spark_stream.lake.table import open_table


def read_lake(settings: Settings, first: date | None = None, last: date | None = None) -> Any:
    """Payments between two dates, both included; None is without bound.

    Returns:
        Arrow table with the columns of a data set, sorted by (event_time, transaction_id).

    Raises:
        NoLakeError: There is no lake.
    """
    tables = list(read_dates(settings, first, last))
    if not tables:
        return PAYMENT.empty_table()
    return pa.concat_tables(tables)


def read_dates(
    settings: Settings, first: date | None = None, last: date | None = None
) -> Iterator[Any]:
    """The same date by date, oldest first: no more than a date is in memory at once.

    Raises:
        NoLakeError: There is no lake.
    """
    return read_table_dates(open_table(settings.lake_dir), first, last)


def read_table_dates(
    table: DeltaTable, first: date | None = None, last: date | None = None
) -> Iterator[Any]:
    """:func:`read_dates` of a table that is open."""
    for day in dates_in(table):
        if (first or day) <= day <= (last or day):
            yield read_date(table, day)


def dates_in(table: DeltaTable) -> list[date]:
    """Dates that the table has rows of, oldest first."""
    actions = pa.table(table.get_add_actions(flatten=True))
    if len(actions) == 0:
        return []
    return sorted(set(actions[f"partition.{PARTITION}"].to_pylist()))


def read_date(table: DeltaTable, day: date) -> Any:
    """Payments of one date, sorted by (event_time, transaction_id)."""
    dataset = table.to_pyarrow_dataset(file_pruning_predicate=[(PARTITION, "=", str(day))])
    # What an older table does not have is null.
    rows = dataset.replace_schema(PAYMENT).to_table()
    return rows.take(
        pc.sort_indices(rows, [("event_time", "ascending"), ("transaction_id", "ascending")])
    )
