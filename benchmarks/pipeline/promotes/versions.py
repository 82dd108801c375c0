"""Versions to swap: models as training makes them, in a registry."""

from pathlib import Path
from typing import Final

import numpy as np

from features_rs import contract
from fraud.settings import RegistrySettings
from scorer.model.bundle import ModelBundle
from training.bundles.export import to_onnx
from training.config import ModelConfig
from training.models.model import fit
from training.registry.record import RunRecord
from training.registry.register import register

ROWS: Final = 5_000


def make_bundle(seed: int) -> ModelBundle:
    """300 trees of depth 4, as training makes them unless told otherwise."""
    rng = np.random.default_rng(seed)
    rows = rng.normal(size=(ROWS, len(contract().names))).astype(np.float32)
    rows[rng.random(rows.shape) < 0.1] = np.nan
    fraud = np.nan_to_num(rows[:, :8]).sum(axis=1) > 6
    model = fit(ModelConfig(random_state=seed), rows, fraud)
    return ModelBundle.create(
        model=to_onnx(model, rows.shape[1]),
        contract=contract(),
        review_threshold=0.5,
        decline_threshold=0.9,
        reference=[0.0] * rows.shape[1],
        golden_rows=rows[:16],
        golden_probabilities=model.probabilities(rows[:16]),
    )


def register_versions(settings: RegistrySettings, folder: Path, count: int) -> list[str]:
    """Put models of different seeds into the registry; returns their numbers."""
    return [_register(make_bundle(seed), settings, folder / str(seed)) for seed in range(count)]


def _register(bundle: ModelBundle, settings: RegistrySettings, folder: Path) -> str:
    bundle.write(folder / "bundle")
    (folder / "plots").mkdir()
    (folder / "plots" / "none.txt").write_text("")
    tags = {"model_sha256": bundle.manifest.model_sha256}
    record = RunRecord({}, {}, tags, folder / "bundle", folder / "plots")
    return register(record, settings, promote=False).version
