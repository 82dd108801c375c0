"""The two converters, and what of their graphs is worth keeping."""

from dataclasses import dataclass
from typing import Any, Final

from onnx import NodeProto, ValueInfoProto
from onnxmltools import convert_xgboost
from onnxmltools.convert.common.data_types import FloatTensorType as XgboostTensor
from skl2onnx import convert_sklearn
from skl2onnx.common.data_types import FloatTensorType as ScikitTensor

from scorer.model.session import INPUT, OUTPUT
from training.models.model import TrainedModel
from training.models.scikit import ScikitModel
from training.models.trained import Trained

XGBOOST_OPSET: Final = 15
SCIKIT_OPSET: Final = {"": 18, "ai.onnx.ml": 3}
"""The greatest that each converter knows; the nodes kept are the same in later ones."""
KEPT: Final = {"Imputer", "TreeEnsembleClassifier"}


@dataclass(frozen=True, slots=True)
class Converted:
    """Nodes from features to probability, and what goes in and comes out.

    Args:
        nodes: In order; the last is the trees and gives ``probability`` float32 [rows, 2].
        inputs: ``features`` float32 [rows, features].
        output: Of the trees.
    """

    nodes: list[NodeProto]
    inputs: list[ValueInfoProto]
    output: ValueInfoProto

    @property
    def trees(self) -> NodeProto:
        """The node that decides."""
        return self.nodes[-1]


def convert(model: Trained, n_features: int) -> Converted:
    """Nodes that score as ``model`` does without its calibration.

    Raises:
        TypeError: There is no converter for such a model.
    """
    graph = _graph(model, n_features)
    nodes = [node for node in graph.node if node.op_type in KEPT]
    label, probability = nodes[-1].output
    (output,) = (output for output in graph.output if output.name in _after(graph, probability))
    # The label would be a decision at 0.5, which is nobody's: only the probability leaves.
    nodes[-1].output[:] = [label, OUTPUT]
    output.name = OUTPUT
    return Converted(nodes, list(graph.input), output)


def _graph(model: Trained, n_features: int) -> Any:
    shape = [None, n_features]
    if isinstance(model, TrainedModel):
        inputs = [(INPUT, XgboostTensor(shape))]
        return convert_xgboost(
            model.classifier, initial_types=inputs, target_opset=XGBOOST_OPSET
        ).graph
    if isinstance(model, ScikitModel):
        return convert_sklearn(
            model.pipeline,
            initial_types=[(INPUT, ScikitTensor(shape))],
            target_opset=SCIKIT_OPSET,
            options={"zipmap": False},
        ).graph
    raise TypeError(f"no converter for {type(model).__name__}")


def _after(graph: Any, name: str) -> set[str]:
    """``name``, and what is nothing but a copy of it."""
    copies = {node.output[0] for node in graph.node if node.input[:] == [name]}
    return {name, *copies}
