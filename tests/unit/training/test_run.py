import shutil
from pathlib import Path

import pytest

from features_rs import contract
from fraud.settings import RegistrySettings
from scorer.errors import ContractMismatchError
from scorer.model.bundle import Calibration, ModelBundle
from training.bundles.export import to_onnx
from training.config import BoostingConfig, EstimatorName, ForestConfig, ModelConfig, TrainingConfig
from training.datasets.dataset import Dataset
from training.datasets.period import Period
from training.errors import ParityError, RegistrationError, SplitError
from training.models.threshold import Thresholds
from training.models.trained import Trained
from training.quality.evaluate import bundle_probabilities, evaluate
from training.quality.plots import FILES, save_plots
from training.report import TrainingReport
from training.run import train

CONFIG = TrainingConfig(model=ModelConfig(n_estimators=60, learning_rate=0.2), parity_rows=2_000)

SMALL = TrainingConfig(
    model=ModelConfig(n_estimators=20, learning_rate=0.2),
    forest=ForestConfig(n_estimators=20),
    boosting=BoostingConfig(n_estimators=20, learning_rate=0.2),
    parity_rows=1_000,
)


@pytest.fixture(scope="module")
def bundle_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("bundle")


@pytest.fixture(scope="module")
def report(folder: Path, bundle_folder: Path) -> TrainingReport:
    return train(CONFIG, folder, output=bundle_folder)


def test_a_folder_of_history_becomes_a_proven_bundle(
    report: TrainingReport, bundle_folder: Path
) -> None:
    manifest = ModelBundle.read(bundle_folder).manifest
    assert manifest.contract_digest == contract().digest
    assert manifest.training["dataset_digest"] == report.dataset_digest
    assert manifest.training["train"] == "2026-01-14..2026-01-26"
    assert 0 < manifest.review_threshold < manifest.decline_threshold < 1
    assert report.parity.greatest_difference <= 1e-5
    assert report.registered is None


def test_it_finds_what_there_is_to_find(report: TrainingReport) -> None:
    metrics = report.metrics
    assert metrics.average_precision > 0.5
    assert metrics.by_kind["stolen_card"].caught > 0.8 * metrics.by_kind["stolen_card"].frauds


def test_two_runs_make_the_same_model(report: TrainingReport, folder: Path) -> None:
    again = train(CONFIG, folder)
    assert again.bundle.manifest.model_sha256 == report.bundle.manifest.model_sha256
    assert again.dataset_digest == report.dataset_digest
    assert again.metrics == report.metrics


@pytest.mark.parametrize("calibrate", [False, True])
@pytest.mark.parametrize("estimator", EstimatorName)
def test_every_estimator_is_exported_as_it_was_trained(
    estimator: EstimatorName, calibrate: bool, folder: Path
) -> None:
    config = SMALL.model_copy(update={"estimator": estimator, "calibrate": calibrate})
    found = train(config, folder)
    assert found.parity.rows == 1_000
    assert found.parity.rows_with_missing >= 500
    assert found.parity.greatest_difference <= 1e-5
    manifest = found.bundle.manifest
    assert manifest.estimator == estimator.value
    assert (manifest.calibration is not None) == calibrate
    assert manifest.training["n_estimators"] == 20
    assert found.metrics.average_precision > 0.3


@pytest.mark.parametrize("estimator", EstimatorName)
def test_an_export_that_scores_otherwise_is_refused(
    estimator: EstimatorName, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slightly_off(model: Trained, n_features: int) -> bytes:
        curve = Calibration(slope=1.001, intercept=0.001)
        return to_onnx(model.calibrated(curve), n_features)

    monkeypatch.setattr("training.bundles.build.to_onnx", slightly_off)
    with pytest.raises(ParityError):
        train(SMALL.model_copy(update={"estimator": estimator}), folder)


def test_early_stopping_exports_the_trees_that_were_measured(folder: Path) -> None:
    stopped = train(CONFIG.model_copy(update={"early_stopping_rounds": 5}), folder)
    assert stopped.bundle.manifest.training["n_estimators"] < 60


def test_a_bundle_measures_on_the_same_days_as_in_its_training(
    report: TrainingReport, folder: Path
) -> None:
    metrics = evaluate(report.bundle, folder, remove_known_accounts=False)
    assert metrics.payments > report.metrics.payments
    removed = evaluate(report.bundle, folder)
    assert report.metrics.payments <= removed.payments < metrics.payments


def test_a_period_without_payments_is_named(report: TrainingReport, folder: Path) -> None:
    with pytest.raises(SplitError, match="2030-01-01"):
        evaluate(report.bundle, folder, Period.parse("2030-01-01"))


def test_a_bundle_of_another_contract_is_not_measured(
    report: TrainingReport, bundle_folder: Path, folder: Path, tmp_path: Path
) -> None:
    shutil.copytree(bundle_folder, tmp_path, dirs_exist_ok=True)
    manifest = tmp_path / "manifest.json"
    manifest.write_text(manifest.read_text().replace(contract().digest, "0" * 32))
    with pytest.raises(ContractMismatchError):
        evaluate(ModelBundle.read(tmp_path), folder)


def test_a_registry_that_is_away_is_told_before_the_work(tmp_path: Path) -> None:
    registry = RegistrySettings(url="http://127.0.0.1:9", timeout_seconds=1)
    with pytest.raises(RegistrationError, match=r"127\.0\.0\.1:9"):
        train(CONFIG, tmp_path / "no-such-folder", registry)


def test_plots_are_written(dataset: Dataset, report: TrainingReport, tmp_path: Path) -> None:
    rows = report.split.test
    save_plots(
        tmp_path,
        dataset.fraud[rows],
        bundle_probabilities(report.bundle, dataset, rows),
        Thresholds(0.05, 0.5),
        report.gains,
    )
    names = {path.name for path in tmp_path.iterdir()}
    assert names == set(FILES)
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in tmp_path.iterdir())
