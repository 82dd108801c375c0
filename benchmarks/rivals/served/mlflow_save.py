"""Saves RIVAL_MODEL as MLflow's ONNX flavour in the folder given, for `mlflow models serve`.

https://mlflow.org/docs/latest/ml/deployment/deploy-model-locally/
"""

import os
import shutil
import sys

import mlflow.onnx
import numpy as np
import onnx
from mlflow.models import ModelSignature
from mlflow.types import Schema, TensorSpec

OPTIONS = {"intra_op_num_threads": 1, "inter_op_num_threads": 1, "execution_mode": "sequential"}


def main(folder: str) -> None:
    """Replace what is there."""
    shutil.rmtree(folder, ignore_errors=True)
    model = onnx.load(os.environ["RIVAL_MODEL"])
    width = model.graph.input[0].type.tensor_type.shape.dim[1].dim_value
    features = TensorSpec(np.dtype(np.float32), (-1, width), "features")
    probability = TensorSpec(np.dtype(np.float32), (-1, -1), "probability")
    mlflow.onnx.save_model(
        model,
        folder,
        signature=ModelSignature(Schema([features]), Schema([probability])),
        onnx_session_options=OPTIONS,
        onnx_execution_providers=["CPUExecutionProvider"],
        pip_requirements=[],
    )


if __name__ == "__main__":
    main(sys.argv[1])
