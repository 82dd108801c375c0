"""Which hyperparameters are searched, and how far.

No range makes a model slower or larger than the gate lets through: as many trees as the defaults
have, and half as deep again. The weight of a fraud is not searched, see decision 0011.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from optuna import Trial

from training.config import EstimatorName, TrainingConfig


@dataclass(frozen=True, slots=True)
class Range:
    """From ``low`` to ``high``, both included.

    Args:
        low: Least value.
        high: Greatest; whole numbers stay whole.
        log: Whether ratios count rather than differences.
    """

    low: float
    high: float
    log: bool = False

    def including(self, value: float) -> "Range":
        """Widened, if need be, by what the run was told.

        >>> Range(1, 5).including(8)
        Range(low=1, high=8, log=False)
        """
        return Range(min(self.low, value), max(self.high, value), self.log)

    def suggest(self, trial: Trial, name: str) -> float:
        """A value of this trial."""
        if isinstance(self.low, int) and isinstance(self.high, int):
            return trial.suggest_int(name, self.low, self.high, log=self.log)
        return trial.suggest_float(name, self.low, self.high, log=self.log)


SPACE: Final[Mapping[EstimatorName, Mapping[str, Range]]] = {
    EstimatorName.XGBOOST: {
        "n_estimators": Range(100, 300),
        "max_depth": Range(2, 6),
        "learning_rate": Range(0.015, 0.15, log=True),
        "min_child_weight": Range(0.5, 15.0, log=True),
        "subsample": Range(0.5, 1.0),
        "colsample_bytree": Range(0.3, 1.0),
        "reg_lambda": Range(0.1, 30.0, log=True),
    },
    EstimatorName.RANDOM_FOREST: {
        "n_estimators": Range(100, 200),
        "max_depth": Range(6, 16),
        "min_samples_leaf": Range(1, 20, log=True),
        "max_features": Range(0.1, 0.6),
    },
    EstimatorName.GRADIENT_BOOSTING: {
        "n_estimators": Range(100, 300),
        "max_depth": Range(2, 6),
        "learning_rate": Range(0.02, 0.2, log=True),
        "min_samples_leaf": Range(5, 100, log=True),
        "subsample": Range(0.5, 1.0),
        "max_features": Range(0.1, 0.6),
    },
}


def given(config: TrainingConfig) -> dict[str, float]:
    """What the run was told of the hyperparameters that are searched."""
    return {name: getattr(config.parameters, name) for name in SPACE[config.estimator]}


def suggest(trial: Trial, config: TrainingConfig) -> TrainingConfig:
    """``config`` with the hyperparameters of a trial."""
    told = given(config)
    ranges = {name: space.including(told[name]) for name, space in SPACE[config.estimator].items()}
    values = {name: space.suggest(trial, name) for name, space in ranges.items()}
    return config.with_parameters(**values)
