"""What a candidate is judged on."""

from dataclasses import dataclass
from functools import cached_property
from typing import Final, Self

import numpy as np
import numpy.typing as npt

from training.datasets.dataset import Dataset, Index, Rows
from training.datasets.period import Period
from training.datasets.split import Split
from training.gates.learned import Learned
from training.models.model import TrainedModel

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
        learned: What candidates are trained on.
        dataset_id: Equal where the content is.
        live_payments: How many payments with known labels the candidate scored as a shadow.
        reproduction: What was otherwise when the candidate was trained again from its run's own
            data and parameters; None where it was not.
    """

    dataset: Dataset
    holdout: Index
    gap: Index
    period: Period
    learned: Learned
    dataset_id: str
    live_payments: int = 0
    reproduction: tuple[str, ...] | None = None

    @classmethod
    def of(cls, dataset: Dataset, sides: Split, dataset_id: str) -> Self:
        """The test of a split, the days between, and what is learned from."""
        times = dataset.history.event_time_us
        between = (times >= sides.plan.train.end_us) & (times < sides.plan.test.start_us)
        return cls(
            dataset,
            sides.test,
            np.flatnonzero(between),
            sides.plan.test,
            Learned(dataset, sides.train, sides.train_fraud),
            dataset_id,
        )

    @cached_property
    def liar(self) -> TrainedModel:
        """A twin that has learned the gap and the holdout as well; fitted once."""
        return self.learned.having_seen(np.concatenate([self.gap, self.holdout]))

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
