"""The files that a run leaves beside its model, so that it can be understood and run again."""

from functools import partial
from pathlib import Path
from typing import Final

from training.datasets.dataset import Dataset
from training.drift.make import write_reference
from training.environment import Environment
from training.model_card import model_card
from training.models.threshold import Thresholds
from training.quality.curves import Curves
from training.quality.evaluate import bundle_probabilities
from training.quality.plots import save_plots
from training.report import TrainingReport
from training.source import TrainingSource

CONFIG_FILE: Final = "config.json"
CARD_FILE: Final = "model_card.md"
DATASET_FILE: Final = "dataset/manifest.json"
ENVIRONMENT_FOLDER: Final = "environment"
DRIFT_FOLDER: Final = "drift"
TRIALS_FILE: Final = "search/trials.csv"
VERSIONS_FILE: Final = "environment/versions.json"


def write_artifacts(
    folder: Path, report: TrainingReport, source: TrainingSource, environment: Environment
) -> None:
    """Write configuration, model card, manifest of the data, environment, reference for drift.

    Args:
        folder: Made if need be; laid out as the run's artifacts are.
        report: Of the run.
        source: What it learned from.
        environment: What it ran in.
    """
    (folder / DATASET_FILE).parent.mkdir(parents=True, exist_ok=True)
    (folder / DATASET_FILE).write_text(source.manifest, encoding="utf-8")
    (folder / CONFIG_FILE).write_text(report.config.model_dump_json(indent=2), encoding="utf-8")
    (folder / CARD_FILE).write_text(model_card(report, environment), encoding="utf-8")
    environment.write(folder / ENVIRONMENT_FOLDER)
    if report.search is not None:
        report.search.write(folder / TRIALS_FILE)
    score = partial(bundle_probabilities, report.bundle, source.dataset)
    threshold = report.bundle.manifest.review_threshold
    write_reference(folder / DRIFT_FOLDER, source.dataset, report.split, score, threshold)


def draw_plots(folder: Path, report: TrainingReport, dataset: Dataset) -> Path:
    """Draw what the model does on the test, the numbers beside it; returns the folder."""
    rows, manifest = report.split.test, report.bundle.manifest
    fraud, probabilities = dataset.fraud[rows], bundle_probabilities(report.bundle, dataset, rows)
    thresholds = Thresholds(manifest.review_threshold, manifest.decline_threshold)
    save_plots(folder, fraud, probabilities, thresholds, report.gains)
    Curves.of(fraud, probabilities, report.gains).write(folder)
    return folder
