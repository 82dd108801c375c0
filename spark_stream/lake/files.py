"""Which files hold the lake's payments, and those payments as one table."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
from deltalake import DeltaTable

from spark_stream.lake.reader import read_table_dates
from spark_stream.lake.schema import PARTITION, PAYMENT


def files_until(table: DeltaTable, folder: Path, last: date) -> Iterator[tuple[str, Path]]:
    """Name within the lake and path of each file with payments of ``last`` or before, by name."""
    actions = pa.table(table.get_add_actions(flatten=True))
    days = actions[f"partition.{PARTITION}"].to_pylist() if len(actions) else []
    names = actions["path"].to_pylist()
    for name, day in sorted(zip(names, days, strict=True)):
        if day <= last:
            yield name, folder / name


def payments_until(table: DeltaTable, last: date) -> Any:
    """Payments up to and with a date, sorted by (event_time, transaction_id)."""
    return pa.concat_tables([PAYMENT.empty_table(), *read_table_dates(table, last=last)])
