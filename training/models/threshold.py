"""Where review and decline begin, for a stated share of genuine payments that may suffer them.

>>> import numpy as np
>>> genuine = np.linspace(0.0, 0.99, 100)
>>> threshold = threshold_at_fpr(genuine, 0.05)
>>> int((genuine >= threshold).sum())
5
"""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from training.errors import MetricsError

CLEARANCE: Final = 2e-5
"""Twice the tolerance of the exported model, so that it cannot change a decision."""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Probabilities from which a payment is reviewed and declined, both inclusive."""

    review: float
    decline: float

    def clear_of(self, probabilities: npt.NDArray[Any]) -> "Thresholds":
        """These, each raised until no probability is within :data:`CLEARANCE` of it."""
        return Thresholds(
            review=_clear_of(self.review, probabilities),
            decline=_clear_of(self.decline, probabilities),
        )


def choose_thresholds(
    fraud: npt.NDArray[np.bool_],
    probabilities: npt.NDArray[Any],
    *,
    review_fpr: float,
    decline_fpr: float,
) -> Thresholds:
    """The lowest thresholds that keep to both budgets on these payments.

    Args:
        fraud: bool [n].
        probabilities: float [n].
        review_fpr: Share of genuine payments that may be reviewed or declined.
        decline_fpr: Share of genuine payments that may be declined.

    Raises:
        MetricsError: None of the payments is genuine.
    """
    genuine = probabilities[~fraud]
    return Thresholds(
        review=threshold_at_fpr(genuine, review_fpr),
        decline=threshold_at_fpr(genuine, decline_fpr),
    )


def threshold_at_fpr(genuine: npt.NDArray[Any], budget: float) -> float:
    """The lowest threshold that at most the share ``budget`` of genuine payments reaches.

    Args:
        genuine: float [n], probabilities of genuine payments.
        budget: 0 to 1, exclusive.

    Returns:
        Half way between the greatest probability that must stay below and the next one above.

    Raises:
        MetricsError: There are no payments.
    """
    if not len(genuine):
        raise MetricsError("a false-positive budget needs genuine payments to be measured on")
    ranked = np.sort(genuine.astype(np.float64))[::-1]
    highest_below = ranked[int(budget * len(ranked))]
    above = ranked[ranked > highest_below]
    return float((highest_below + (above[-1] if len(above) else 1.0)) / 2)


def _clear_of(threshold: float, probabilities: npt.NDArray[Any]) -> float:
    near = np.sort(probabilities[probabilities > threshold - CLEARANCE].astype(np.float64))
    if not len(near) or near[0] - threshold >= CLEARANCE:
        return threshold
    room = np.diff(near, append=np.inf) >= 2 * CLEARANCE
    return min(1.0, float(near[np.argmax(room)]) + CLEARANCE)
