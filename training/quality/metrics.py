"""How well frauds are found.

>>> import numpy as np
>>> fraud = np.array([True, False, False, True])
>>> recall_at_fpr(fraud, np.array([0.9, 0.8, 0.1, 0.2]), 0.0)
0.5
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from sklearn.metrics import average_precision_score, roc_auc_score

from training.datasets.dataset import Dataset, Index
from training.errors import MetricsError
from training.models.threshold import Thresholds
from training.quality.calibration import CalibrationQuality
from training.quality.card_intervals import card_precision_interval
from training.quality.card_precision import card_precision_at
from training.quality.groups import Caught, by_amount, by_kind
from training.quality.intervals import Interval, bootstrap_intervals, budget_name

FPR_BUDGETS: Final = (0.001, 0.005, 0.01, 0.02)
CARDS_A_DAY: Final = 100
BOOTSTRAP_ROUNDS: Final = 1_000
AMOUNT: Final = "amount"
CARD_PRECISION: Final = "card_precision_100"


@dataclass(frozen=True, slots=True)
class OperatingPoint:
    """What a threshold does; shares are 0 to 1."""

    threshold: float
    precision: float
    recall: float
    f1: float
    false_positive_rate: float


@dataclass(frozen=True, slots=True)
class Metrics:
    """Detection on one slice.

    Args:
        payments: How many were measured.
        frauds: How many of them were fraud.
        average_precision: Area under the precision-recall curve, as scikit-learn sums it.
        roc_auc: Area under the receiver operating characteristic.
        card_precision_100: See :mod:`training.quality.card_precision`.
        recall_at_fpr: False-positive rate -> recall.
        points: ``review`` and ``decline``.
        by_kind: Kind of fraud, such as ``stolen_card`` -> what was caught of it.
        by_amount: Amount band, such as ``50_to_200`` -> what was caught of it.
        calibration: How probabilities can be trusted.
        intervals: Figure, by its name in :meth:`flat` -> where it lies with 95% confidence.
    """

    payments: int
    frauds: int
    average_precision: float
    roc_auc: float
    card_precision_100: float
    recall_at_fpr: Mapping[float, float]
    points: Mapping[str, OperatingPoint]
    by_kind: Mapping[str, Caught]
    by_amount: Mapping[str, Caught]
    calibration: CalibrationQuality
    intervals: Mapping[str, Interval]

    def flat(self) -> dict[str, float]:
        """One level of names and numbers, as registries and JSON like them."""
        flat: dict[str, float] = {
            "payments": self.payments,
            "frauds": self.frauds,
            "average_precision": self.average_precision,
            "roc_auc": self.roc_auc,
            CARD_PRECISION: self.card_precision_100,
            "expected_calibration_error": self.calibration.expected_error,
            "brier": self.calibration.brier,
            "frauds_told_per_fraud": self.calibration.told,
        }
        for budget, recall in self.recall_at_fpr.items():
            flat[budget_name(budget)] = recall
        for name, point in self.points.items():
            for field in OperatingPoint.__slots__:
                flat[f"{name}_{field}"] = getattr(point, field)
        for kind, caught in self.by_kind.items():
            flat[f"recall_{kind}"] = caught.recall
        for band, caught in self.by_amount.items():
            flat[f"recall_amount_{band}"] = caught.recall
        for name, interval in self.intervals.items():
            flat[f"{name}_low"], flat[f"{name}_high"] = interval.low, interval.high
        return flat


def measure(
    dataset: Dataset,
    rows: Index,
    probabilities: npt.NDArray[Any],
    thresholds: Thresholds,
    *,
    rounds: int = BOOTSTRAP_ROUNDS,
) -> Metrics:
    """Measure probabilities against the final truth.

    Args:
        dataset: Gives truth, day, account, kind and amount.
        rows: int64 [k], positions of the payments measured.
        probabilities: float [k].
        thresholds: Of review and decline.
        rounds: Resamples behind each interval.

    Raises:
        MetricsError: There is no fraud or no genuine payment among them.
    """
    fraud = dataset.fraud[rows]
    if fraud.all() or not fraud.any():
        raise MetricsError(f"{len(rows)} payments with {fraud.sum()} frauds measure nothing")
    cards = dataset.day[rows], dataset.account_codes[rows], fraud, probabilities
    cuts = {"review": thresholds.review, "decline": thresholds.decline}
    intervals = bootstrap_intervals(fraud, probabilities, cuts, FPR_BUDGETS, rounds=rounds)
    of_cards = card_precision_interval(CARDS_A_DAY, *cards, rounds=rounds)
    flagged = probabilities >= thresholds.review
    amounts = dataset.features[rows, dataset.feature_names.index(AMOUNT)]
    return Metrics(
        payments=len(rows),
        frauds=int(fraud.sum()),
        average_precision=float(average_precision_score(fraud, probabilities)),
        roc_auc=float(roc_auc_score(fraud, probabilities)),
        card_precision_100=card_precision_at(CARDS_A_DAY, *cards),
        recall_at_fpr={b: recall_at_fpr(fraud, probabilities, b) for b in FPR_BUDGETS},
        points={name: operating_point(fraud, probabilities, cut) for name, cut in cuts.items()},
        by_kind=by_kind(dataset.history.kind[rows], fraud, flagged),
        by_amount=by_amount(amounts, fraud, flagged),
        calibration=CalibrationQuality.of(fraud, probabilities),
        intervals={**intervals, CARD_PRECISION: of_cards},
    )


def recall_at_fpr(
    fraud: npt.NDArray[np.bool_], probabilities: npt.NDArray[Any], budget: float
) -> float:
    """The greatest recall at a false-positive rate of at most ``budget``."""
    genuine = int(budget * np.count_nonzero(~fraud))
    return float(np.mean(caught_above(fraud, probabilities, genuine)))


def caught_above(
    fraud: npt.NDArray[np.bool_], probabilities: npt.NDArray[Any], genuine: int
) -> npt.NDArray[np.bool_]:
    """Which frauds, bool [frauds], lie where at most ``genuine`` genuine payments do."""
    ranked = np.sort(probabilities[~fraud])[::-1]
    caught: npt.NDArray[np.bool_] = probabilities[fraud] > ranked[genuine]
    return caught


def operating_point(
    fraud: npt.NDArray[np.bool_], probabilities: npt.NDArray[Any], threshold: float
) -> OperatingPoint:
    """What flagging from ``threshold`` upwards does; precision is 0 when nothing is flagged."""
    flagged = probabilities >= threshold
    hits, flags, frauds = int((flagged & fraud).sum()), int(flagged.sum()), int(fraud.sum())
    return OperatingPoint(
        threshold=threshold,
        precision=hits / max(flags, 1),
        recall=hits / max(frauds, 1),
        f1=2 * hits / max(flags + frauds, 1),
        false_positive_rate=(flags - hits) / max(len(fraud) - frauds, 1),
    )
