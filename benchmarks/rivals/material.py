"""What is asked, and what must be answered: payments, their feature rows, two models."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnx
import pyarrow as pa

from benchmarks.load.payments import read_payments
from features_rs import Store
from scorer.model.bundle import ModelBundle
from scorer.model.session import ModelSession

type Rows = npt.NDArray[np.float32]

SHRINK = 0.9
"""Of the first model's leaves are the second's: as dear to run, and every answer tells which."""


@dataclass(frozen=True, slots=True)
class Model:
    """One model and its right answers.

    Args:
        bundle: The model.
        probabilities: float32 [payments], by ONNX Runtime in this process, one row at a time.
    """

    bundle: ModelBundle
    probabilities: Rows


@dataclass(frozen=True, slots=True)
class Material:
    """All that the contenders are given.

    Args:
        state: The scorer's state before the first payment.
        requests: Serialized ``fraud.v1.ScoreRequest``, in event order.
        rows: float32 [payments, features] of the same payments.
        first: What is served from the start.
        second: What a reload brings.
    """

    state: Path
    requests: Sequence[bytes]
    rows: Rows
    first: Model
    second: Model


def prepare(folder: Path, dataset: Path, bundle: Path, count: int) -> Material:
    """Replay the history up to the last ``count`` payments, and work their answers out."""
    payments = read_payments(dataset, count)
    state = folder / "state.bin"
    payments.save_state(state)
    store = Store()
    store.restore(state)
    features = pa.record_batch(store.assemble_and_record_many(payments.live.to_batches()[0]))
    rows = np.column_stack([column.to_numpy() for column in features.columns]).astype(np.float32)
    first = ModelBundle.read(bundle)
    return Material(
        state=state,
        requests=[request.SerializeToString() for request in payments.requests()],
        rows=rows,
        first=Model(first, _answers(first, rows)),
        second=Model(second := other_model(first), _answers(second, rows)),
    )


def other_model(bundle: ModelBundle) -> ModelBundle:
    """The same trees with smaller leaves, and the answers that it must give."""
    model = onnx.load_from_string(bundle.model)
    for node in model.graph.node:
        for attribute in node.attribute:
            if attribute.name in {"target_weights", "class_weights"}:
                attribute.floats[:] = [SHRINK * weight for weight in attribute.floats]
    changed = model.SerializeToString()
    manifest = bundle.manifest.model_copy(
        update={"model_sha256": sha256(changed).hexdigest(), "trees_sha256": None}
    )
    golden = ModelSession(changed).probabilities(bundle.golden_rows)
    return replace(
        bundle, model=changed, manifest=manifest, golden_probabilities=golden, trees=None
    )


def _answers(bundle: ModelBundle, rows: Rows) -> Rows:
    session = ModelSession(bundle.model)
    return np.array([session.probability(row[np.newaxis]) for row in rows], dtype=np.float32)
