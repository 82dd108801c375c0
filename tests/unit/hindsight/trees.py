"""A small model of trees over rows of the contract, with gaps in them."""

from datetime import UTC, datetime
from functools import cache

import numpy as np

from features_rs import contract
from fraud.v1.records_pb2 import Prediction
from fraud.v1.scoring_pb2 import Decision
from hindsight.decided import Decided, Rows
from scorer.decision import DecisionPolicy
from scorer.model.bundle import ModelBundle
from scorer.model.session import ModelSession
from training.bundles.export import to_onnx
from training.config import ModelConfig
from training.models.model import TrainedModel, fit

CONTRACT = contract()
WIDTH = len(CONTRACT.names)
DECIDED_AT = datetime(2026, 11, 24, 12, tzinfo=UTC)
REVIEW, DECLINE = 0.5, 0.9


def rows(count: int, seed: int = 7) -> Rows:
    """Float32 [count, features], a tenth of it missing."""
    rng = np.random.default_rng(seed)
    made = rng.normal(size=(count, WIDTH)).astype(np.float32)
    made[rng.random(made.shape) < 0.1] = np.nan
    return made


@cache
def model(trees: int = 60, seed: int = 0) -> TrainedModel:
    """Fitted on noise with a pattern, so that all probabilities occur."""
    found = rows(1_500)
    fraud = np.nan_to_num(found[:, 0]) + np.nan_to_num(found[:, 5] * found[:, 9]) > 1
    config = ModelConfig(n_estimators=trees, learning_rate=0.2, random_state=seed)
    return fit(config, found, fraud)


@cache
def tree_bundle(trees: int = 60, seed: int = 0, *, native: bool = True) -> ModelBundle:
    """Its bundle; without ``native`` as of a model that is no XGBoost's."""
    made, golden = model(trees, seed), rows(16, seed=3)
    booster = made.classifier.get_booster()
    return ModelBundle.create(
        model=to_onnx(made, WIDTH),
        contract=CONTRACT,
        review_threshold=REVIEW,
        decline_threshold=DECLINE,
        reference=[0.0] * WIDTH,
        golden_rows=golden,
        golden_probabilities=made.probabilities(golden),
        trees=bytes(booster.save_raw("ubj")) if native else None,
        estimator="xgboost" if native else "random_forest",
    )


def predictions(bundle: ModelBundle, version: str, count: int, seed: int = 7) -> list[Prediction]:
    """What a scorer with ``bundle`` decides, ``t00000`` and on."""
    found = rows(count, seed)
    probabilities = ModelSession(bundle.model).probabilities(found).tolist()
    pairs = zip(found.tolist(), probabilities, strict=True)
    return [
        _prediction(f"t{number:05}", row, probability, bundle, version)
        for number, (row, probability) in enumerate(pairs)
    ]


def decided(prediction: Prediction) -> Decided:
    """The same as it is looked back at."""
    answer = prediction.response
    return Decided(
        prediction.transaction.transaction_id,
        prediction.model_digest,
        answer.model_version,
        answer.contract_digest,
        answer.decision,
        DECIDED_AT,
        prediction.features,
    )


def _prediction(
    key: str, row: list[float], probability: float, bundle: ModelBundle, version: str
) -> Prediction:
    made = Prediction(features=row, model_digest=bundle.manifest.model_sha256)
    made.review_threshold, made.decline_threshold = REVIEW, DECLINE
    made.decided_at.FromDatetime(DECIDED_AT)
    payment = made.transaction
    payment.transaction_id, payment.account_id, payment.merchant_id = key, "account", "merchant"
    payment.category, payment.amount_minor, payment.currency = "5411", 1299, "EUR"
    payment.event_time.FromDatetime(DECIDED_AT)
    answer = made.response
    decision: Decision.ValueType = DecisionPolicy(REVIEW, DECLINE).decide(probability)
    answer.transaction_id, answer.decision, answer.probability = key, decision, probability
    answer.model_version, answer.contract_digest = version, bundle.manifest.contract_digest
    return made
