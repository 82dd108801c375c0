"""Rows of the handbook's file, checked, as columns of numbers."""

from collections.abc import Callable
from dataclasses import dataclass, fields

import numpy as np
import pyarrow as pa

from simulator.arrays import Flags, Floats, Ints
from simulator.errors import BadValueError

ID_DIGITS = 10

_LARGEST_EUROS = 1e13  # the contract's 10**15 cents
_CENT_TOLERANCE = 1e-3  # cents that floating point may be off a whole number
_END_US = 4_102_444_800_000_000  # 2100-01-01


@dataclass(frozen=True, slots=True)
class Column:
    """A column that the file must have."""

    name: str
    usable: Callable[[pa.DataType], bool]
    wanted: str


COLUMNS = (
    Column("TRANSACTION_ID", pa.types.is_integer, "integers"),
    Column("TX_DATETIME", pa.types.is_timestamp, "timestamps"),
    Column("CUSTOMER_ID", pa.types.is_integer, "integers"),
    Column("TERMINAL_ID", pa.types.is_integer, "integers"),
    Column("TX_AMOUNT", pa.types.is_floating, "floating-point numbers"),
    Column("TX_FRAUD", pa.types.is_integer, "integers"),
    Column("TX_FRAUD_SCENARIO", pa.types.is_integer, "integers"),
)


@dataclass(frozen=True, slots=True, eq=False)
class HandbookRows:
    """Columns of one length; times in microseconds since the epoch."""

    transaction: Ints
    time: Ints
    customer: Ints
    terminal: Ints
    cents: Ints
    fraud: Flags

    def __len__(self) -> int:
        return len(self.time)

    def take(self, which: np.ndarray) -> "HandbookRows":
        """Some rows, by index or by mask."""
        return HandbookRows(*(getattr(self, field.name)[which] for field in fields(self)))

    def joined(self, more: "HandbookRows") -> "HandbookRows":
        """These rows, then ``more``."""
        names = [field.name for field in fields(self)]
        return HandbookRows(*(np.append(getattr(self, n), getattr(more, n)) for n in names))

    def in_order(self) -> "HandbookRows":
        """By time, then by transaction."""
        return self.take(np.lexsort((self.transaction, self.time)))


def no_rows() -> HandbookRows:
    """None at all."""
    nothing = np.empty(0, dtype=np.int64)
    return HandbookRows(nothing, nothing, nothing, nothing, nothing, nothing.astype(np.bool_))


class RowChecker:
    """Checks batches of one file, in the file's order."""

    def __init__(self) -> None:
        self._rows = 0
        self._newest = 0
        self._transactions: list[Ints] = []

    def check(self, batch: pa.RecordBatch) -> HandbookRows:
        """Convert a batch.

        Raises:
            BadValueError: A value is missing, out of range, or back in time.
        """
        for column in COLUMNS:
            self._forbid(
                column.name, batch[column.name].is_null().to_numpy(False), batch, "a value"
            )
        rows = HandbookRows(
            transaction=self._identifiers(batch, "TRANSACTION_ID"),
            time=self._times(batch),
            customer=self._identifiers(batch, "CUSTOMER_ID"),
            terminal=self._identifiers(batch, "TERMINAL_ID"),
            cents=self._cents(batch),
            fraud=self._frauds(batch),
        )
        self._rows += batch.num_rows
        self._transactions.append(rows.transaction)
        return rows

    def check_unique(self) -> None:
        """Once all batches are through.

        Raises:
            BadValueError: A transaction id occurs twice; names the later row.
        """
        seen = np.concatenate([np.empty(0, dtype=np.int64), *self._transactions])
        order = np.argsort(seen, kind="stable")
        again = order[1:][np.diff(seen[order]) == 0]
        if len(again):
            row = int(again.min())
            raise BadValueError("TRANSACTION_ID", row, int(seen[row]), "unique")

    def _identifiers(self, batch: pa.RecordBatch, name: str) -> Ints:
        values: Ints = batch[name].to_numpy(zero_copy_only=False).astype(np.int64)
        bad = (values < 0) | (values >= 10**ID_DIGITS)
        self._forbid(name, bad, batch, f"between 0 and 10^{ID_DIGITS} - 1")
        return values

    def _times(self, batch: pa.RecordBatch) -> Ints:
        """Times without a zone are taken as UTC."""
        name = "TX_DATETIME"
        micros = batch[name].cast(pa.timestamp("us", batch[name].type.tz), safe=False)
        times: Ints = micros.cast(pa.int64()).to_numpy(zero_copy_only=False)
        self._forbid(name, (times < 0) | (times >= _END_US), batch, "between 1970 and 2099")
        before = np.append(self._newest, times[:-1])[: len(times)]
        self._forbid(name, times < before, batch, "at or after the row before it")
        self._newest = int(times[-1]) if len(times) else self._newest
        return times

    def _cents(self, batch: pa.RecordBatch) -> Ints:
        """Whole cents, exactly; an amount of a fraction of a cent is refused, not rounded."""
        euros: Floats = batch["TX_AMOUNT"].to_numpy(zero_copy_only=False).astype(np.float64)
        bad = ~((euros >= 0) & (euros <= _LARGEST_EUROS))
        self._forbid("TX_AMOUNT", bad, batch, "between 0 and 10^13")
        cents = np.round(euros * 100.0)
        split = np.abs(euros * 100.0 - cents) > _CENT_TOLERANCE
        self._forbid("TX_AMOUNT", split, batch, "a whole number of cents")
        return cents.astype(np.int64)

    def _frauds(self, batch: pa.RecordBatch) -> Flags:
        values: Ints = batch["TX_FRAUD"].to_numpy(zero_copy_only=False)
        self._forbid("TX_FRAUD", (values != 0) & (values != 1), batch, "0 or 1")
        frauds: Flags = values == 1
        return frauds

    def _forbid(self, name: str, bad: Flags, batch: pa.RecordBatch, wanted: str) -> None:
        if bad.any():
            first = int(np.argmax(bad))
            value = batch[name][first].as_py()
            raise BadValueError(name, self._rows + first, value, wanted)
