"""From rows to a model and the thresholds that go with it."""

from typing import Any

import numpy as np
import numpy.typing as npt

from training.config import EstimatorName, TrainingConfig
from training.datasets.dataset import Dataset, Rows
from training.datasets.split import Split
from training.models.calibration import fit_calibration
from training.models.model import fit
from training.models.scikit import fit_scikit
from training.models.threshold import Thresholds, choose_thresholds
from training.models.trained import Trained
from training.progress import Progress


def fit_with_thresholds(
    config: TrainingConfig, dataset: Dataset, sides: Split, progress: Progress
) -> tuple[Trained, Thresholds]:
    """Choose thresholds by a model that has not seen the validation days, then fit on all.

    Args:
        config: Parameters, budgets and the number of validation days.
        dataset: Where the rows are.
        sides: Which of them are learned from.
        progress: Told of both fits.

    Raises:
        SplitError: The days before validation hold no known fraud.
        MetricsError: The validation days hold no genuine payment.
        CalibrationError: The validation days hold no known fraud.
    """
    rows, fraud = dataset.features[sides.train], sides.train_fraud
    held_out = sides.validation(dataset, config.validation_days)
    validation = rows[held_out], fraud[held_out]
    progress("fit", 0, 2)
    first = fit_one(config, rows[~held_out], fraud[~held_out], validation)
    if config.calibrate:
        first = first.calibrated(fit_calibration(first.margins(validation[0]), validation[1]))
    thresholds = choose_thresholds(
        validation[1],
        first.probabilities(validation[0]),
        review_fpr=config.review_fpr,
        decline_fpr=config.decline_fpr,
    )
    progress("fit", 1, 2)
    final = fit_one(config.with_parameters(n_estimators=first.best_rounds), rows, fraud)
    progress("fit", 2, 2)
    return final.calibrated(first.calibration), thresholds


def fit_one(
    config: TrainingConfig,
    rows: Rows,
    fraud: npt.NDArray[np.bool_],
    validation: tuple[Rows, npt.NDArray[Any]] | None = None,
) -> Trained:
    """Fit the estimator that ``config`` names.

    Args:
        config: Its name and parameters.
        rows: float32 [n, features], NaN for missing.
        fraud: bool [n].
        validation: Rows and labels that early stopping watches, where it is on.
    """
    if config.estimator is EstimatorName.RANDOM_FOREST:
        return fit_scikit(config.estimator, config.forest, rows, fraud)
    if config.estimator is EstimatorName.GRADIENT_BOOSTING:
        return fit_scikit(config.estimator, config.boosting, rows, fraud)
    stopping = config.early_stopping_rounds
    return fit(config.model, rows, fraud, validation=validation, early_stopping_rounds=stopping)
