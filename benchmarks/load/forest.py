"""Models of any size: trees drawn by chance, for what depends on how many there are."""

from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper

from features_rs import contract
from scorer.model.bundle import ModelBundle
from scorer.model.session import INPUT, OUTPUT, ModelSession

DEPTH = 4
"""As trained ones have."""
LARGEST = 100.0
BIAS = -3.0
REVIEW, DECLINE = 0.3, 0.9

type Rows = npt.NDArray[np.float32]


def forest_bundle(trees: int, seed: int = 1) -> ModelBundle:
    """A bundle whose model is a sum of ``trees`` random trees, exported as trained ones are.

    Args:
        trees: Each of depth 4, splitting on features drawn evenly.
        seed: Another seed is another model.
    """
    model = forest_model(trees, seed)
    rows = golden_rows(seed)
    return ModelBundle.create(
        model=model,
        contract=contract(),
        review_threshold=REVIEW,
        decline_threshold=DECLINE,
        reference=[0.0] * rows.shape[1],
        golden_rows=rows,
        golden_probabilities=np.asarray(ModelSession(model).probabilities(rows), np.float32),
    )


def forest_model(trees: int, seed: int = 1) -> bytes:
    """The ONNX file alone."""
    width = len(contract().names)
    attributes = _trees(trees, width, np.random.default_rng(seed))
    node = helper.make_node(
        "TreeEnsembleClassifier",
        [INPUT],
        ["label", OUTPUT],
        domain="ai.onnx.ml",
        post_transform="LOGISTIC",
        classlabels_int64s=[0, 1],
        **attributes,
    )
    graph = helper.make_graph(
        [node],
        "forest",
        [helper.make_tensor_value_info(INPUT, TensorProto.FLOAT, [None, width])],
        [helper.make_tensor_value_info(OUTPUT, TensorProto.FLOAT, [None, 2])],
    )
    opsets = [helper.make_opsetid("", 21), helper.make_opsetid("ai.onnx.ml", 3)]
    model = helper.make_model(graph, opset_imports=opsets, ir_version=10)
    onnx.checker.check_model(model)
    serialized: bytes = model.SerializeToString()
    return serialized


def golden_rows(seed: int, count: int = 8) -> Rows:
    """Feature rows with NaN in some places."""
    width = len(contract().names)
    rows = np.random.default_rng(seed).uniform(0, LARGEST, (count, width)).astype(np.float32)
    rows[::2, ::3] = np.nan
    return rows


def _trees(trees: int, width: int, draw: np.random.Generator) -> dict[str, Any]:
    """Whole binary trees, each node's children at twice its place and one more."""
    inner, all_nodes = 2**DEPTH - 1, 2 ** (DEPTH + 1) - 1
    place = np.tile(np.arange(all_nodes), trees)
    tree = np.repeat(np.arange(trees), all_nodes)
    is_inner = place < inner
    leaves = ~is_inner
    scale = 1.5 / np.sqrt(trees)
    return {
        "base_values": [BIAS],
        "nodes_treeids": tree,
        "nodes_nodeids": place,
        "nodes_featureids": np.where(is_inner, draw.integers(0, width, len(place)), 0),
        "nodes_values": np.where(is_inner, draw.exponential(LARGEST / 10, len(place)), 0.0),
        "nodes_modes": ["BRANCH_LT" if each else "LEAF" for each in is_inner],
        "nodes_truenodeids": np.where(is_inner, 2 * place + 1, 0),
        "nodes_falsenodeids": np.where(is_inner, 2 * place + 2, 0),
        "nodes_missing_value_tracks_true": np.where(is_inner, draw.integers(0, 2, len(place)), 0),
        "class_treeids": tree[leaves],
        "class_nodeids": place[leaves],
        "class_ids": np.zeros(int(leaves.sum()), int),
        "class_weights": draw.normal(0, scale, int(leaves.sum())),
    }
