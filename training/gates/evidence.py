"""What a candidate is judged on."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from scorer.model.bundle import ModelBundle
from training.datasets.dataset import Dataset, Index, Rows
from training.datasets.period import Period
from training.quality.evaluate import bundle_probabilities
from training.quality.metrics import caught_above

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
        rows = np.concatenate([evidence.holdout, evidence.gap])
        probabilities = bundle_probabilities(bundle, evidence.dataset, rows)
        return cls(bundle, *np.split(probabilities, [len(evidence.holdout)]))

    @property
    def flagged(self) -> npt.NDArray[np.bool_]:
        """Bool [k], what it reviews or declines of the holdout."""
        return self.holdout >= self.bundle.manifest.review_threshold


@dataclass(frozen=True, eq=False)
class Match:
    """Candidate and champion at the champion's own false-positive rate.

    Args:
        fpr: Share of the holdout's genuine payments that the champion stops.
        mine: bool [frauds], which frauds of the holdout the candidate catches there.
        theirs: Which the champion does.
    """

    fpr: float
    mine: npt.NDArray[np.bool_]
    theirs: npt.NDArray[np.bool_]

    @classmethod
    def of(cls, candidate: Scored, champion: Scored, evidence: Evidence) -> "Match":
        """Hold both at the same rate."""
        fraud = evidence.fraud
        fpr = float(champion.flagged[~fraud].mean())
        genuine = int(fpr * (np.count_nonzero(~fraud) - 1))
        return cls(
            fpr,
            caught_above(fraud, candidate.holdout, genuine),
            caught_above(fraud, champion.holdout, genuine),
        )
