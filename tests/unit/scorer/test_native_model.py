"""A model without Python gives the bits of ONNX Runtime, by its trees where they can be read."""

import numpy as np
import onnx
import pytest

from benchmarks.load.forest import forest_bundle
from features_rs import NativeModel
from scorer.model.bundle import ModelBundle
from scorer.model.native import load_runtime
from scorer.model.session import ModelSession, Rows
from tests.unit.hindsight.trees import tree_bundle
from tests.unit.scorer.support import amount_bundle

MANY = 5_000


@pytest.fixture(scope="module", autouse=True)
def runtime() -> None:
    load_runtime()


def native(model: bytes, golden_rows: Rows) -> NativeModel:
    return NativeModel(model, 2, golden_rows.tolist())


def crossed(bundle: ModelBundle) -> Rows:
    """Rows with each value from some golden row, or just where a tree splits."""
    rng, golden = np.random.default_rng(5), bundle.golden_rows
    width = golden.shape[1]
    rows: Rows = golden[rng.integers(0, len(golden), (MANY, width)), np.arange(width)]
    trees = attributes(onnx.load_from_string(bundle.model))
    splits = [place for place, mode in enumerate(trees["nodes_modes"].strings) if mode != b"LEAF"]
    for row, place in enumerate(rng.choice(splits, MANY)):
        feature = trees["nodes_featureids"].ints[place]
        rows[row, feature] = trees["nodes_values"].floats[place]
    return rows


def attributes(model: onnx.ModelProto) -> dict[str, onnx.AttributeProto]:
    return {each.name: each for each in model.graph.node[0].attribute}


@pytest.mark.parametrize(
    "bundle", [tree_bundle(), forest_bundle(1), forest_bundle(300)], ids=["fitted", "one", "many"]
)
def test_trees_give_the_bits_of_the_runtime(bundle: ModelBundle) -> None:
    model, session = native(bundle.model, bundle.golden_rows), ModelSession(bundle.model)
    assert model.runs == "trees"
    rows = crossed(bundle)
    together = np.array(model.probabilities(rows.ravel().tolist(), MANY), np.float32)
    assert (together.view(np.uint32) == session.probabilities(rows).view(np.uint32)).all()
    alone = [model.probabilities(row.tolist(), 1)[0] for row in rows[:200]]
    assert alone == [session.probability(row[np.newaxis]) for row in rows[:200]]


def test_another_form_of_model_is_run_by_the_runtime() -> None:
    bundle = amount_bundle()
    model = native(bundle.model, bundle.golden_rows)
    assert model.runs == "onnxruntime"
    found = model.probabilities(bundle.golden_rows.ravel().tolist(), len(bundle.golden_rows))
    assert found == ModelSession(bundle.model).probabilities(bundle.golden_rows).tolist()


def edited(**changes: object) -> bytes:
    """The model of a few trees with attributes of its node changed; None takes one away."""
    model = onnx.load_from_string(forest_bundle(3).model)
    node = model.graph.node[0]
    for name, value in changes.items():
        for attribute in [each for each in node.attribute if each.name == name]:
            node.attribute.remove(attribute)
        if value is not None:
            node.attribute.append(onnx.helper.make_attribute(name, value))
    return bytes(model.SerializeToString())


@pytest.mark.parametrize(
    "changes",
    [
        {"nodes_modes": ["BRANCH_LEQ" if n % 31 < 15 else "LEAF" for n in range(93)]},
        {"post_transform": "SOFTMAX"},
        {"base_values": [0.5, 0.25]},
        {"classlabels_int64s": [1, 0]},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_trees_of_another_kind_are_left_to_the_runtime(changes: dict[str, object]) -> None:
    rows, file = forest_bundle(3).golden_rows, edited(**changes)
    model = native(file, rows)
    assert model.runs == "onnxruntime"
    found = model.probabilities(rows.ravel().tolist(), len(rows))
    assert found == ModelSession(file).probabilities(rows).tolist()


def test_trees_without_a_base_or_missing_values_are_read() -> None:
    rows = forest_bundle(3).golden_rows
    file = edited(base_values=None, nodes_missing_value_tracks_true=None)
    model = native(file, rows)
    assert model.runs == "trees"
    found = model.probabilities(rows.ravel().tolist(), len(rows))
    assert found == ModelSession(file).probabilities(rows).tolist()


def test_a_row_of_another_width_is_an_error() -> None:
    bundle = forest_bundle(3)
    model = native(bundle.model, bundle.golden_rows)
    with pytest.raises(RuntimeError, match="short"):
        model.probabilities(bundle.golden_rows[0, :5].tolist(), 1)
