"""Payments as columns of numbers, which is all that the handbook's features need."""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from training.datasets.history import History
from training.datasets.period import MICROSECONDS_A_DAY

type Ints = npt.NDArray[np.int64]
type Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Payments:
    """Columns of one length, in the order of time, row by row those of a history.

    Args:
        time_us: int64 [n], microseconds since the Unix epoch.
        customer: int64 [n], equal where the customer is.
        terminal: int64 [n], equal where the terminal is.
        cents: int64 [n], the amount.
        fraud: bool [n], the final truth.
    """

    time_us: Ints
    customer: Ints
    terminal: Ints
    cents: Ints
    fraud: Flags

    @classmethod
    def of_history(cls, history: History) -> Self:
        """The columns of a history."""
        events = history.events
        return cls(
            time_us=history.event_time_us,
            customer=_codes(events["account_id"]),
            terminal=_codes(events["merchant_id"]),
            cents=events["amount_minor"].to_numpy().astype(np.int64),
            fraud=history.fraud,
        )

    def __len__(self) -> int:
        return len(self.time_us)

    @property
    def day(self) -> Ints:
        """int64 [n], UTC days since the Unix epoch."""
        return self.time_us // MICROSECONDS_A_DAY


def _codes(column: Any) -> Ints:
    encoded = column.combine_chunks()
    if not hasattr(encoded, "indices"):
        encoded = encoded.dictionary_encode()
    codes: Ints = encoded.indices.to_numpy(zero_copy_only=False).astype(np.int64)
    return codes
