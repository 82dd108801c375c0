"""What a candidate is judged on."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from scorer.model.bundle import ModelBundle
from training.datasets.dataset import Dataset, Index, Rows
from training.datasets.period import Period
from training.quality.evaluate import bundle_probabilities

AMOUNT: Final = "amount"


@dataclass(frozen=True, eq=False)
class Evidence:
    """Payments that none of the two may have been trained on.

    Args:
        dataset: The replayed history.
        holdout: int64 positions of the payments that are measured.
        gap: int64 positions of earlier payments that were not trained on either: those between the
            training period and the holdout. May be empty.
        period: The days of the holdout.
        live_payments: How many payments with known labels the candidate scored as a shadow.
    """

    dataset: Dataset
    holdout: Index
    gap: Index
    period: Period
    live_payments: int = 0

    @property
    def fraud(self) -> npt.NDArray[np.bool_]:
        """Bool [k], the final truth of the holdout."""
        return self.dataset.fraud[self.holdout]

    @property
    def kind(self) -> npt.NDArray[np.int8]:
        """int8 [k], kinds of fraud."""
        return self.dataset.history.kind[self.holdout]

    @property
    def features(self) -> Rows:
        """float32 [k, features]."""
        return self.dataset.features[self.holdout]

    @property
    def amounts(self) -> Rows:
        """float32 [k], in the base currency."""
        return self.features[:, self.dataset.feature_names.index(AMOUNT)]


@dataclass(frozen=True, eq=False)
class Scored:
    """A model's answers.

    Args:
        bundle: The model.
        holdout: float32 [k], its probabilities on the holdout.
        gap: The same on the gap.
    """

    bundle: ModelBundle
    holdout: Rows
    gap: Rows

    @classmethod
    def of(cls, bundle: ModelBundle, evidence: Evidence) -> "Scored":
        """Score the evidence as a scorer would.

        Raises:
            ModelError: The bundle does not run.
        """
        empty = np.empty(0, np.float32)
        return cls(
            bundle=bundle,
            holdout=bundle_probabilities(bundle, evidence.dataset, evidence.holdout),
            gap=bundle_probabilities(bundle, evidence.dataset, evidence.gap)
            if len(evidence.gap)
            else empty,
        )

    @property
    def flagged(self) -> npt.NDArray[np.bool_]:
        """Bool [k], what it reviews or declines of the holdout."""
        return self.holdout >= self.bundle.manifest.review_threshold

    def caught_at(self, fpr: float, fraud: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
        """Bool [frauds], which frauds lie above the threshold that so many genuine ones reach."""
        ranked = np.sort(self.holdout[~fraud])[::-1]
        caught: npt.NDArray[np.bool_] = self.holdout[fraud] > ranked[int(fpr * (len(ranked) - 1))]
        return caught
