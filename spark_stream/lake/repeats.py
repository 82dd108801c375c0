"""Which rows of a batch the lake does not have yet.

The table is its own index. A payment that comes again has the event time that it had, so only
files and row groups of about that time can hold it, and their statistics say which those are. A
payment of now is looked for in the newest minutes; one that comes days late, in its own date.
"""

from datetime import UTC, datetime
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from deltalake import DeltaTable

from spark_stream.lake.schema import PARTITION, TIME

SPAN_US: Final = 600 * 1_000_000
"""An id that comes again with an event time at most so far from its first is a repeat. One that is
further away would be a second row, which ``fraud lake verify`` finds."""

type Times = npt.NDArray[np.int64]


def without_repeats(rows: Any, table: DeltaTable) -> Any:
    """The rows whose ids are neither in the table nor further up.

    Args:
        rows: Arrow table of ``schema.LAKE``.
        table: As it is now.

    Returns:
        Them, sorted by (event_time, transaction_id).
    """
    keys = ("event_time", "transaction_id", "kafka_partition", "kafka_offset")
    rows = rows.sort_by([(key, "ascending") for key in keys])
    rows = rows.filter(_is_first(rows["transaction_id"]))
    known = known_ids(table, rows["event_time"].cast(pa.int64()).to_numpy())
    return rows.filter(pc.invert(pc.is_in(rows["transaction_id"], value_set=known)))


def known_ids(table: DeltaTable, times: Times) -> Any:
    """Ids in the table that were paid at about one of the times.

    Args:
        table: As it is now.
        times: int64 [n], microseconds since the Unix epoch, ascending.
    """
    if len(times) == 0:
        return pa.array([], pa.string())
    spans = spans_of(times)
    dates = [str(date) for date in dates_of(spans)]
    dataset = table.to_pyarrow_dataset(file_pruning_predicate=[(PARTITION, "in", dates)])
    wanted = pc.scalar(False)
    for begin, end in spans:
        wanted |= (pc.field("event_time") >= _time(begin)) & (pc.field("event_time") <= _time(end))
    ids = dataset.to_table(columns=["transaction_id"], filter=wanted)["transaction_id"]
    return ids.combine_chunks()


def spans_of(times: Times, reach: int = SPAN_US) -> list[tuple[int, int]]:
    """Intervals that hold everything within ``reach`` of a time, none touching another.

    >>> spans_of(np.array([10, 12, 50]), reach=5)
    [(5, 17), (45, 55)]
    """
    gaps = np.flatnonzero(np.diff(times) > 2 * reach)
    begins = times[np.concatenate([[0], gaps + 1])] - reach
    ends = times[np.concatenate([gaps, [len(times) - 1]])] + reach
    return [(int(begin), int(end)) for begin, end in zip(begins, ends, strict=True)]


def dates_of(spans: list[tuple[int, int]]) -> list[Any]:
    """Every date that an interval touches."""
    days: set[int] = set()
    for begin, end in spans:
        days.update(range(begin // _DAY_US, end // _DAY_US + 1))
    return [datetime.fromtimestamp(day * 86_400, UTC).date() for day in sorted(days)]


_DAY_US: Final = 86_400 * 1_000_000


def _is_first(ids: Any) -> Any:
    """For each id whether it is the first of its kind."""
    codes = ids.combine_chunks().dictionary_encode().indices.to_numpy()
    first = np.zeros(len(codes), np.bool_)
    first[np.unique(codes, return_index=True)[1]] = True
    return pa.array(first)


def _time(micros: int) -> Any:
    return pa.scalar(micros, TIME)
