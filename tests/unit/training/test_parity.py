from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import pytest

from scorer.errors import BundleError
from scorer.model.bundle import ModelBundle
from scorer.model.session import ModelSession
from training.bundles.build import build_bundle, reference_values
from training.bundles.parity import prove_parity
from training.bundles.sample import proof_rows
from training.config import ModelConfig, TrainingConfig
from training.datasets.dataset import Dataset, Rows
from training.datasets.split import Split, SplitPlan, split
from training.errors import ParityError
from training.models.model import TrainedModel, fit
from training.models.threshold import Thresholds


@pytest.fixture(scope="module")
def sides(dataset: Dataset) -> Split:
    return split(dataset, SplitPlan.of(TrainingConfig(), dataset), remove_known_accounts=True)


@pytest.fixture(scope="module")
def model(dataset: Dataset, sides: Split) -> TrainedModel:
    config = ModelConfig(n_estimators=60, learning_rate=0.2)
    return fit(config, dataset.features[sides.train], sides.train_fraud)


@pytest.fixture(scope="module")
def proof(dataset: Dataset, model: TrainedModel) -> Rows:
    return proof_rows(dataset.features, model.probabilities(dataset.features), 10_000)


@pytest.fixture(scope="module")
def bundle(dataset: Dataset, sides: Split, model: TrainedModel, proof: Rows) -> ModelBundle:
    thresholds = Thresholds(0.05, 0.5).clear_of(model.probabilities(proof))
    return build_bundle(model, dataset, sides, thresholds, golden_rows=64, training={"train": "x"})


def tampered(model: bytes, leaf: int, amount: float) -> bytes:
    """The same model with one leaf raised."""
    graph = onnx.load_from_string(model)
    for attribute in graph.graph.node[0].attribute:
        if attribute.name == "class_weights":
            attribute.floats[leaf] += amount
    return bytes(graph.SerializeToString())


def test_the_gate_passes_an_honest_bundle(
    bundle: ModelBundle, model: TrainedModel, proof: Rows, tmp_path: Path
) -> None:
    bundle.write(tmp_path)
    report = prove_parity(ModelBundle.read(tmp_path), model, proof)
    assert report.rows == 10_000
    assert report.rows_with_missing >= 5_000
    assert report.greatest_difference <= 1e-5


def test_the_gate_refuses_a_leaf_that_was_raised(
    bundle: ModelBundle, model: TrainedModel, proof: Rows
) -> None:
    with pytest.raises(ParityError):
        prove_parity(replace(bundle, model=tampered(bundle.model, 3, 0.05)), model, proof)


def test_the_gate_compares_more_than_the_golden_rows(
    bundle: ModelBundle, model: TrainedModel, proof: Rows
) -> None:
    altered = replace(bundle, model=tampered(bundle.model, 3, 0.05))
    golden = altered.golden_rows[:1]
    forged = ModelSession(altered.model).probabilities(golden)
    forged_bundle = replace(altered, golden_rows=golden, golden_probabilities=forged)
    with pytest.raises(ParityError, match="is served as"):
        prove_parity(forged_bundle, model, proof)


def test_the_gate_refuses_another_decision_within_the_tolerance(
    bundle: ModelBundle, model: TrainedModel, proof: Rows
) -> None:
    served = ModelSession(bundle.model).probabilities(proof).astype(np.float64)
    trained = model.probabilities(proof).astype(np.float64)
    row = int(np.argmax(np.abs(served - trained)))
    assert served[row] != trained[row]
    between = float(served[row] + trained[row]) / 2
    manifest = bundle.manifest.model_copy(
        update={"review_threshold": between, "decline_threshold": 1.0}
    )
    with pytest.raises(ParityError, match="decided differently"):
        prove_parity(replace(bundle, manifest=manifest), model, proof)


def test_a_file_replaced_on_disk_is_refused(bundle: ModelBundle, tmp_path: Path) -> None:
    bundle.write(tmp_path)
    (tmp_path / "model.onnx").write_bytes(tampered(bundle.model, 3, 0.05))
    with pytest.raises(BundleError, match="SHA-256"):
        ModelBundle.read(tmp_path)


def test_a_model_that_cannot_run_is_refused(
    bundle: ModelBundle, model: TrainedModel, proof: Rows
) -> None:
    with pytest.raises(ParityError, match="would not serve"):
        prove_parity(replace(bundle, model=bundle.model[:100]), model, proof)


def test_golden_rows_reach_from_approve_to_decline_and_have_gaps(bundle: ModelBundle) -> None:
    probabilities = bundle.golden_probabilities
    assert bundle.golden_rows.shape == (64, len(bundle.manifest.feature_names))
    assert probabilities.min() < bundle.manifest.review_threshold
    assert probabilities.max() > bundle.manifest.decline_threshold
    assert np.isnan(bundle.golden_rows).all(axis=1).sum() == 1


def test_reference_values_are_medians_and_missing_where_most_are() -> None:
    rows = np.array([[1, np.nan], [2, np.nan], [np.nan, np.nan], [9, 4]], np.float32)
    assert reference_values(rows).tolist()[0] == 2.0
    assert np.isnan(reference_values(rows)[1])
