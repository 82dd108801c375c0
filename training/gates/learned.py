"""What candidates are trained on, and what an honest model makes of it."""

from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt

from training.config import ModelConfig
from training.datasets.dataset import Dataset, Index, Rows
from training.models.model import TrainedModel, fit

TWIN: Final = ModelConfig(n_estimators=100, learning_rate=0.1)
"""As deep as those that serve, in a third of the trees: it only has to be honest."""


@dataclass(frozen=True, eq=False)
class Learned:
    """What candidates are trained on.

    Args:
        dataset: Where the rows are.
        rows: int64 positions, in order of time.
        fraud: bool, what was known of them when they were learned from.
    """

    dataset: Dataset
    rows: Index
    fraud: npt.NDArray[np.bool_]

    @property
    def features(self) -> Rows:
        """float32 [rows, features]."""
        return self.dataset.features[self.rows]

    def having_seen(self, rows: Index) -> TrainedModel:
        """A twin that has learned ``rows``, int64 [k], by their final truth as well."""
        features = np.concatenate([self.features, self.dataset.features[rows]])
        return fit(TWIN, features, np.concatenate([self.fraud, self.dataset.fraud[rows]]))

    @cached_property
    def twin(self) -> TrainedModel:
        """A model that has seen these rows and no other; fitted once."""
        return fit(TWIN, self.features, self.fraud)
