"""The training set: each payment with what was known just before it, and what it turned out."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from training.datasets.digest import digest_columns
from training.datasets.history import History
from training.datasets.labels import Labels
from training.datasets.period import MICROSECONDS_A_DAY, Period

type Rows = npt.NDArray[np.float32]
type Index = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Dataset:
    """A replayed history.

    Args:
        features: float32 [n, features], NaN for missing, in the contract's order.
        feature_names: Of its columns.
        contract_digest: Of the feature contract that computed it.
        history: The payments and labels it was made of, row by row.
    """

    features: Rows
    feature_names: tuple[str, ...]
    contract_digest: str
    history: History

    @cached_property
    def digest(self) -> str:
        """SHA-256 over the content: ids, times, labels, contract and feature values."""
        return digest_columns(self._columns())

    def __len__(self) -> int:
        return len(self.features)

    @property
    def fraud(self) -> npt.NDArray[np.bool_]:
        """Bool [n], the final truth."""
        return self.history.fraud

    @property
    def day(self) -> Index:
        """int64 [n], UTC days since the Unix epoch."""
        return self.history.event_time_us // MICROSECONDS_A_DAY

    @property
    def account_codes(self) -> Index:
        """int64 [n], equal where the account is."""
        encoded = self.history.events["account_id"].combine_chunks()
        if not hasattr(encoded, "indices"):
            encoded = encoded.dictionary_encode()
        codes: Index = encoded.indices.to_numpy(zero_copy_only=False).astype(np.int64)
        return codes

    def rows_in(self, period: Period) -> Index:
        """Positions of the payments of ``period``, int64 [k]."""
        return np.flatnonzero(period.contains(self.history.event_time_us))

    def counts(self) -> dict[str, int]:
        """Payments, frauds, frauds never reported."""
        never = self.history.known_at_us == np.iinfo(np.int64).max
        return {
            "payments": len(self),
            "frauds": int(self.fraud.sum()),
            "frauds_never_reported": int((self.fraud & never).sum()),
        }

    def _columns(self) -> dict[str, Any]:
        history = self.history
        superseded = {} if history.said is None else _superseded(history.said)
        return superseded | {
            "contract": [self.contract_digest],
            "transaction_id": history.events["transaction_id"],
            "account_id": history.events["account_id"],
            "event_time_us": history.event_time_us,
            "fraud": history.fraud,
            "kind": history.kind,
            "known_at_us": history.known_at_us,
            "features": self.features,
        }


def _superseded(said: Labels) -> dict[str, Any]:
    """Labels that did not hold; without any, nothing."""
    rows = said.superseded()
    return {
        "superseded": said.row[rows],
        "superseded_fraud": said.fraud[rows],
        "superseded_kind": said.kind[rows],
        "superseded_known_at_us": said.known_at_us[rows],
    }
