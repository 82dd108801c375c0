"""The trained model as ONNX, in the one form that the scorer takes."""

import onnx
from onnx import helper
from onnxmltools import convert_xgboost
from onnxmltools.convert.common.data_types import FloatTensorType

from scorer.model.session import INPUT, OUTPUT
from training.models.model import TrainedModel

OPSET = 21
TREES_OPSET = 3
IR_VERSION = 10
CONVERTER_OPSET = 15
"""The greatest that the converter knows; the graph holds only the tree operator, whose own
version is set below."""


def to_onnx(model: TrainedModel, n_features: int) -> bytes:
    """Convert trees to an ONNX file.

    Input ``features`` float32 [rows, n_features], NaN taking each split's default branch; output
    ``probability`` float32 [rows, 2], genuine and fraud.
    """
    inputs = [(INPUT, FloatTensorType([None, n_features]))]
    graph = convert_xgboost(
        model.classifier, initial_types=inputs, target_opset=CONVERTER_OPSET
    ).graph
    (trees,) = graph.node
    label, probability = trees.output
    outputs = [output for output in graph.output if output.name == probability]
    # The label would be a decision at 0.5, which is nobody's: only the probability leaves.
    trees.output[:] = [label, OUTPUT]
    outputs[0].name = OUTPUT
    exported = helper.make_model(
        helper.make_graph([trees], "fraud", graph.input, outputs),
        opset_imports=[
            helper.make_opsetid("", OPSET),
            helper.make_opsetid("ai.onnx.ml", TREES_OPSET),
        ],
        ir_version=IR_VERSION,
        producer_name="fraud-platform",
    )
    onnx.checker.check_model(exported, full_check=True)
    return bytes(exported.SerializeToString())
