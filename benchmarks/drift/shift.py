"""What is planted into a simulated world."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from training.datasets.history import History

NEW_MERCHANTS: Final = 20
OWN: Final = ("transaction_id", "account_id", "event_time", "utc_offset_minutes")
"""What a disguised fraud keeps of itself."""


class Kind(StrEnum):
    """What changes."""

    AMOUNTS = "amounts rise"
    MERCHANTS = "new merchants"
    TACTIC = "frauds in disguise"


@dataclass(frozen=True, slots=True)
class Shift:
    """From one moment on.

    Args:
        kind: What changes.
        size: By which share amounts rise; or the share of payments that go to
            :data:`NEW_MERCHANTS` merchants nobody knew; or the share of frauds that repeat the
            account's last genuine payment.
    """

    kind: Kind
    size: float

    def __str__(self) -> str:
        """As a table shows it."""
        return f"{self.kind}, {self.size:.0%}"

    def planted(self, history: History, start_us: int, seed: int) -> Any:
        """The events, those from ``start_us`` on changed; ids, accounts and times stay."""
        events, rng = history.events, np.random.default_rng(seed)
        late = history.event_time_us >= start_us
        if self.kind is Kind.AMOUNTS:
            amounts = events["amount_minor"].to_numpy()
            raised = np.where(late, np.round(amounts * (1 + self.size)), amounts)
            return _replaced(events, "amount_minor", pa.array(raised.astype(np.int64)))
        chosen = late & (rng.random(len(late)) < self.size)
        if self.kind is Kind.MERCHANTS:
            names = pa.array([f"new-{n}" for n in rng.integers(0, NEW_MERCHANTS, len(late))])
            old = events["merchant_id"].cast(pa.string()).combine_chunks()
            return _replaced(events, "merchant_id", pc.if_else(pa.array(chosen), names, old))
        rows = np.where(chosen & history.fraud, _last_genuine(history), np.arange(len(late)))
        disguised = events.take(pa.array(rows))
        for name in set(OWN) & set(events.column_names):
            disguised = _replaced(disguised, name, events[name])
        return disguised


SHIFTS: Final = (
    *(Shift(Kind.AMOUNTS, size) for size in (0.1, 0.3, 1.0)),
    *(Shift(Kind.MERCHANTS, size) for size in (0.05, 0.15, 0.4)),
    *(Shift(Kind.TACTIC, size) for size in (0.25, 0.5, 1.0)),
)


def _last_genuine(history: History) -> npt.NDArray[np.int64]:
    """Row of the account's last genuine payment before each; the row itself where there is none."""
    column = history.events["account_id"].cast(pa.string()).combine_chunks()
    accounts = column.dictionary_encode().indices.to_numpy()
    order = np.argsort(accounts, kind="stable")
    at, sorted_accounts = np.arange(len(order)), accounts[order]
    last = np.maximum.accumulate(np.where(history.fraud[order], -1, at))
    own = (last >= 0) & (sorted_accounts[last] == sorted_accounts)
    rows = np.empty(len(order), np.int64)
    rows[order] = order[np.where(own, last, at)]
    return rows


def _replaced(events: Any, name: str, column: Any) -> Any:
    return events.set_column(events.schema.get_field_index(name), name, column)
