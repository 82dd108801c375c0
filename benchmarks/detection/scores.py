"""The handbook's three figures."""

from collections.abc import Sequence
from dataclasses import astuple, dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from sklearn.metrics import average_precision_score, roc_auc_score

from benchmarks.detection.payments import Ints, Payments
from training.quality.card_precision import card_precision_at
from training.quality.metrics import CARDS_A_DAY


@dataclass(frozen=True, slots=True)
class Scores:
    """Area under the ROC curve, average precision, card precision at 100; 0 to 1.

    >>> Scores(0.871, 0.606, 0.291).furthest(Scores(0.870, 0.609, 0.291))
    0.003
    """

    auc: float
    average_precision: float
    card_precision: float

    @classmethod
    def measure(cls, payments: Payments, rows: Ints, probabilities: npt.NDArray[Any]) -> Self:
        """Of probabilities, float [k], of the payments at ``rows``, int64 [k]."""
        fraud = payments.fraud[rows]
        return cls(
            auc=float(roc_auc_score(fraud, probabilities)),
            average_precision=float(average_precision_score(fraud, probabilities)),
            card_precision=card_precision_at(
                CARDS_A_DAY, payments.day[rows], payments.customer[rows], fraud, probabilities
            ),
        )

    @classmethod
    def mean(cls, scores: Sequence["Scores"]) -> Self:
        """The mean of each figure."""
        return cls(*np.mean([astuple(one) for one in scores], axis=0).tolist())

    def furthest(self, other: "Scores") -> float:
        """The greatest difference of a figure, to a tenth of a thousandth."""
        differences = np.abs(np.subtract(astuple(self), astuple(other)))
        return round(float(differences.max()), 4)

    def __str__(self) -> str:
        return "/".join(f"{figure:.3f}" for figure in astuple(self))
