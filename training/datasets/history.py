"""Payments and what became known of them."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from features_rs.joining import payment_rows, to_learn
from training.datasets.labels import NEVER_US, Labels, Truth
from training.errors import DatasetError

__all__ = ["NEVER_US", "History"]

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


@dataclass(frozen=True, slots=True, eq=False)
class History:
    """Events in the order of their time, and of each what it turned out to be.

    Args:
        events: Arrow table, sorted by (event_time, transaction_id).
        event_time_us: int64 [n], microseconds since the Unix epoch.
        fraud: bool [n], what each turned out to be in the end.
        kind: int8 [n], number of ``fraud.v1.FraudKind``; 0 when genuine.
        known_at_us: int64 [n], when that was learned; :data:`NEVER_US` if never.
        said: All labels, where some were corrected later; unset, those above are all.
    """

    events: Any
    event_time_us: npt.NDArray[np.int64]
    fraud: npt.NDArray[np.bool_]
    kind: npt.NDArray[np.int8]
    known_at_us: npt.NDArray[np.int64]
    said: Labels | None = None

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Read ``events.parquet`` and ``labels.parquet``.

        Raises:
            DatasetError: A file or column is missing, or the tables do not fit each other.
        """
        events = read_columns(folder / EVENTS_FILE, EVENT_COLUMNS)
        return cls.of_tables(events, read_columns(folder / LABELS_FILE, LABEL_COLUMNS))

    @classmethod
    def of_tables(cls, events: Any, labels: Any, *, complete: bool = True) -> Self:
        """From Arrow tables of the same two forms.

        Args:
            events: Payments in order.
            labels: What was learned of them; of a payment there may be several, in any order.
            complete: Whether every payment has a label, if only one that nobody ever learns, and
                every label a payment. If not, a payment without is genuine, and a label without is
                left out.

        Raises:
            DatasetError: They are out of order or do not fit each other.
        """
        times = _microseconds(events, "event_time")
        _check_order(events, times)
        rows = payment_rows(labels["transaction_id"], events["transaction_id"])
        if complete:
            _check_complete(events, labels, rows)
        said = _labels_of(labels, rows)
        truth = said.known_by(NEVER_US, len(times))
        return cls(
            events=events.combine_chunks(),
            event_time_us=times,
            fraud=truth.fraud,
            kind=truth.kind,
            known_at_us=truth.known_at_us,
            said=said if said.superseded().any() else None,
        )

    def __len__(self) -> int:
        return len(self.event_time_us)

    @property
    def labels(self) -> Labels:
        """All that was said."""
        if self.said is not None:
            return self.said
        return Labels(np.arange(len(self)), self.fraud, self.kind, self.known_at_us)

    def between(self, start: int, stop: int) -> Self:
        """The payments from row ``start`` up to ``stop``, with their labels."""
        rows = slice(start, stop)
        return type(self)(
            events=self.events.slice(start, stop - start),
            event_time_us=self.event_time_us[rows],
            fraud=self.fraud[rows],
            kind=self.kind[rows],
            known_at_us=self.known_at_us[rows],
            said=None if self.said is None else self.said.between(start, stop),
        )

    def rows_from(self, time_us: int) -> int:
        """The first row that is at ``time_us`` or later."""
        return int(np.searchsorted(self.event_time_us, time_us))

    def known_by(self, moment_us: int) -> Truth:
        """What was known of each payment at a moment, microseconds since the Unix epoch."""
        return self.labels.known_by(moment_us, len(self))

    def as_known(self, rows: int, moment_us: int) -> Self:
        """The final truth, but of the first ``rows`` only what was known at a moment.

        Whatever became known of them later is as if it had never been said.
        """
        known, fraud = self.known_by(moment_us), self.fraud.copy()
        kind, known_at = self.kind.copy(), self.known_at_us.copy()
        fraud[:rows], kind[:rows] = known.fraud[:rows], known.kind[:rows]
        known_at[:rows] = known.known_at_us[:rows]
        return type(self)(self.events, self.event_time_us, fraud, kind, known_at)

    def learned(self) -> Any:
        """The labels that came to be known, joined with their payments, by known-at time.

        Returns:
            Arrow table with the columns that the kernel's replay takes.
        """
        taught = self.labels.taught()
        known_at = pa.array(taught.known_at_us, pa.timestamp("us", "UTC"))
        fraud, withdraws = pa.array(taught.fraud), pa.array(taught.withdraws)
        table = to_learn(self.events, taught.row, known_at, fraud, withdraws)
        return table.combine_chunks()


def read_columns(path: Path, columns: tuple[str, ...]) -> Any:
    """A Parquet file that has the columns, and perhaps others.

    Raises:
        DatasetError: It is missing, cannot be read, or lacks one.
    """
    if not path.is_file():
        raise DatasetError(f"`{path.parent}` has no {path.name}")
    try:
        table = pq.read_table(path)
    except (OSError, pa.ArrowException) as exc:
        raise DatasetError(f"Failed to read `{path}`: {exc}") from exc
    missing = [name for name in columns if name not in table.column_names]
    if missing:
        raise DatasetError(f"`{path}` lacks the columns {missing}")
    return table


def _microseconds(table: Any, name: str) -> npt.NDArray[np.int64]:
    moments = _cast(table, name, pa.timestamp("us", "UTC")).cast(pa.int64())
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


def _check_complete(events: Any, labels: Any, rows: Any) -> None:
    if rows.null_count:
        stray = labels["transaction_id"].filter(pc.is_null(rows))[0].as_py()
        raise DatasetError(f"{rows.null_count} labels are of no payment, such as `{stray}`")
    covered = np.zeros(len(events), np.bool_)
    covered[rows.to_numpy()] = True
    if not covered.all():
        bare = np.flatnonzero(~covered)
        name = events["transaction_id"][int(bare[0])].as_py()
        raise DatasetError(f"{len(bare)} events have no label, such as `{name}`")


def _labels_of(labels: Any, rows: Any) -> Labels:
    labels, rows = labels.filter(pc.is_valid(rows)), rows.drop_null()
    return Labels.of(
        row=rows.to_numpy().astype(np.int64),
        fraud=_complete(labels, "fraud", pa.bool_()).to_numpy(),
        kind=_complete(labels, "kind", pa.int8()).to_numpy(),
        known_at_us=_microseconds(labels, "known_at"),
    )


def _complete(table: Any, name: str, kind: Any) -> Any:
    """A column of that type, in which nothing is missing.

    Raises:
        DatasetError: A value is missing, or of another type.
    """
    column = _cast(table, name, kind)
    if column.null_count:
        row = table.filter(pc.is_null(column))["transaction_id"][0].as_py()
        raise DatasetError(f"{column.null_count} rows have no {name}, such as that of `{row}`")
    return column


def _cast(table: Any, name: str, kind: Any) -> Any:
    try:
        return table[name].cast(kind)
    except pa.ArrowException as exc:
        raise DatasetError(f"column {name} is not {kind}: {exc}") from exc
