"""The one entry point of training: a folder of payments in, a proven model version out."""

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from fraud.settings import RegistrySettings
from scorer.model.bundle import ModelBundle
from training.artifacts import draw_plots, write_artifacts
from training.bundles.build import build_bundle
from training.bundles.parity import prove_parity
from training.bundles.sample import proof_rows
from training.config import TrainingConfig
from training.environment import Environment
from training.models.fitting import fit_with_thresholds
from training.models.threshold import Thresholds
from training.models.trained import Trained
from training.progress import Progress, silent
from training.quality.evaluate import measure_bundle
from training.registry.commit import commit_sha
from training.registry.record import RunRecord
from training.registry.register import register, require_registry
from training.report import TrainingReport
from training.search.search import search
from training.source import TrainingSource


def train(
    config: TrainingConfig,
    folder: Path,
    registry: RegistrySettings | None = None,
    progress: Progress = silent,
    *,
    promote: bool | None = None,
    output: Path | None = None,
) -> TrainingReport:
    """Train on a dataset, prove the result, and register it.

    Args:
        config: Periods, budgets and parameters.
        folder: A built data set (``manifest.json``), or a history (``events.parquet`` and
            ``labels.parquet``) that is replayed and cut now.
        registry: Where the version goes; unset, nowhere.
        progress: Told of rows and steps.
        promote: Whether the new version becomes the champion, past the gate; unset, where none is.
        output: Folder to keep the bundle in; unset, it stays in the registry alone.

    Raises:
        TrainingError: The subclass and the message say at which step and why.
    """
    if registry is not None:
        require_registry(registry)
    source = TrainingSource.read(config, folder, progress)
    with TemporaryDirectory() as scratch:
        bundle, files = output or Path(scratch) / "bundle", Path(scratch) / "files"
        report = learn(config, source, bundle, progress)
        if registry is None:
            return report
        progress("register", 0, 1)
        environment = Environment.of_this_process()
        write_artifacts(files, report, source, environment)
        plots = draw_plots(Path(scratch) / "plots", report, source.dataset)
        record = RunRecord.of(report, source, environment, bundle, plots, files)
        version = register(record, registry, promote=promote)
        progress("register", 1, 1)
    return replace(report, registered=version)


def learn(
    config: TrainingConfig, source: TrainingSource, folder: Path, progress: Progress = silent
) -> TrainingReport:
    """Everything but the registry: search if so told, fit, write the bundle and prove it.

    Args:
        config: What the run is told.
        source: What it learns from.
        folder: Where the bundle is written.
        progress: Told of steps.

    Raises:
        TrainingError: The subclass and the message say at which step and why.
    """
    config, searched = source.settle(config), None
    if config.search_trials:
        config, searched = search(config, source.dataset, source.split, progress)
    model, thresholds = fit_with_thresholds(config, source.dataset, source.split, progress)
    report = _prove(config, source, model, thresholds, folder)
    return replace(report, search=searched)


def _prove(
    config: TrainingConfig,
    source: TrainingSource,
    model: Trained,
    thresholds: Thresholds,
    folder: Path,
) -> TrainingReport:
    """Write the bundle, read it back, compare and measure it as a scorer would run it."""
    dataset, sides = source.dataset, source.split
    seen = dataset.features[np.concatenate([sides.train, sides.test])]
    proof = proof_rows(seen, model.probabilities(seen), config.parity_rows)
    thresholds = thresholds.clear_of(model.probabilities(proof))
    summary = _summary(model, source)
    built = build_bundle(
        model, dataset, sides, thresholds, golden_rows=config.golden_rows, training=summary
    )
    built.write(folder)
    bundle = ModelBundle.read(folder)
    return TrainingReport(
        config=config,
        dataset_id=source.id,
        dataset_digest=dataset.digest,
        counts=dataset.counts(),
        split=sides,
        metrics=measure_bundle(bundle, dataset, sides.test),
        parity=prove_parity(bundle, model, proof),
        gains=model.gains(dataset.feature_names),
        bundle=bundle,
    )


def _summary(model: Trained, source: TrainingSource) -> dict[str, Any]:
    """What the manifest tells of the run."""
    sides = source.split
    return {
        "train": str(sides.plan.train),
        "gap": str(sides.plan.gap),
        "test": str(sides.plan.test),
        "as_of": sides.plan.cut_off.isoformat(),
        "train_payments": len(sides.train),
        "train_frauds": int(sides.train_fraud.sum()),
        "n_estimators": model.best_rounds,
        "dataset_id": source.id,
        "dataset_digest": source.dataset.digest,
        "commit": commit_sha(),
    }
