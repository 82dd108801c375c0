"""Comparing two rates at any time, as often as one likes.

Of each arm n payments came and s of them were hits. Averaged over a Beta(1/2, 1/2) of rates, the
likelihood of what came, over that at the true rate p,

    M(p) = B(s + 1/2, n - s + 1/2) / B(1/2, 1/2) / (p^s (1 - p)^(n - s)),

is a nonnegative martingale that starts at 1 (Robbins 1970; Howard, Ramdas, McAuliffe and Sekhon
2021, doi:10.1214/20-AOS1991; for counts Lindon and Malek 2022, arXiv:2011.03567), and so is the
product of two independent arms, in whatever order their payments come. By Ville's inequality it
ever reaches 1/alpha with probability alpha at most. Hence

- e, the least of ``M_a(p) M_b(p)`` over p, is evidence against equal rates: where they are equal,
  it ever reaches 1/alpha with probability alpha at most, however often it is looked at;
- the differences d for which the least of ``M_a(p) M_b(p + d)`` is below 1/alpha hold the true
  one at all times, together, with probability 1 - alpha at least.

Nothing here is asymptotic, and nothing but counts has to be kept.

>>> a, b = Counts(120, 200), Counts(170, 200)
>>> always_valid_p(a, b) < 1e-4
True
>>> low, high = difference_interval(a, b, 0.05)
>>> f"{low:.2f} {high:.2f}"
'0.07 0.43'
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, NamedTuple

from scipy.optimize import brentq, minimize_scalar
from scipy.special import betaln, xlog1py, xlogy

PRIOR: Final = 0.5
POWER_QUANTILE: Final = 0.8416
"""Of the normal distribution, for a power of 80%."""
MOST: Final = 1e9
EDGE: Final = 1e-12


class Counts(NamedTuple):
    """What came of one arm; not whole where it is only expected."""

    hits: float
    trials: float

    @property
    def rate(self) -> float:
        """Hits a trial; NaN without any."""
        return self.hits / self.trials if self.trials else math.nan


@dataclass(frozen=True, slots=True)
class Design:
    """What an experiment is to find.

    Args:
        rate: Of the first arm.
        difference: The second arm's rate is that much higher; may be negative.
        ratio: Trials of the second arm for each of the first.
        alpha: How likely a difference may be claimed where there is none.
    """

    rate: float
    difference: float
    ratio: float
    alpha: float


def log_evidence(a: Counts, b: Counts) -> float:
    """Natural logarithm of e, the evidence that two rates differ; may be negative."""
    pooled = (a.hits + b.hits) / max(a.trials + b.trials, EDGE)
    return _log_martingale(a, pooled) + _log_martingale(b, pooled)


def always_valid_p(a: Counts, b: Counts) -> float:
    """A p-value for equal rates that may be read at any time."""
    return math.exp(-max(0.0, log_evidence(a, b)))


def difference_interval(a: Counts, b: Counts, alpha: float) -> tuple[float, float]:
    """An interval for the rate of ``b`` less that of ``a`` that may be read at any time."""
    bound = -math.log(alpha)
    if not a.trials or not b.trials:
        return -1.0, 1.0
    middle = b.rate - a.rate

    def excess(difference: float) -> float:
        return _least_log(a, b, difference) - bound

    return _crossing(excess, middle, -1.0), _crossing(excess, middle, 1.0)


def trials_needed(design: Design) -> float:
    """Trials of the first arm until the difference is found, four times of five.

    Where expected counts, with the difference a bit smaller than it is as one time of five it
    seems, would reach the bound. Infinite if the difference is 0.
    """
    if not design.difference:
        return math.inf
    low, high = 1.0, 2.0
    while not _is_found(design, high):
        low, high = high, high * 2
        if high > MOST:
            return math.inf
    while high - low > max(1.0, low * 1e-3):
        middle = (low + high) / 2
        low, high = (low, middle) if _is_found(design, middle) else (middle, high)
    return math.ceil(high)


def _is_found(design: Design, trials: float) -> bool:
    other = trials * design.ratio
    rate = min(max(design.rate + design.difference, 0.0), 1.0)
    spread = math.sqrt(
        design.rate * (1 - design.rate) / trials + rate * (1 - rate) / max(other, EDGE)
    )
    seen = abs(rate - design.rate) - POWER_QUANTILE * spread
    if seen <= 0:
        return False
    found = design.rate + math.copysign(seen, design.difference)
    evidence = log_evidence(Counts(design.rate * trials, trials), Counts(found * other, other))
    return evidence >= -math.log(design.alpha)


def _log_martingale(counts: Counts, rate: float) -> float:
    misses = counts.trials - counts.hits
    mixture = betaln(counts.hits + PRIOR, misses + PRIOR) - betaln(PRIOR, PRIOR)
    return float(mixture - xlogy(counts.hits, rate) - xlog1py(misses, -rate))


def _least_log(a: Counts, b: Counts, difference: float) -> float:
    """The least over p of log M_a(p) + log M_b(p + difference), which is convex in p."""
    low, high = max(0.0, -difference), min(1.0, 1.0 - difference)

    def at(share: float) -> float:
        # By share of the range, as the range may be narrow.
        rate = low + (high - low) * share
        other = min(max(rate + difference, EDGE), 1 - EDGE)
        return _log_martingale(a, min(max(rate, EDGE), 1 - EDGE)) + _log_martingale(b, other)

    found = minimize_scalar(at, bounds=(0.0, 1.0), method="bounded", options={"xatol": 1e-10})
    return float(min(found.fun, at(0.0), at(1.0)))


def _crossing(excess: Callable[[float], float], middle: float, end: float) -> float:
    """Where a convex function that is below 0 in the middle crosses it; the end if nowhere."""
    if (end - middle) * math.copysign(1, end) <= 0 or excess(end) <= 0:
        return end
    return float(brentq(excess, middle, end, xtol=1e-7))
