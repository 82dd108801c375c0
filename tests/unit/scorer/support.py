"""Payments and model bundles for tests of the scorer."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper

from features_rs import contract
from fraud.v1.transaction_pb2 import CHANNEL_ECOMMERCE, Transaction
from scorer.model.bundle import ModelBundle
from scorer.model.session import ModelSession

type Rows = npt.NDArray[np.float32]

BEGIN_SECONDS = 1_700_000_000
CONTRACT = contract()
WIDTH = len(CONTRACT.names)


def payment(transaction_id: str, /, **fields: object) -> Transaction:
    """A valid payment; ``fields`` replace its own, ``seconds`` moves its event time."""
    seconds = fields.pop("seconds", 0)
    transaction = Transaction(
        transaction_id=transaction_id,
        account_id="account-1",
        merchant_id="merchant-1",
        category="5411",
        amount_minor=1250,
        currency="EUR",
        channel=CHANNEL_ECOMMERCE,
        country="DE",
        device_id="device-1",
        utc_offset_minutes=60,
    )
    transaction.event_time.seconds = BEGIN_SECONDS + int(str(seconds))
    for name, value in fields.items():
        setattr(transaction, name, value)
    return transaction


def logistic_model(weights: dict[str, float], bias: float = -3.0, columns: int = 2) -> bytes:
    """An ONNX graph: the logistic function of a weighted sum of features, NaN counting as 0.

    Args:
        weights: By feature name; the rest weigh nothing.
        bias: Added to the sum.
        columns: 2 gives [1 - p, p], as classifiers do; 1 gives [p].
    """
    matrix: Rows = np.zeros((WIDTH, 1), np.float32)
    for name, weight in weights.items():
        matrix[CONTRACT.index(name)] = weight
    constants: dict[str, Rows] = {
        "w": matrix,
        "b": np.array([bias], np.float32),
        "zero": np.zeros(1, np.float32),
        "one": np.ones(1, np.float32),
    }
    nodes = [
        helper.make_node("IsNaN", ["features"], ["missing"]),
        helper.make_node("Where", ["missing", "zero", "features"], ["known"]),
        helper.make_node("MatMul", ["known", "w"], ["weighted"]),
        helper.make_node("Add", ["weighted", "b"], ["logit"]),
        helper.make_node("Sigmoid", ["logit"], ["fraud"]),
        helper.make_node("Sub", ["one", "fraud"], ["genuine"]),
        helper.make_node("Concat", ["genuine", "fraud"][2 - columns :], ["probability"], axis=1),
    ]
    graph = helper.make_graph(
        nodes,
        "logistic",
        [helper.make_tensor_value_info("features", TensorProto.FLOAT, [None, WIDTH])],
        [helper.make_tensor_value_info("probability", TensorProto.FLOAT, [None, columns])],
        [numpy_helper.from_array(value, name) for name, value in constants.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 21)], ir_version=10)
    onnx.checker.check_model(model)
    return model.SerializeToString()


def golden_rows(count: int = 8) -> Rows:
    """Feature rows with NaN in some places."""
    rows = np.random.default_rng(7).uniform(0, 2, (count, WIDTH)).astype(np.float32)
    rows[::2, ::3] = np.nan
    return rows


def bundle_of(
    model: bytes,
    *,
    review_threshold: float = 0.5,
    decline_threshold: float = 0.9,
    probabilities: Sequence[float] | None = None,
) -> ModelBundle:
    """A bundle of ``model`` with true golden rows unless ``probabilities`` says otherwise."""
    rows = golden_rows()
    golden = ModelSession(model).probabilities(rows) if probabilities is None else probabilities
    return ModelBundle.create(
        model=model,
        contract=CONTRACT,
        review_threshold=review_threshold,
        decline_threshold=decline_threshold,
        reference=[0.0] * WIDTH,
        golden_rows=rows,
        golden_probabilities=np.asarray(golden, np.float32),
    )


# Approves up to about 49 EUR, reviews to about 89 EUR, declines above.
AMOUNT_MODEL = {"amount": 0.1}


def amount_bundle(bias: float = -5.0) -> ModelBundle:
    """A model of the amount alone: 50 EUR has the probability 0.5 with the default bias."""
    return bundle_of(
        logistic_model(AMOUNT_MODEL, bias), review_threshold=0.49, decline_threshold=0.98
    )


def write_champion(root: Path, bundle: ModelBundle) -> None:
    """Put ``bundle`` where :class:`scorer.model.source.DirectorySource` finds the champion."""
    bundle.write(root / "champion")
