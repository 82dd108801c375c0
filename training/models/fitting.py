"""From rows to a model and the thresholds that go with it."""

from training.config import TrainingConfig
from training.datasets.dataset import Dataset
from training.datasets.split import Split
from training.models.model import TrainedModel, fit
from training.models.threshold import Thresholds, choose_thresholds
from training.progress import Progress


def fit_with_thresholds(
    config: TrainingConfig, dataset: Dataset, sides: Split, progress: Progress
) -> tuple[TrainedModel, Thresholds]:
    """Choose thresholds by a model that has not seen the validation days, then fit on all.

    Args:
        config: Parameters, budgets and the number of validation days.
        dataset: Where the rows are.
        sides: Which of them are learned from.
        progress: Told of both fits.

    Raises:
        SplitError: The days before validation hold no known fraud.
        MetricsError: The validation days hold no genuine payment.
    """
    rows, fraud = dataset.features[sides.train], sides.train_fraud
    held_out = sides.validation(dataset, config.validation_days)
    validation = rows[held_out], fraud[held_out]
    progress("fit", 0, 2)
    first = fit(
        config.model,
        rows[~held_out],
        fraud[~held_out],
        validation=validation,
        early_stopping_rounds=config.early_stopping_rounds,
    )
    thresholds = choose_thresholds(
        validation[1],
        first.probabilities(validation[0]),
        review_fpr=config.review_fpr,
        decline_fpr=config.decline_fpr,
    )
    progress("fit", 1, 2)
    final = config.model.model_copy(update={"n_estimators": first.best_rounds})
    model = fit(final, rows, fraud)
    progress("fit", 2, 2)
    return model, thresholds
