"""Payments while they are made: columns of numbers, before they become a table."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from simulator.arrays import Floats, Ints


@dataclass(frozen=True, slots=True, eq=False)
class Payments:
    """Columns of one length. What the merchant decides (place, category, currency) is not here."""

    time: Ints  # microseconds since day 0's midnight UTC
    account: Ints  # index of the customer
    merchant: Ints
    euros: Floats
    channel: Ints  # number of fraud.v1.Channel
    entry_mode: Ints  # number of fraud.v1.EntryMode
    device: Ints  # 0 for none
    network: Ints  # -1 for none
    offset_minutes: Ints
    kind: Ints  # number of fraud.v1.FraudKind; 0 when genuine

    def __len__(self) -> int:
        return len(self.time)

    def take(self, which: np.ndarray) -> "Payments":
        """Some rows, by index or by mask."""
        return Payments(**{name: getattr(self, name)[which] for name in _NAMES})

    def in_order(self) -> "Payments":
        """By time; payments of the same microsecond stay as they are."""
        return self.take(np.argsort(self.time, kind="stable"))


_NAMES = [field.name for field in fields(Payments)]


def join(parts: Sequence[Payments]) -> Payments:
    """All rows of all parts, part after part."""
    columns = ((name, [getattr(part, name) for part in parts]) for name in _NAMES)
    return Payments(**{name: np.concatenate(values) for name, values in columns})


def no_payments() -> Payments:
    """None at all."""
    columns: dict[str, Any] = {name: np.empty(0, dtype=np.int64) for name in _NAMES}
    return Payments(**columns | {"euros": np.empty(0)})
