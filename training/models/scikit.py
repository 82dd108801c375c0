"""scikit-learn's trees over feature rows.

Its trees and the ONNX operator part ways at a missing value (a forest exports silently wrong), so
a value below all others takes the place of every NaN, inside the exported graph.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Final, Self

import numpy as np
import numpy.typing as npt
from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.pipeline import Pipeline

from scorer.model.bundle import Calibration
from training.config import BoostingConfig, EstimatorName, ForestConfig
from training.datasets.dataset import Rows
from training.models.calibration import to_probabilities
from training.models.trained import shares

MISSING: Final = -1e6
"""Stands for NaN: no feature of the contract is as low, so a split can tell it from all values."""
LEAST_PROBABILITY: Final = 1e-6
"""A forest may say 0 or 1, which have no log odds."""

type Classifier = RandomForestClassifier | GradientBoostingClassifier
TREES: Final[dict[EstimatorName, Callable[..., Classifier]]] = {
    EstimatorName.RANDOM_FOREST: RandomForestClassifier,
    EstimatorName.GRADIENT_BOOSTING: GradientBoostingClassifier,
}


@dataclass(frozen=True, slots=True)
class ScikitModel:
    """Imputation and trees; a :class:`training.models.trained.Trained`.

    Args:
        pipeline: Both, fitted.
        name: Which trees.
        calibration: From its margin to the probability; None takes its own probability.
    """

    pipeline: Pipeline
    name: EstimatorName
    calibration: Calibration | None = None

    @property
    def estimator(self) -> str:
        """``random_forest`` or ``gradient_boosting``."""
        return self.name.value

    @property
    def trees(self) -> None:
        """None: they have no form that exact TreeSHAP of XGBoost reads."""
        return None

    @property
    def best_rounds(self) -> int:
        """All trees."""
        return int(self._classifier.n_estimators)

    def margins(self, rows: Rows) -> npt.NDArray[Any]:
        """Log odds before calibration, float64 [k], of rows float32 [k, features]."""
        least = np.maximum(self.pipeline.predict_proba(rows), LEAST_PROBABILITY)
        result: npt.NDArray[np.float64] = np.log(least[:, 1]) - np.log(least[:, 0])
        return result

    def probabilities(self, rows: Rows) -> Rows:
        """Probability of fraud, float32 [k], of rows float32 [k, features] with NaN for missing."""
        if self.calibration is not None:
            return to_probabilities(self.margins(rows), self.calibration)
        result: Rows = self.pipeline.predict_proba(rows)[:, 1].astype(np.float32)
        return result

    def gains(self, names: tuple[str, ...]) -> dict[str, float]:
        """Each feature's share of the impurity that was taken away, greatest first."""
        gains = self._classifier.feature_importances_
        return shares(names, {int(at): float(gains[at]) for at in np.flatnonzero(gains)})

    def calibrated(self, calibration: Calibration | None) -> Self:
        """The same trees with another calibration."""
        return replace(self, calibration=calibration)

    @property
    def _classifier(self) -> Classifier:
        classifier: Classifier = self.pipeline[-1]
        return classifier


def fit_scikit(
    name: EstimatorName,
    config: ForestConfig | BoostingConfig,
    rows: Rows,
    fraud: npt.NDArray[np.bool_],
) -> ScikitModel:
    """Fit imputation and trees.

    Args:
        name: Which trees.
        config: Their number, size and randomness.
        rows: float32 [n, features], NaN for missing.
        fraud: bool [n].
    """
    imputer = SimpleImputer(strategy="constant", fill_value=MISSING, keep_empty_features=True)
    trees = TREES[name](**config.model_dump())
    pipeline = Pipeline([("missing", imputer), ("trees", trees)])
    pipeline.fit(rows, fraud.astype(np.int8))
    return ScikitModel(pipeline, name)
