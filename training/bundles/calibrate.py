"""A calibration as part of the exported graph."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

import numpy as np
from onnx import NodeProto, TensorProto, helper, numpy_helper

from scorer.model.bundle import Calibration
from scorer.model.session import OUTPUT
from training.models.scikit import LEAST_PROBABILITY

LOGISTIC: Final = b"LOGISTIC"
CLASSES: Final = "classes"


def is_logistic(trees: NodeProto) -> bool:
    """Whether the leaves of a tree node add up to log odds."""
    return bool(_attributes(trees)["post_transform"].s == LOGISTIC)


def fold(trees: NodeProto, calibration: Calibration) -> None:
    """Calibrate trees of log odds by their leaves: no node more, no microsecond more.

    ``slope * (base + sum of leaves) + intercept`` is a sum of leaves again.
    """
    attributes = _attributes(trees)
    leaves, base = attributes["class_weights"], attributes["base_values"]
    scaled = calibration.slope * np.asarray(leaves.floats, np.float64)
    leaves.floats[:] = scaled.astype(np.float32).tolist()
    (value,) = base.floats
    base.floats[:] = [calibration.slope * value + calibration.intercept]


def append(trees: NodeProto, calibration: Calibration) -> tuple[list[NodeProto], list[TensorProto]]:
    """Nodes and constants that calibrate trees of probabilities, by way of their log odds.

    Their ``probability`` becomes float32 [rows, 1].
    """
    trees.output[1] = CLASSES
    constants = {
        "least": np.array(LEAST_PROBABILITY, np.float32),
        "difference": np.array([[-1.0], [1.0]], np.float32) * np.float32(calibration.slope),
        "intercept": np.array(calibration.intercept, np.float32),
    }
    nodes = [
        helper.make_node("Max", [CLASSES, "least"], ["clipped"]),
        helper.make_node("Log", ["clipped"], ["logs"]),
        helper.make_node("MatMul", ["logs", "difference"], ["margin"]),
        helper.make_node("Add", ["margin", "intercept"], ["curve"]),
        helper.make_node("Sigmoid", ["curve"], [OUTPUT]),
    ]
    return nodes, list(_tensors(constants.items()))


def _attributes(node: NodeProto) -> Mapping[str, Any]:
    return {attribute.name: attribute for attribute in node.attribute}


def _tensors(constants: Iterable[tuple[str, Any]]) -> Iterable[TensorProto]:
    return (numpy_helper.from_array(values, name) for name, values in constants)
