"""Whether a model finds less than it did, and flags more in vain.

Counted once an account: an account's frauds are caught or missed together, and a test that takes
them for independent finds decay in luck.
"""

from typing import Any, Final, Self

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, Field
from scipy import stats

from training.drift.distance import Difference

MORE_IS_WORSE: Final = frozenset({"false_positive_rate"})


class Count(BaseModel):
    """Hits of so many trials."""

    model_config = ConfigDict(frozen=True)

    hits: int = Field(ge=0)
    trials: int = Field(ge=0)

    @property
    def rate(self) -> float:
        """Hits a trial, 0 without any."""
        return self.hits / max(self.trials, 1)


class Caught(BaseModel):
    """What flagging from the review threshold upwards did.

    Args:
        recall: Of the accounts with a fraud, those whose first one was flagged.
        precision: Of the accounts with a flagged payment, those whose first one was fraud.
        false_positive_rate: Of the accounts with a genuine payment, those whose first one was
            flagged.
    """

    model_config = ConfigDict(frozen=True)

    recall: Count
    precision: Count
    false_positive_rate: Count

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
        return cls(
            recall=_first(accounts, fraud, flagged),
            precision=_first(accounts, flagged, fraud),
            false_positive_rate=_first(accounts, ~fraud, flagged),
        )


def worsening(name: str, reference: Count, live: Count) -> Difference:
    """By how much a rate got worse, and Fisher's exact test of whether it did, one-sided.

    >>> worsening("recall", Count(hits=80, trials=100), Count(hits=8, trials=10)).statistic
    0.0
    """
    more = name in MORE_IS_WORSE
    table = [[each.hits, each.trials - each.hits] for each in (live, reference)]
    found = stats.fisher_exact(table, alternative="greater" if more else "less")
    worse = live.rate - reference.rate if more else reference.rate - live.rate
    return Difference(worse, float(found.pvalue))


def _first(accounts: npt.NDArray[Any], trial: Any, hit: Any) -> Count:
    _, first = np.unique(accounts[trial], return_index=True)
    return Count(hits=int(hit[trial][first].sum()), trials=len(first))
