"""The one entry point of training: a folder of history in, a proven model version out."""

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from fraud.settings import RegistrySettings
from scorer.model.bundle import ModelBundle
from training.bundles.build import build_bundle
from training.bundles.parity import prove_parity
from training.bundles.sample import proof_rows
from training.config import TrainingConfig
from training.datasets.dataset import Dataset
from training.datasets.history import History
from training.datasets.replay import replay
from training.datasets.split import Split, SplitPlan, split
from training.models.fitting import fit_with_thresholds
from training.models.threshold import Thresholds
from training.models.trained import Trained
from training.progress import Progress, silent
from training.quality.evaluate import bundle_probabilities, measure_bundle
from training.quality.plots import save_plots
from training.registry.commit import commit_sha
from training.registry.record import RunRecord
from training.registry.register import register, require_registry
from training.report import TrainingReport


def train(
    config: TrainingConfig,
    folder: Path,
    registry: RegistrySettings | None = None,
    progress: Progress = silent,
    *,
    promote: bool = True,
    output: Path | None = None,
) -> TrainingReport:
    """Train on a dataset, prove the result, and register it.

    Args:
        config: Periods, budgets and parameters.
        folder: ``events.parquet`` and ``labels.parquet``.
        registry: Where the version goes; unset, nowhere.
        progress: Told of rows and steps.
        promote: Whether the new version becomes the champion.
        output: Folder to keep the bundle in; unset, it stays in the registry alone.

    Raises:
        TrainingError: The subclass and the message say at which step and why.
    """
    if registry is not None:
        require_registry(registry)
    dataset = replay(History.read(folder), progress)
    plan = SplitPlan.of(config, dataset)
    sides = split(dataset, plan, remove_known_accounts=config.remove_known_accounts)
    model, thresholds = fit_with_thresholds(config, dataset, sides, progress)
    with TemporaryDirectory() as scratch:
        bundle, plots = output or Path(scratch) / "bundle", Path(scratch) / "plots"
        report = _prove(config, dataset, sides, model, thresholds, bundle)
        if registry is None:
            return report
        progress("register", 0, 1)
        _draw(report, dataset, plots)
        record = RunRecord.of(config, report, bundle, plots)
        version = register(record, registry, promote=promote)
        progress("register", 1, 1)
    return replace(report, registered=version)


def _prove(
    config: TrainingConfig,
    dataset: Dataset,
    sides: Split,
    model: Trained,
    thresholds: Thresholds,
    folder: Path,
) -> TrainingReport:
    """Write the bundle, read it back, compare and measure it as a scorer would run it."""
    seen = dataset.features[np.concatenate([sides.train, sides.test])]
    proof = proof_rows(seen, model.probabilities(seen), config.parity_rows)
    thresholds = thresholds.clear_of(model.probabilities(proof))
    summary = _summary(model, dataset, sides)
    built = build_bundle(
        model, dataset, sides, thresholds, golden_rows=config.golden_rows, training=summary
    )
    built.write(folder)
    bundle = ModelBundle.read(folder)
    return TrainingReport(
        dataset_digest=dataset.digest,
        counts=dataset.counts(),
        split=sides,
        metrics=measure_bundle(bundle, dataset, sides.test),
        parity=prove_parity(bundle, model, proof),
        gains=model.gains(dataset.feature_names),
        bundle=bundle,
    )


def _summary(model: Trained, dataset: Dataset, sides: Split) -> dict[str, Any]:
    """What the manifest tells of the run."""
    return {
        "train": str(sides.plan.train),
        "gap": str(sides.plan.gap),
        "test": str(sides.plan.test),
        "train_payments": len(sides.train),
        "train_frauds": int(sides.train_fraud.sum()),
        "n_estimators": model.best_rounds,
        "dataset_digest": dataset.digest,
        "commit": commit_sha(),
    }


def _draw(report: TrainingReport, dataset: Dataset, folder: Path) -> None:
    rows, manifest = report.split.test, report.bundle.manifest
    save_plots(
        folder,
        dataset.fraud[rows],
        bundle_probabilities(report.bundle, dataset, rows),
        Thresholds(manifest.review_threshold, manifest.decline_threshold),
        report.gains,
    )
