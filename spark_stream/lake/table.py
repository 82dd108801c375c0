"""The table on disk: opened or made, and what its log keeps beside the files.

With each commit the log keeps numbers by name (Delta's application transactions): the newest batch
of a query, the offset up to which each partition is in the table, and totals. They and the rows
appear together or not at all.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from deltalake import (
    CommitProperties,
    DeltaTable,
    Transaction,
    WriterProperties,
    write_deltalake,
)
from deltalake.exceptions import TableNotFoundError

from spark_stream.lake.errors import NoLakeError
from spark_stream.lake.schema import LAKE, PARTITION

PARTITIONS: Final = "partitions"
"""Number in the log: partitions of the topic, as far as messages came of them."""
CONFIGURATION: Final = {
    # A reader that opened the table has so long to read it while compaction replaces its files.
    "delta.deletedFileRetentionDuration": "interval 2 hours",
    "delta.logRetentionDuration": "interval 7 days",
    "delta.checkpointInterval": "100",
}


def writer_properties() -> WriterProperties:
    """How files are written: small enough row groups that a look at an hour reads an hour."""
    return WriterProperties(compression="ZSTD", compression_level=3, max_row_group_size=131_072)


def open_table(folder: Path) -> DeltaTable:
    """The table as it is now.

    Raises:
        NoLakeError: There is none.
    """
    try:
        return DeltaTable(folder)
    except TableNotFoundError as exc:
        raise NoLakeError(f"there is no lake in `{folder}`: `fraud spark start` makes one") from exc


def open_or_make(folder: Path) -> DeltaTable:
    """The table as it is now, made when there is none."""
    folder.mkdir(parents=True, exist_ok=True)
    return DeltaTable.create(
        folder, LAKE, mode="ignore", partition_by=[PARTITION], configuration=CONFIGURATION
    )


def append(table: DeltaTable, rows: Any, numbers: Mapping[str, int]) -> None:
    """Add rows and set numbers, in one commit; ``table`` is then at that version."""
    transactions = [Transaction(name, value) for name, value in numbers.items()]
    write_deltalake(
        table,
        rows,
        mode="append",
        # A table of an earlier version gets the columns that it lacks.
        schema_mode="merge",
        writer_properties=writer_properties(),
        commit_properties=CommitProperties(app_transactions=transactions),
    )


def number(table: DeltaTable, name: str) -> int | None:
    """A number that the log keeps; None when it was never set."""
    value: int | None = table.transaction_version(name)
    return value


def batch_name(query_id: str) -> str:
    """Of the newest batch of a query."""
    return f"batch/{query_id}"


def offset_name(partition: int) -> str:
    """Of the first offset of a partition that is not in the table."""
    return f"offset/{partition}"


def offsets_of(table: DeltaTable) -> dict[int, int]:
    """Of each partition of the topic the first offset that is not in the table."""
    found = {
        each: number(table, offset_name(each)) for each in range(number(table, PARTITIONS) or 0)
    }
    return {partition: offset for partition, offset in found.items() if offset is not None}
