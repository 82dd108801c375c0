"""The model as every rival runs it: the file RIVAL_MODEL, with the platform's own options."""

import os

import numpy as np
import onnxruntime


def load() -> onnxruntime.InferenceSession:
    """One thread that does not spin, as in scorer/model/session.py."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.add_session_config_entry("session.inter_op.allow_spinning", "0")
    return onnxruntime.InferenceSession(
        os.environ["RIVAL_MODEL"], options, providers=["CPUExecutionProvider"]
    )


def probability(session: onnxruntime.InferenceSession, rows: np.ndarray) -> float:
    """Of fraud, for float32 [1, features]."""
    return float(session.run(["probability"], {"features": rows})[0].item(-1))
