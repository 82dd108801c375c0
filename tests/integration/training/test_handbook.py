"""The main job on data that nobody here made up, with the published split."""

import os
import sys
from pathlib import Path

import pytest

from features_rs import contract
from simulator import import_handbook
from training.config import TrainingConfig
from training.datasets.period import Period
from training.report import TrainingReport
from training.run import train

NAME = "handbook_2018-04-01_2018-08-14.parquet"
ROOT = Path(__file__).parents[3]
PAYMENTS = 1_303_778
CONFIG = TrainingConfig(
    train=Period.parse("2018-07-25..2018-07-31"), test=Period.parse("2018-08-08..2018-08-14")
)

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    source = Path(os.environ.get("FRAUD_TEST_DATA", ROOT / ".." / "shared" / "data"))
    if not (source / NAME).exists():
        pytest.skip(f"no {NAME} in {source}; set FRAUD_TEST_DATA to the folder that has it")
    imported = tmp_path_factory.mktemp("handbook")
    import_handbook(source / NAME, imported)
    return imported


@pytest.fixture(scope="module")
def report(folder: Path) -> TrainingReport:
    return train(CONFIG, folder)


def test_the_split_is_the_published_one(report: TrainingReport) -> None:
    assert report.counts["payments"] == PAYMENTS
    assert len(report.split.train) == 67_240
    assert report.metrics.payments == 58_264
    assert report.metrics.frauds == 385
    # After seven days of waiting every label of the training days is known.
    assert report.split.train_fraud.sum() == 598


def test_it_beats_the_best_published_baseline(
    report: TrainingReport, capsys: pytest.CaptureFixture[str]
) -> None:
    """Random forest, Le Borgne et al. 2022: average precision 0.658, AUC 0.867, CP@100 0.287."""
    metrics = report.metrics
    recalls = ", ".join(f"{r:.3f} at {fpr:.1%}" for fpr, r in metrics.recall_at_fpr.items())
    with capsys.disabled():
        sys.stdout.write(
            f"\naverage precision {metrics.average_precision:.4f}, AUC {metrics.roc_auc:.4f}, "
            f"CP@100 {metrics.card_precision_100:.4f}, recall {recalls} false positives\n"
        )
    assert metrics.average_precision >= 0.66
    assert metrics.roc_auc >= 0.867
    assert metrics.card_precision_100 >= 0.287
    assert metrics.recall_at_fpr[0.02] >= 0.7


def test_thresholds_keep_about_their_budgets_on_unseen_days(report: TrainingReport) -> None:
    points = report.metrics.points
    assert points["review"].false_positive_rate <= 2 * CONFIG.review_fpr
    assert points["decline"].false_positive_rate <= 2 * CONFIG.decline_fpr
    assert points["decline"].precision >= 0.5


def test_the_export_is_the_model(report: TrainingReport) -> None:
    assert report.parity.rows == 10_000
    assert report.parity.greatest_difference <= 1e-5
    assert report.bundle.manifest.contract_digest == contract().digest
