"""Gradient-boosted trees over feature rows."""

from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import xgboost as xgb

from scorer.model.bundle import Calibration
from training.config import ModelConfig
from training.datasets.dataset import Rows
from training.models.calibration import to_probabilities
from training.models.trained import shares


@dataclass(frozen=True, slots=True)
class TrainedModel:
    """Trees that were fitted by XGBoost; a :class:`training.models.trained.Trained`.

    Args:
        classifier: XGBoost's own.
        config: What it was fitted with.
        calibration: From its margin to the probability; None takes its own probability.
    """

    classifier: xgb.XGBClassifier
    config: ModelConfig
    calibration: Calibration | None = None

    @property
    def estimator(self) -> str:
        """``xgboost``."""
        return "xgboost"

    @property
    def trees(self) -> bytes:
        """The trees in XGBoost's own form, UBJSON."""
        return bytes(self.classifier.get_booster().save_raw("ubj"))

    def margins(self, rows: Rows) -> npt.NDArray[Any]:
        """Log odds before calibration, float32 [k], of rows float32 [k, features]."""
        result: Rows = self.classifier.predict(rows, output_margin=True)
        return result

    def probabilities(self, rows: Rows) -> Rows:
        """Probability of fraud, float32 [k], of rows float32 [k, features] with NaN for missing."""
        if self.calibration is not None:
            return to_probabilities(self.margins(rows), self.calibration)
        result: Rows = self.classifier.predict_proba(rows)[:, 1]
        return result

    def calibrated(self, calibration: Calibration | None) -> Self:
        """The same trees with another calibration."""
        return replace(self, calibration=calibration)

    @property
    def best_rounds(self) -> int:
        """Trees up to the best round on the validation rows; all, if none were given."""
        try:
            return int(self.classifier.best_iteration) + 1
        except AttributeError:  # XGBoost's way to say that nothing was watched
            return self.config.n_estimators

    def gains(self, names: tuple[str, ...]) -> dict[str, float]:
        """Each feature's share of the total gain, greatest first."""
        values = self.classifier.get_booster().get_score(importance_type="total_gain")
        return shares(names, {int(key[1:]): float(np.sum(gain)) for key, gain in values.items()})


def fit(
    config: ModelConfig,
    rows: Rows,
    fraud: npt.NDArray[np.bool_],
    *,
    validation: tuple[Rows, npt.NDArray[np.bool_]] | None = None,
    early_stopping_rounds: int | None = None,
) -> TrainedModel:
    """Fit trees.

    Args:
        config: Their number, size and randomness.
        rows: float32 [n, features], NaN for missing.
        fraud: bool [n].
        validation: Rows and labels that early stopping watches.
        early_stopping_rounds: Stop when average precision on ``validation`` has not risen for
            so many rounds; unset, all rounds run.
    """
    watched = validation if early_stopping_rounds else None
    classifier = xgb.XGBClassifier(
        **config.model_dump(),
        tree_method="hist",
        eval_metric="aucpr",
        early_stopping_rounds=early_stopping_rounds if watched else None,
    )
    eval_set = [(watched[0], watched[1].astype(np.int8))] if watched else None
    classifier.fit(rows, fraud.astype(np.int8), eval_set=eval_set, verbose=False)
    return TrainedModel(classifier, config)
