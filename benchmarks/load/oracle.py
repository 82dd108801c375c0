"""What the scorer must answer, worked out offline: the kernel in batch, then the bare model."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnxruntime
import pyarrow as pa

from benchmarks.load.errors import WrongAnswerError
from features_rs import Store
from fraud.loadgen import LoadAnswer
from scorer.model.bundle import ModelBundle


@dataclass(frozen=True, slots=True)
class Expected:
    """The right answer to one payment."""

    transaction_id: str
    probability: float
    decision: str


def expect(state: Path, live: pa.Table, bundle: ModelBundle) -> list[Expected]:
    """The answers to ``live``, sent in order to a scorer that starts from ``state``."""
    store = Store()
    store.restore(state)
    features = pa.record_batch(store.assemble_and_record_many(live.to_batches()[0]))
    rows = np.column_stack([column.to_numpy() for column in features.columns])
    probabilities = _probabilities(bundle.model, rows.astype(np.float32))
    ids = live["transaction_id"].to_pylist()
    return [
        Expected(name, float(probability), _decide(float(probability), bundle))
        for name, probability in zip(ids, probabilities, strict=True)
    ]


def check(answers: Iterable[LoadAnswer], expected: list[Expected]) -> int:
    """Compare exactly; returns how many answers were compared.

    Raises:
        WrongAnswerError: One is missing, failed or differs; names the payment and both values.
    """
    found = list(answers)
    if len(found) != len(expected):
        raise WrongAnswerError(f"{len(found)} answers to {len(expected)} payments")
    for answer, right in zip(found, expected, strict=True):
        given = (answer.transaction_id, np.float32(answer.probability or 0.0), answer.decision)
        if answer.code != "OK" or given != (
            right.transaction_id,
            np.float32(right.probability),
            right.decision,
        ):
            raise WrongAnswerError(f"answered {answer}, expected {right}")
    return len(found)


def _probabilities(model: bytes, rows: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """One row at a time, as payments come."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    outputs = (session.run(["probability"], {"features": row[np.newaxis]})[0] for row in rows)
    return np.array([np.asarray(output).ravel()[-1] for output in outputs], dtype=np.float32)


def _decide(probability: float, bundle: ModelBundle) -> str:
    manifest = bundle.manifest
    if probability >= manifest.decline_threshold:
        return "decline"
    return "review" if probability >= manifest.review_threshold else "approve"
