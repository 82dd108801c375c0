"""Runs a model: feature rows in, probabilities out."""

import numpy as np
import numpy.typing as npt
import onnxruntime as ort

from scorer.errors import BundleError, ModelError

type Rows = npt.NDArray[np.float32]

INPUT = "features"
OUTPUT = "probability"


def session_options() -> ort.SessionOptions:
    """One thread that does not spin: a second core would only add waiting to a row of 15 us."""
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.execution_mode = ort.ExecutionMode.ORT_SEQUENTIAL
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_ENABLE_ALL
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.add_session_config_entry("session.inter_op.allow_spinning", "0")
    options.log_severity_level = 3
    return options


class ModelSession:
    """An ONNX model made ready to run; may be called from any thread.

    Making one holds the interpreter in two stretches of about a millisecond for 300 trees, since
    ONNX Runtime does not let go of it there (microsoft/onnxruntime#27063); running does not.

    Raises:
        BundleError: The bytes are not a model, or not one with the expected input and output.
    """

    def __init__(self, model: bytes) -> None:
        try:
            self._session = ort.InferenceSession(
                model, session_options(), providers=["CPUExecutionProvider"]
            )
        except Exception as exc:  # ONNX Runtime's exceptions have no common base but this
            raise BundleError(f"the model cannot be loaded: {exc}") from exc
        self._check_signature()
        self._outputs = [OUTPUT]

    def probability(self, row: Rows) -> float:
        """The probability of fraud of one payment.

        Args:
            row: float32 [1, features].

        Raises:
            ModelError: The model failed.
        """
        return float(self._run(row).item(-1))

    def probabilities(self, rows: Rows) -> Rows:
        """The probabilities of fraud, float32 [k].

        Args:
            rows: float32 [k, features].

        Raises:
            ModelError: The model failed.
        """
        result: Rows = self._run(rows).reshape(len(rows), -1)[:, -1]
        return result

    def _run(self, rows: Rows) -> Rows:
        try:
            result: Rows = self._session.run(self._outputs, {INPUT: rows})[0]
        except Exception as exc:  # as above
            raise ModelError(f"the model failed: {exc}") from exc
        return result

    def _check_signature(self) -> None:
        inputs = {node.name: node.type for node in self._session.get_inputs()}
        outputs = {node.name: node.type for node in self._session.get_outputs()}
        if inputs != {INPUT: "tensor(float)"} or outputs.get(OUTPUT) != "tensor(float)":
            raise BundleError(
                f"the model takes {inputs} and gives {outputs}, "
                f"expected `{INPUT}` in and `{OUTPUT}` out, both tensor(float)"
            )
