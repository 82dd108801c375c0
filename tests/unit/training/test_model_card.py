from pathlib import Path

import pytest

from training.config import ModelConfig, TrainingConfig
from training.environment import LIBRARIES, Environment
from training.model_card import model_card
from training.report import TrainingReport
from training.run import train

HEADINGS = [
    "Model details",
    "Intended use",
    "Factors",
    "Metrics",
    "Evaluation data",
    "Training data",
    "Quantitative analyses",
    "Ethical considerations",
    "Caveats and recommendations",
]
"""Of Mitchell et al. 2019, in their order."""


@pytest.fixture(scope="module")
def report(folder: Path) -> TrainingReport:
    trees = ModelConfig(n_estimators=40, learning_rate=0.2)
    return train(TrainingConfig(model=trees, parity_rows=500, calibrate=True), folder)


def test_the_card_says_what_the_report_does(report: TrainingReport) -> None:
    environment = Environment.of_this_process()
    card = model_card(report, environment)
    found = [line.removeprefix("## ") for line in card.splitlines() if line.startswith("## ")]
    assert found == HEADINGS
    within = report.metrics.intervals["average_precision"]
    value = report.metrics.average_precision
    assert f"| average precision | {value:.4f} | {within.low:.4f} to {within.high:.4f} |" in card
    caught = report.metrics.by_kind["stolen_card"]
    assert f"| stolen card | {caught.frauds} | {caught.caught} | {caught.recall:.1%} |" in card
    assert f"{report.metrics.payments:,} payments of {report.split.plan.test}" in card
    for band, found_in in report.metrics.by_amount.items():
        assert f"| amount {band.replace('_', ' ')} | {found_in.frauds} |" in card
    assert "sigmoid(" in card
    assert not [line for line in card.splitlines() if line != line.rstrip()]
    for told in (report.dataset_id, environment.lock_sha256, "2026-02-03 00:00 UTC"):
        assert told in card


def test_the_environment_is_what_runs() -> None:
    environment = Environment.of_this_process()
    assert environment.lock is not None
    assert set(environment.versions) == {"python", *LIBRARIES}
    missing = {name for name, found in environment.versions.items() if found == "none"}
    assert missing == set()


def test_without_a_lock_the_digest_is_unknown(tmp_path: Path) -> None:
    environment = Environment(None, {"python": "3.12"})
    environment.write(tmp_path)
    assert environment.lock_sha256 == "unknown"
    assert [path.name for path in tmp_path.iterdir()] == ["versions.json"]
