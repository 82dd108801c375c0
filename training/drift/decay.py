"""Whether a model finds less than it did, and flags more in vain.

Counted once an account: an account's frauds are caught or missed together, and a test that takes
them for independent finds decay in luck.
"""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, Field
from scipy import stats

from training.drift.distance import Difference


class Count(BaseModel):
    """Hits of so many trials."""

    model_config = ConfigDict(frozen=True)

    hits: int = Field(ge=0)
    trials: int = Field(ge=0)

    @property
    def rate(self) -> float:
        """Hits a trial, 0 without any."""
        return self.hits / max(self.trials, 1)


@dataclass(frozen=True, slots=True)
class Caught:
    """What flagging from the review threshold upwards did.

    Args:
        recall: Of the accounts with a fraud, those whose first one was flagged.
        precision: Of the accounts with a flagged payment, those whose first one was fraud.
    """

    recall: Count
    precision: Count

    @classmethod
    def of(
        cls,
        accounts: npt.NDArray[Any],
        fraud: npt.NDArray[np.bool_],
        flagged: npt.NDArray[np.bool_],
    ) -> Self:
        """Count payments in order of time.

        Args:
            accounts: [n], equal where the account is.
            fraud: bool [n], as it was known after the maturity.
            flagged: bool [n].

        >>> found = Caught.of(np.array([1, 1, 2]), np.array([1, 1, 0], bool), np.ones(3, bool))
        >>> (found.recall, found.precision)
        (Count(hits=1, trials=1), Count(hits=1, trials=2))
        """
        return cls(_first(accounts, fraud, flagged), _first(accounts, flagged, fraud))


def drop(reference: Count, live: Count) -> Difference:
    """By how much a rate fell, and Fisher's exact test of whether it did, one-sided."""
    table = [[each.hits, each.trials - each.hits] for each in (live, reference)]
    p_value = float(stats.fisher_exact(table, alternative="less").pvalue)
    return Difference(reference.rate - live.rate, p_value)


def _first(accounts: npt.NDArray[Any], trial: Any, hit: Any) -> Count:
    _, first = np.unique(accounts[trial], return_index=True)
    return Count(hits=int(hit[trial][first].sum()), trials=len(first))
