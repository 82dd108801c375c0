import numpy as np
import pytest

from scorer.model.session import ModelSession
from training.bundles.export import to_onnx
from training.bundles.sample import masked
from training.config import ModelConfig
from training.datasets.dataset import Dataset
from training.models.model import TrainedModel, fit

CONFIG = ModelConfig(n_estimators=60, learning_rate=0.2)


@pytest.fixture(scope="module")
def model(dataset: Dataset) -> TrainedModel:
    return fit(CONFIG, dataset.features, dataset.fraud)


def test_the_same_rows_give_the_same_model(dataset: Dataset, model: TrainedModel) -> None:
    again = fit(CONFIG, dataset.features, dataset.fraud)
    width = dataset.features.shape[1]
    assert to_onnx(again, width) == to_onnx(model, width)


def test_the_export_scores_as_the_model_does_with_and_without_gaps(
    dataset: Dataset, model: TrainedModel
) -> None:
    rows = np.concatenate([dataset.features, masked(dataset.features)])
    session = ModelSession(to_onnx(model, rows.shape[1]))
    difference = np.abs(session.probabilities(rows) - model.probabilities(rows))
    assert difference.max() <= 1e-5


def test_one_row_scores_as_many_do(dataset: Dataset, model: TrainedModel) -> None:
    rows = dataset.features[:200]
    session = ModelSession(to_onnx(model, rows.shape[1]))
    one_by_one = [session.probability(row[np.newaxis]) for row in rows]
    assert one_by_one == pytest.approx(session.probabilities(rows).tolist(), abs=1e-6)


def test_early_stopping_keeps_fewer_trees(dataset: Dataset) -> None:
    half = len(dataset) // 2
    stopped = fit(
        CONFIG.model_copy(update={"n_estimators": 500}),
        dataset.features[:half],
        dataset.fraud[:half],
        validation=(dataset.features[half:], dataset.fraud[half:]),
        early_stopping_rounds=5,
    )
    assert stopped.best_rounds < 500


def test_without_early_stopping_all_trees_count(model: TrainedModel) -> None:
    assert model.best_rounds == 60


def test_gains_are_shares_of_named_features(dataset: Dataset, model: TrainedModel) -> None:
    gains = model.gains(dataset.feature_names)
    assert sum(gains.values()) == pytest.approx(1)
    assert list(gains.values()) == sorted(gains.values(), reverse=True)
    assert set(gains) <= set(dataset.feature_names)
