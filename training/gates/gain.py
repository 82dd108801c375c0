"""How much of an honest model's surprise another one spares.

Log loss is a sum over payments, so what is gained on the holdout can be set against what is gained
on other days, and the noise of both is known.
"""

from dataclasses import dataclass
from typing import Any, Final, Self

import numpy as np
import numpy.typing as npt
from scipy.stats import norm

from training.gates.evidence import Evidence

CLIP: Final = 1e-6
"""No probability is believed to be nearer to 0 or 1."""

type Numbers = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class Gain:
    """A share, and how sure it is.

    Args:
        share: Of the twin's log loss that is spared; negative where more is lost.
        error: Standard error over accounts, whose payments are not independent.
    """

    share: float
    error: float

    @classmethod
    def over_twin(
        cls, evidence: Evidence, rows: npt.NDArray[np.int64], probabilities: Numbers
    ) -> Self:
        """Of a model that gives ``probabilities``, float [k], on ``rows``, int64 [k].

        The error is that of a ratio of sums over clusters (Cochran, Sampling Techniques 1977,
        sections 2.11 and 9A).
        """
        dataset = evidence.dataset
        fraud, accounts = dataset.fraud[rows], dataset.account_codes[rows]
        usual = log_losses(fraud, evidence.learned.twin.probabilities(dataset.features[rows]))
        spared = usual - log_losses(fraud, probabilities)
        share = float(spared.sum() / usual.sum())
        _, cluster = np.unique(accounts, return_inverse=True)
        parts = np.bincount(cluster, spared - share * usual) / usual.sum()
        count = len(parts)
        return cls(share, float(np.sqrt(np.sum(parts**2) * count / max(count - 1, 1))))

    def less(self, other: "Gain") -> "Gain":
        """What is left of it without ``other``, where that is a gain."""
        if other.share <= 0:
            return self
        return Gain(self.share - other.share, float(np.hypot(self.error, other.error)))

    def at_least(self, confidence: float) -> float:
        """One-sided lower bound."""
        return self.share - float(norm.ppf(confidence)) * self.error


def log_losses(fraud: npt.NDArray[np.bool_], probabilities: Numbers) -> npt.NDArray[np.float64]:
    """Of each payment, natural logarithms, float64 [n].

    >>> log_losses(np.array([True, False]), np.array([0.5, 0.0])).round(3).tolist()
    [0.693, 0.0]
    """
    told = np.clip(probabilities.astype(np.float64), CLIP, 1 - CLIP)
    return -np.log(np.where(fraud, told, 1 - told))
