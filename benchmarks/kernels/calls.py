"""One payment at a time from Python."""

import time
from array import array
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from benchmarks.kernels.answers import one_batch
from benchmarks.kernels.percentiles import Percentiles
from features_rs import Event, Store, contract

FIELDS = (
    "transaction_id",
    "account_id",
    "merchant_id",
    "category",
    "amount_minor",
    "currency",
    "channel",
    "latitude",
    "longitude",
    "device_id",
    "utc_offset_minutes",
)
MEASURED = 100_000


@dataclass(frozen=True, slots=True)
class Calls:
    """``Store.assemble_and_record``, and the same with the ``Event`` made first."""

    assemble_and_record: Percentiles
    with_event: Percentiles


def measure_calls(events: Any) -> Calls:
    """Replay all but the last payments, then time those one by one.

    Args:
        events: Arrow table of the event columns, sorted.
    """
    first = len(events) - MEASURED
    rows = _rows(events.slice(first))
    made = [Event(**row) for row in rows]
    recording, building = _warmed(events.slice(0, first)), _warmed(events.slice(0, first))
    out = array("f", bytes(4 * len(contract().names)))
    return Calls(
        assemble_and_record=_time_each(made, lambda e: recording.assemble_and_record(e, out)),
        with_event=_time_each(rows, lambda row: building.assemble_and_record(Event(**row), out)),
    )


def _rows(events: Any) -> list[dict[str, Any]]:
    names = [name for name in FIELDS if name in events.column_names]
    times = events["event_time"].cast("timestamp[us]").cast("int64").to_pylist()
    rows: list[dict[str, Any]] = events.select(names).to_pylist()
    for row, event_time in zip(rows, times, strict=True):
        row["event_time_us"] = event_time
    return rows


def _warmed(events: Any) -> Store:
    store = Store()
    store.assemble_and_record_many(one_batch(events))
    return store


def _time_each[T](items: Iterable[T], act: Callable[[T], object]) -> Percentiles:
    clock, times = time.perf_counter_ns, []
    for item in items:
        start = clock()
        act(item)
        times.append(clock() - start)
    idle = []
    for _ in range(10_000):
        start = clock()
        idle.append(clock() - start)
    return Percentiles.of_nanoseconds(np.array(times), float(np.median(idle)))
