"""How far two samples of a feature are from each other, by scipy.

>>> import numpy as np
>>> now, before = np.array([1.0, 1.0, 2.0, np.nan]), np.array([1.0, 2.0, 2.0, np.nan])
>>> kolmogorov_smirnov(before, now).statistic
0.25
>>> stability_index(now, now)
Difference(statistic=0.0, p_value=1.0)
"""

import math
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from scipy import stats

type Values = npt.NDArray[Any]

MOST_DISCRETE: Final = 10
"""A feature with so many values, or fewer, is discrete; missing is a value."""
LEAST_SHARE: Final = 1e-4
"""Stands for a value that one side lacks: its logarithm would be infinite."""


@dataclass(frozen=True, slots=True)
class Difference:
    """How large, and how likely by chance if all payments were independent."""

    statistic: float
    p_value: float


def difference(reference: Values, live: Values, *, discrete: bool) -> Difference:
    """By the test that fits the feature; missing values count as values.

    Args:
        reference: float [n], n > 0; NaN for missing.
        live: float [m], m > 0.
        discrete: See :data:`MOST_DISCRETE`.
    """
    return (stability_index if discrete else kolmogorov_smirnov)(reference, live)


def distance(reference: Values, live: Values, *, discrete: bool) -> float:
    """The statistic of :func:`difference`, on a scale on which twice as far is twice as much."""
    return to_distance(difference(reference, live, discrete=discrete).statistic, discrete=discrete)


def to_distance(statistic: float, *, discrete: bool) -> float:
    """A stability index grows with the square of what moved."""
    return math.sqrt(statistic) if discrete else statistic


def kolmogorov_smirnov(reference: Values, live: Values) -> Difference:
    """The greatest distance of the distribution functions; missing lies below all values."""
    found = stats.ks_2samp(_filled(reference), _filled(live), method="asymp")
    return Difference(float(found.statistic), float(found.pvalue))


def stability_index(reference: Values, live: Values) -> Difference:
    """The population stability index, which is Jeffreys' divergence, and the chi-square test's p.

    Jeffreys 1946; the sum of both Kullback-Leibler divergences.
    """
    both, sides = np.concatenate([reference, live]), [len(reference), len(live)]
    values, codes = np.unique(both, return_inverse=True, equal_nan=True)
    counts = np.array(
        [np.bincount(part, minlength=len(values)) for part in np.split(codes, sides[:1])]
    )
    old, new = np.maximum(counts / np.array(sides)[:, None], LEAST_SHARE)
    index = max(0.0, float(stats.entropy(old, new) + stats.entropy(new, old)))
    return Difference(index, float(stats.chi2_contingency(counts, correction=False).pvalue))


def is_discrete(values: Values) -> bool:
    """Whether a feature's values, float [n], are few."""
    return len(np.unique(values, equal_nan=True)) <= MOST_DISCRETE


def _filled(values: Values) -> Values:
    return np.where(np.isnan(values), -np.inf, values)
