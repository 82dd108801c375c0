import numpy as np
import pytest

from scorer.model.reasons import MOST_REASONS, Explainer
from scorer.model.session import ModelSession
from tests.unit.scorer.support import CONTRACT, WIDTH, logistic_model

REFERENCE = np.zeros(WIDTH, np.float32)


def explain(weights: dict[str, float], values: dict[str, float]) -> list[tuple[str, float]]:
    session = ModelSession(logistic_model(weights))
    row = np.zeros((1, WIDTH), np.float32)
    for name, value in values.items():
        row[0, CONTRACT.index(name)] = value
    probability = session.probability(row)
    reasons = Explainer(session, CONTRACT, REFERENCE).explain(row, probability)
    return [(reason.code, reason.weight) for reason in reasons]


def test_weight_is_what_falls_away_when_the_feature_is_ordinary() -> None:
    [(code, weight)] = explain({"amount": 1.0}, {"amount": 6.0})
    assert code == "UNUSUAL_AMOUNT"
    assert weight == pytest.approx(1 / (1 + np.exp(-3)) - 1 / (1 + np.exp(3)), abs=1e-6)


def test_weightiest_first_and_at_most_four() -> None:
    names = [
        "account_count_1h",
        "amount",
        "local_night",
        "device_accounts_30d",
        "merchant_fraud_rate_7d",
    ]
    found = explain(
        {name: weight for weight, name in enumerate(names, 1)}, dict.fromkeys(names, 0.3)
    )
    weights = [weight for _, weight in found]
    assert len(found) == MOST_REASONS
    assert weights == sorted(weights, reverse=True)
    assert found[0][0] == "MERCHANT_RISK"


def test_there_is_a_reason_even_when_no_feature_carries_the_probability() -> None:
    [(_, weight)] = explain({}, {})
    assert weight == 0.0
