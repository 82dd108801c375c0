"""What a training run is told."""

from datetime import timedelta
from enum import StrEnum
from typing import Any, Final, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from training.datasets.period import Period


class Section(BaseModel):
    """A group of choices; immutable, and an unknown name is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class EstimatorName(StrEnum):
    """What may be fitted."""

    XGBOOST = "xgboost"
    RANDOM_FOREST = "random_forest"
    GRADIENT_BOOSTING = "gradient_boosting"


SECTIONS: Final = {
    EstimatorName.XGBOOST: "model",
    EstimatorName.RANDOM_FOREST: "forest",
    EstimatorName.GRADIENT_BOOSTING: "boosting",
}
"""Estimator -> where its parameters are in :class:`TrainingConfig`."""


class ModelConfig(Section):
    """Gradient-boosted trees; names and meanings are XGBoost's.

    Shallow trees with few frauds a leaf: deeper ones learn single accounts by heart.
    """

    n_estimators: int = Field(300, ge=1)
    max_depth: int = Field(4, ge=1, le=16)
    learning_rate: float = Field(0.03, gt=0, le=1)
    min_child_weight: float = Field(5.0, ge=0)
    subsample: float = Field(0.8, gt=0, le=1)
    colsample_bytree: float = Field(0.8, gt=0, le=1)
    reg_lambda: float = Field(1.0, ge=0)
    scale_pos_weight: float = Field(1.0, gt=0)
    """Weight of a fraud. More than 1 ranks worse here and needs a calibration: decision 0011."""
    base_score: float = Field(0.01, gt=0, lt=1)
    max_bin: int = Field(256, ge=2, le=16_384)
    """Bins of equally many payments that a feature is cut into, of which two or three cover all
    high amounts: more bins cut finer there, and take longer to learn."""
    random_state: int = 0
    n_jobs: int = Field(1, ge=1)
    """Threads; they spin while they wait, which on a shared core costs more than they bring."""


class ForestConfig(Section):
    """A random forest; names and meanings are scikit-learn's."""

    n_estimators: int = Field(200, ge=1)
    max_depth: int = Field(12, ge=1, le=24)
    min_samples_leaf: int = Field(5, ge=1)
    max_features: float = Field(0.2, gt=0, le=1)
    random_state: int = 0
    n_jobs: int = Field(1, ge=1)


class BoostingConfig(Section):
    """scikit-learn's gradient boosting, and its names."""

    n_estimators: int = Field(200, ge=1)
    max_depth: int = Field(4, ge=1, le=16)
    learning_rate: float = Field(0.05, gt=0, le=1)
    min_samples_leaf: int = Field(20, ge=1)
    subsample: float = Field(0.8, gt=0, le=1)
    max_features: float = Field(0.2, gt=0, le=1)
    random_state: int = 0


class TrainingConfig(Section):
    """Periods, labels, thresholds and proof of one run."""

    train: Period | None = None
    """Days that are learned from; unset, up to four weeks before the gap."""
    gap: timedelta = timedelta(days=7)
    """From the last day of training to the moment of it: how long labels were waited for."""
    test: Period | None = None
    """Days that are measured on; unset, the dataset's last seven."""
    validation_days: int = Field(2, ge=1)
    """The last days of ``train`` on which the thresholds are chosen."""
    remove_known_accounts: bool = True
    """Leave out of the test the accounts already known as defrauded when they pay."""
    review_fpr: float = Field(0.015, gt=0, lt=1)
    """Share of genuine payments that may be reviewed or declined."""
    decline_fpr: float = Field(0.002, gt=0, lt=1)
    """Share of genuine payments that may be declined."""
    early_stopping_rounds: int | None = Field(None, ge=1)
    """Stop adding trees when this many brought nothing on the validation days."""
    parity_rows: int = Field(10_000, ge=100)
    golden_rows: int = Field(64, ge=8)
    calibrate: bool = False
    """Fit the probabilities to the validation days; see decision 0011 for when that helps."""
    search_trials: int = Field(0, ge=0)
    """Sets of hyperparameters to try at most; 0 takes those given."""
    search_seconds: float | None = Field(None, gt=0)
    """After which no further set is begun."""
    search_folds: int = Field(3, ge=2)
    """Cuts of the training that each set is measured on."""
    search_seed: int = 0
    estimator: EstimatorName = EstimatorName.XGBOOST
    model: ModelConfig = ModelConfig()
    forest: ForestConfig = ForestConfig()
    boosting: BoostingConfig = BoostingConfig()

    @property
    def parameters(self) -> ModelConfig | ForestConfig | BoostingConfig:
        """Of the estimator that is fitted."""
        section: ModelConfig | ForestConfig | BoostingConfig = getattr(
            self, SECTIONS[self.estimator]
        )
        return section

    def with_parameters(self, **values: Any) -> Self:
        """The same with other parameters of the estimator, checked.

        >>> TrainingConfig().with_parameters(max_depth=3).model.max_depth
        3
        """
        changed = type(self.parameters).model_validate({**self.parameters.model_dump(), **values})
        return self.model_copy(update={SECTIONS[self.estimator]: changed})

    @model_validator(mode="after")
    def _only_xgboost_stops_early(self) -> Self:
        if self.early_stopping_rounds and self.estimator is not EstimatorName.XGBOOST:
            raise ValueError(f"early_stopping_rounds is not for {self.estimator.value}")
        return self

    @model_validator(mode="after")
    def _declines_are_reviews_too(self) -> Self:
        if self.decline_fpr > self.review_fpr:
            raise ValueError(
                f"decline_fpr {self.decline_fpr} exceeds review_fpr {self.review_fpr}, "
                "which includes it"
            )
        return self
