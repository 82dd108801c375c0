"""Rates over payments that come in accounts."""

import math
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

type Numbers = npt.NDArray[Any]

Z_95: Final = 1.959964


@dataclass(frozen=True, slots=True)
class Estimate:
    """A rate with its 95% interval, to be read once.

    Args:
        hits: Payments that are.
        trials: Payments that might be.
        low: Lower end.
        high: Upper end.
    """

    hits: int
    trials: int
    low: float
    high: float

    @property
    def rate(self) -> float:
        """Hits a trial; NaN without any."""
        return self.hits / self.trials if self.trials else math.nan


def estimate(hits: Numbers, trials: Numbers) -> Estimate:
    """The rate over all accounts.

    Wilson's interval, for as many payments as there would be if they were independent: an
    account's payments are alike, and what they say is divided by the design effect (Kish 1965),
    whose variance is that of a ratio over accounts (Deng, Knoblich and Lu 2018).

    Args:
        hits: int [accounts].
        trials: int [accounts].

    >>> one_each = estimate(np.array([1, 0, 0, 1]), np.array([1, 1, 1, 1]))
    >>> f"{one_each.rate} {one_each.low:.3f} {one_each.high:.3f}"
    '0.5 0.150 0.850'
    """
    hit, trial = int(hits.sum()), int(trials.sum())
    if not trial:
        return Estimate(0, 0, 0.0, 1.0)
    low, high = _wilson(hit / trial, trial / design_effect(hits, trials))
    return Estimate(hit, trial, low, high)


def design_effect(hits: Numbers, trials: Numbers) -> float:
    """How many times as many payments are needed as if all were of different accounts; 1 or more.

    Args:
        hits: int [accounts].
        trials: int [accounts].
    """
    trial = trials.sum()
    rate = hits.sum() / trial
    independent = rate * (1 - rate) * trial
    if independent == 0:
        # All are alike: then an account is taken to say no more than one payment.
        return float(trial / np.count_nonzero(trials))
    return max(1.0, float(((hits - rate * trials) ** 2).sum() / independent))


def _wilson(rate: float, trials: float) -> tuple[float, float]:
    """Wilson 1927, at 95%."""
    square = Z_95**2 / trials
    middle = (rate + square / 2) / (1 + square)
    half = Z_95 / (1 + square) * math.sqrt(rate * (1 - rate) / trials + square / (4 * trials))
    return max(0.0, middle - half), min(1.0, middle + half)
