"""The trained model as ONNX, in the one form that the scorer takes."""

import onnx
from onnx import TensorProto, helper

from scorer.model.session import OUTPUT
from training.bundles.calibrate import append, fold, is_logistic
from training.bundles.convert import convert
from training.models.trained import Trained

OPSET = 21
TREES_OPSET = 3
IR_VERSION = 10


def to_onnx(model: Trained, n_features: int) -> bytes:
    """Convert a model to an ONNX file.

    Input ``features`` float32 [rows, n_features], NaN for missing; output ``probability`` float32
    [rows, 2], genuine and fraud, or [rows, 1], fraud, after the calibration if there is one.
    """
    converted = convert(model, n_features)
    nodes, output = converted.nodes, converted.output
    constants: list[TensorProto] = []
    if model.calibration is not None:
        if is_logistic(converted.trees):
            fold(converted.trees, model.calibration)
        else:
            more, constants = append(converted.trees, model.calibration)
            nodes = [*nodes, *more]
            output = helper.make_tensor_value_info(OUTPUT, TensorProto.FLOAT, [None, 1])
    exported = helper.make_model(
        helper.make_graph(nodes, "fraud", converted.inputs, [output], constants),
        opset_imports=[
            helper.make_opsetid("", OPSET),
            helper.make_opsetid("ai.onnx.ml", TREES_OPSET),
        ],
        ir_version=IR_VERSION,
        producer_name="fraud-platform",
    )
    onnx.checker.check_model(exported, full_check=True)
    return bytes(exported.SerializeToString())
