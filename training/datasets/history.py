"""Payments and what became known of them, as they lie on disk."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from training.errors import DatasetError

EVENTS_FILE: Final = "events.parquet"
LABELS_FILE: Final = "labels.parquet"
EVENT_COLUMNS: Final = (
    "transaction_id",
    "account_id",
    "merchant_id",
    "category",
    "currency",
    "amount_minor",
    "event_time",
)
LABEL_COLUMNS: Final = ("transaction_id", "fraud", "kind", "known_at")
LEARNED_COLUMNS: Final = (
    "transaction_id",
    "merchant_id",
    "category",
    "amount_minor",
    "currency",
    "event_time",
)
NEVER_US: Final = np.iinfo(np.int64).max
"""Stands for a known-at time that never comes."""


@dataclass(frozen=True, slots=True, eq=False)
class History:
    """Events in the order of their time, and of each its label.

    Args:
        events: Arrow table, sorted by (event_time, transaction_id).
        event_time_us: int64 [n], microseconds since the Unix epoch.
        fraud: bool [n], what each turned out to be in the end.
        kind: int8 [n], number of ``fraud.v1.FraudKind``; 0 when genuine.
        known_at_us: int64 [n], when that was learned; :data:`NEVER_US` if never.
    """

    events: Any
    event_time_us: npt.NDArray[np.int64]
    fraud: npt.NDArray[np.bool_]
    kind: npt.NDArray[np.int8]
    known_at_us: npt.NDArray[np.int64]

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Read ``events.parquet`` and ``labels.parquet``.

        Raises:
            DatasetError: A file or column is missing, or the tables do not fit each other.
        """
        events = _read(folder / EVENTS_FILE, EVENT_COLUMNS)
        return cls.of_tables(events, _read(folder / LABELS_FILE, LABEL_COLUMNS))

    @classmethod
    def of_tables(cls, events: Any, labels: Any) -> Self:
        """From Arrow tables of the same two forms.

        Raises:
            DatasetError: They are out of order or do not fit each other.
        """
        times = _microseconds(events["event_time"])
        _check_order(events, times)
        labels = labels.take(_rows_of(events["transaction_id"], labels["transaction_id"]))
        return cls(
            events=events.combine_chunks(),
            event_time_us=times,
            fraud=labels["fraud"].to_numpy().astype(np.bool_),
            kind=labels["kind"].to_numpy().astype(np.int8),
            known_at_us=_microseconds(labels["known_at"]),
        )

    def __len__(self) -> int:
        return len(self.event_time_us)

    def learned(self) -> Any:
        """The labels that came to be known, joined with their payments, by known-at time.

        Returns:
            Arrow table with the columns that the kernel's replay takes.
        """
        order = np.argsort(self.known_at_us, kind="stable")
        order = order[: np.searchsorted(self.known_at_us[order], NEVER_US)]
        known_at = pa.array(self.known_at_us[order], pa.timestamp("us", "UTC"))
        table = self.events.select(LEARNED_COLUMNS).take(order)
        table = table.append_column("known_at", known_at)
        return table.append_column("fraud", pa.array(self.fraud[order])).combine_chunks()


def _read(path: Path, columns: tuple[str, ...]) -> Any:
    if not path.is_file():
        raise DatasetError(f"`{path.parent}` is not a data set: it has no {path.name}")
    try:
        table = pq.read_table(path)
    except (OSError, pa.ArrowException) as exc:
        raise DatasetError(f"Failed to read `{path}`: {exc}") from exc
    missing = [name for name in columns if name not in table.column_names]
    if missing:
        raise DatasetError(f"`{path}` lacks the columns {missing}")
    return table


def _microseconds(column: Any) -> npt.NDArray[np.int64]:
    moments = column.cast(pa.timestamp("us", "UTC")).cast(pa.int64())
    result: npt.NDArray[np.int64] = pc.fill_null(moments, int(NEVER_US)).to_numpy()
    return result


def _check_order(events: Any, times: npt.NDArray[np.int64]) -> None:
    steps = np.diff(times)
    ties = np.flatnonzero(steps == 0)
    ids = events["transaction_id"].cast(pa.string())
    disordered = pc.greater_equal(ids.take(pa.array(ties)), ids.take(pa.array(ties + 1)))
    if (steps < 0).any() or pc.any(disordered).as_py():
        raise DatasetError("events are not sorted by event_time, then transaction_id")
    repeated = len(ids) - pc.count_distinct(ids).as_py()
    if repeated:
        raise DatasetError(f"{repeated} events repeat the transaction_id of another")


def _rows_of(event_ids: Any, label_ids: Any) -> Any:
    """For each event the row of its label."""
    label_ids = label_ids.cast(pa.string())
    if len(event_ids) != len(label_ids):
        raise DatasetError(f"{len(event_ids)} events have {len(label_ids)} labels, not one each")
    rows = pc.index_in(event_ids.cast(pa.string()), value_set=label_ids)
    if rows.null_count:
        missing = event_ids.filter(pc.is_null(rows))[0].as_py()
        raise DatasetError(f"{rows.null_count} events have no label, such as `{missing}`")
    return rows
