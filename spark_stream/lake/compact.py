"""Many small files become few of a sensible size."""

from collections import Counter
from dataclasses import dataclass
from typing import Any, Final

import pyarrow as pa
from deltalake import DeltaTable

from spark_stream.lake.schema import PARTITION
from spark_stream.lake.table import writer_properties

TARGET_BYTES: Final = 128 * 1024 * 1024
"""Files are joined up to about this size: few to open, and still several a busy day."""


@dataclass(frozen=True, slots=True)
class Compaction:
    """What a compaction did.

    Args:
        files_removed: Small files that no longer count.
        files_added: Files that hold their rows.
        files_deleted: Files of earlier compactions that went from the disk.
    """

    files_removed: int
    files_added: int
    files_deleted: int


def compact(table: DeltaTable, target_bytes: int = TARGET_BYTES) -> Compaction:
    """Join small files date by date; another process may append meanwhile.

    The log decides: if the files of a date were replaced by someone else meanwhile, what was done
    here does not count, and nothing is lost. Files that were joined stay on disk for two hours for
    those who still read them.

    Args:
        table: Then at the newest version.
        target_bytes: Up to which files are joined.
    """
    removed = added = 0
    for date in crowded_dates(table, target_bytes):
        done: dict[str, Any] = table.optimize.compact(
            partition_filters=[(PARTITION, "=", date)],
            target_size=target_bytes,
            max_concurrent_tasks=1,
            writer_properties=writer_properties(),
        )
        removed += done["numFilesRemoved"]
        added += done["numFilesAdded"]
    deleted = table.vacuum(dry_run=False)
    return Compaction(removed, added, len(deleted))


def crowded_dates(table: DeltaTable, target_bytes: int) -> list[str]:
    """Dates with more than one file that is below three quarters of the target."""
    actions = pa.table(table.get_add_actions(flatten=True))
    dates, sizes = actions[f"partition.{PARTITION}"].to_pylist(), actions["size_bytes"].to_pylist()
    small = Counter(
        str(date) for date, size in zip(dates, sizes, strict=True) if size < target_bytes * 3 // 4
    )
    return sorted(date for date, count in small.items() if count > 1)
