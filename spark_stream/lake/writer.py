"""A batch of the query into the table: repeats left out, one commit, now and then compaction."""

from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc
import structlog

from spark_stream.lake.compact import compact
from spark_stream.lake.repeats import without_repeats
from spark_stream.lake.schema import LAKE, PARTITION
from spark_stream.lake.table import (
    PARTITIONS,
    append,
    batch_name,
    number,
    offset_name,
    open_or_make,
)

log = structlog.get_logger(__name__)

REPEATS: Final = "total/repeats"
"""Number in the log: messages whose payment was there already."""
UNREADABLE: Final = "total/unreadable"
"""Number in the log: messages that could not be read or break the rules."""
COMPACT_EVERY: Final = 90
"""Commits between compactions: a quarter of an hour of them."""


class LakeWriter:
    """Writes batches; there is one of it for each table.

    Args:
        folder: Of the table, which is made when there is none.
        compact_every: Commits between compactions.
    """

    def __init__(self, folder: Path, compact_every: int = COMPACT_EVERY) -> None:
        self._table = open_or_make(folder)
        self._compact_every = compact_every
        self._commits = 0

    def write(self, found: Any, query_id: str, batch_id: int) -> int:
        """Add what is new; a batch that was written before is left alone.

        Args:
            found: Arrow table of ``schema.FOUND``.
            query_id: Whose batch it is.
            batch_id: Numbers of batches ascend; a batch that is repeated has the same rows.

        Returns:
            Rows added.
        """
        self._table.update_incremental()
        newest = number(self._table, batch_name(query_id))
        if newest is not None and newest >= batch_id:
            log.info("batch was in the lake already", batch=batch_id)
            return 0
        readable = to_lake(found)
        new = without_repeats(readable, self._table)
        numbers = {
            batch_name(query_id): batch_id,
            REPEATS: self._total(REPEATS) + len(readable) - len(new),
            UNREADABLE: self._total(UNREADABLE) + len(found) - len(readable),
            PARTITIONS: max(self._total(PARTITIONS), partitions_of(found)),
            **ends_of(found),
        }
        append(self._table, new, numbers)
        self._compact_now_and_then()
        return len(new)

    def _total(self, name: str) -> int:
        return number(self._table, name) or 0

    def _compact_now_and_then(self) -> None:
        self._commits += 1
        if self._commits % self._compact_every == 0:
            done = compact(self._table)
            log.info("lake compacted", before=done.files_removed, after=done.files_added)


def to_lake(found: Any) -> Any:
    """Messages that count, with their dates."""
    rows = found.filter(pc.is_valid(found["transaction_id"]))
    dates = rows["event_time"].cast(pa.date32())
    columns = [dates if name == PARTITION else rows[name] for name in LAKE.names]
    return pa.Table.from_arrays(columns, schema=LAKE)


def ends_of(found: Any) -> dict[str, int]:
    """Of each partition in a batch, by its name in the log, the offset behind its last message."""
    last = found.group_by("kafka_partition").aggregate([("kafka_offset", "max")])
    pairs = zip(
        last["kafka_partition"].to_pylist(), last["kafka_offset_max"].to_pylist(), strict=True
    )
    return {offset_name(partition): offset + 1 for partition, offset in pairs}


def partitions_of(found: Any) -> int:
    """One more than the greatest number of a partition in a batch."""
    greatest = pc.max(found["kafka_partition"]).as_py()
    return 0 if greatest is None else greatest + 1
