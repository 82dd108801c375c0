"""Every estimator, with and without a calibration: what is exported scores as what was fitted."""

import numpy as np
import pytest

from scorer.model.session import ModelSession
from training.bundles.export import to_onnx
from training.bundles.sample import masked
from training.config import BoostingConfig, EstimatorName, ForestConfig, ModelConfig, TrainingConfig
from training.datasets.dataset import Dataset, Rows
from training.errors import CalibrationError
from training.models.calibration import fit_calibration
from training.models.fitting import fit_one
from training.models.trained import Trained

CONFIG = TrainingConfig(
    model=ModelConfig(n_estimators=40, learning_rate=0.2),
    forest=ForestConfig(n_estimators=30),
    boosting=BoostingConfig(n_estimators=30, learning_rate=0.2),
)
LEARNED = 4_000


@pytest.fixture(scope="module", params=EstimatorName)
def model(dataset: Dataset, request: pytest.FixtureRequest) -> Trained:
    config = CONFIG.model_copy(update={"estimator": request.param})
    return fit_one(config, dataset.features[:LEARNED], dataset.fraud[:LEARNED])


@pytest.fixture(scope="module")
def calibrated(model: Trained, dataset: Dataset) -> Trained:
    margins = model.margins(dataset.features[LEARNED:])
    return model.calibrated(fit_calibration(margins, dataset.fraud[LEARNED:]))


@pytest.fixture(scope="module")
def rows(dataset: Dataset) -> Rows:
    return np.concatenate([dataset.features, masked(dataset.features)])


def assert_parity(model: Trained, rows: Rows) -> None:
    served = ModelSession(to_onnx(model, rows.shape[1])).probabilities(rows)
    assert np.abs(served - model.probabilities(rows)).max() <= 1e-5


def test_the_export_scores_as_the_model_does(model: Trained, rows: Rows) -> None:
    assert_parity(model, rows)


def test_the_calibration_is_in_the_export(calibrated: Trained, rows: Rows) -> None:
    assert_parity(calibrated, rows)


def test_a_steep_calibration_keeps_parity(calibrated: Trained, rows: Rows) -> None:
    assert calibrated.calibration is not None
    curve = calibrated.calibration.model_copy(update={"slope": 2.0, "intercept": 4.0})
    assert_parity(calibrated.calibrated(curve), rows)


def test_a_calibration_tells_the_number_of_frauds(calibrated: Trained, dataset: Dataset) -> None:
    told = calibrated.probabilities(dataset.features[LEARNED:]).sum()
    assert told == pytest.approx(dataset.fraud[LEARNED:].sum(), rel=0.01)


def test_a_calibration_keeps_the_order(calibrated: Trained, model: Trained, rows: Rows) -> None:
    order = np.argsort(model.margins(rows), kind="stable")
    assert (np.diff(calibrated.probabilities(rows)[order]) >= 0).all()


def test_a_model_finds_fraud_and_says_by_what(model: Trained, dataset: Dataset) -> None:
    margins = model.margins(dataset.features[LEARNED:])
    fraud = dataset.fraud[LEARNED:]
    assert margins[fraud].mean() > margins[~fraud].mean() + 1
    gains = model.gains(dataset.feature_names)
    assert sum(gains.values()) == pytest.approx(1)
    assert list(gains.values()) == sorted(gains.values(), reverse=True)


def test_a_column_that_was_always_missing_is_carried_along(dataset: Dataset) -> None:
    rows = dataset.features[:1_000].copy()
    rows[:, 0] = np.nan
    config = CONFIG.model_copy(update={"estimator": EstimatorName.RANDOM_FOREST})
    model = fit_one(config, rows, dataset.fraud[:1_000])
    assert_parity(model, np.concatenate([rows, dataset.features[:1_000]]))


@pytest.mark.parametrize(
    ("margins", "fraud", "message"),
    [
        ([1.0, 2.0], [False, False], "2 payments with 0 frauds"),
        ([3.0, 1.0, 2.5, 0.0, 1.0], [False, True, False, True, False], "slope -"),
    ],
)
def test_what_cannot_be_calibrated_is_told(
    margins: list[float], fraud: list[bool], message: str
) -> None:
    with pytest.raises(CalibrationError, match=message):
        fit_calibration(np.array(margins), np.array(fraud))
