"""How far probabilities are from the share of frauds among the payments that get them.

>>> import numpy as np
>>> fraud = np.arange(1000) % 10 == 0
>>> round(calibration_error(fraud, np.full(1000, 0.1)), 3)
0.0
>>> round(calibration_error(fraud, np.full(1000, 0.4)), 3)
0.3
"""

from dataclasses import dataclass
from typing import Any, Final, Self

import numpy as np
import numpy.typing as npt
from sklearn.metrics import brier_score_loss

BINS: Final = 20


@dataclass(frozen=True, slots=True)
class CalibrationQuality:
    """How probabilities can be trusted.

    Args:
        expected_error: See :func:`calibration_error`.
        brier: Mean squared distance from the outcome.
        told: Sum of the probabilities as a share of the frauds; 1 is right.
    """

    expected_error: float
    brier: float
    told: float

    @classmethod
    def of(cls, fraud: npt.NDArray[np.bool_], probabilities: npt.NDArray[Any]) -> Self:
        """Measure; ``fraud`` bool [n] with at least one, ``probabilities`` float [n]."""
        return cls(
            expected_error=calibration_error(fraud, probabilities),
            brier=float(brier_score_loss(fraud, probabilities)),
            told=float(probabilities.sum(dtype=np.float64) / fraud.sum()),
        )


def calibration_error(fraud: npt.NDArray[np.bool_], probabilities: npt.NDArray[Any]) -> float:
    """Expected calibration error over bins of equal width, weighted by payments.

    As in Naeini et al., Obtaining Well Calibrated Probabilities Using Bayesian Binning (2015).

    Args:
        fraud: bool [n].
        probabilities: float [n], 0 to 1.
    """
    at = np.minimum((probabilities.astype(np.float64) * BINS).astype(np.int64), BINS - 1)
    frauds = np.bincount(at, fraud, BINS)
    told = np.bincount(at, probabilities.astype(np.float64), BINS)
    return float(np.abs(frauds - told).sum() / len(fraud))
