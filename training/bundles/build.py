"""Puts together what a scorer needs to trust a trained model."""

from collections.abc import Mapping
from typing import Any, Final

import numpy as np

from features_rs import contract
from scorer.model.bundle import ModelBundle
from training.bundles.export import to_onnx
from training.bundles.sample import masked, spread
from training.datasets.dataset import Dataset, Rows
from training.datasets.split import Split
from training.models.threshold import Thresholds
from training.models.trained import Trained

MASKED_SHARE: Final = 0.25
MOSTLY: Final = 0.5


def build_bundle(
    model: Trained,
    dataset: Dataset,
    split: Split,
    thresholds: Thresholds,
    *,
    golden_rows: int,
    training: Mapping[str, Any],
) -> ModelBundle:
    """Export ``model`` with thresholds, reference values and golden rows.

    Args:
        model: What was fitted.
        dataset: What it was fitted on.
        split: Which rows of it.
        thresholds: Of review and decline.
        golden_rows: How many; a quarter of them with values masked, one with all.
        training: Summary of the run for the manifest.
    """
    rows = dataset.features[split.train]
    golden = _golden_rows(model, rows, golden_rows)
    return ModelBundle.create(
        model=to_onnx(model, rows.shape[1]),
        contract=contract(),
        review_threshold=thresholds.review,
        decline_threshold=thresholds.decline,
        reference=reference_values(rows[~split.train_fraud]).tolist(),
        golden_rows=golden,
        golden_probabilities=model.probabilities(golden),
        training=training,
        trees=model.trees,
        estimator=model.estimator,
        calibration=model.calibration,
    )


def reference_values(genuine: Rows) -> Rows:
    """Each feature's median over ``genuine``, float32 [features].

    NaN where it is missing in most payments: missing is then what is ordinary.
    """
    missing = np.isnan(genuine).mean(axis=0) > MOSTLY
    result = np.full(genuine.shape[1], np.nan, np.float32)
    result[~missing] = np.nanmedian(genuine[:, ~missing], axis=0)
    return result


def _golden_rows(model: Trained, rows: Rows, count: int) -> Rows:
    """Rows from the least to the most suspect, some of them with gaps."""
    golden = rows[spread(model.probabilities(rows), count)]
    first_masked = count - int(count * MASKED_SHARE)
    golden[first_masked:] = masked(golden[first_masked:])
    return golden
