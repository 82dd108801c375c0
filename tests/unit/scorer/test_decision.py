from hypothesis import given
from hypothesis import strategies as st

from fraud.settings import DecisionSettings
from fraud.v1.scoring_pb2 import DECISION_APPROVE, DECISION_DECLINE, DECISION_REVIEW
from scorer.decision import GREATEST_RISK, DecisionPolicy, risk_score

PROBABILITIES = st.floats(0, 1)


@given(PROBABILITIES, PROBABILITIES)
def test_a_higher_probability_never_lowers_risk_or_decision(one: float, other: float) -> None:
    low, high = sorted((one, other))
    policy = DecisionPolicy(review_threshold=0.3, decline_threshold=0.7)
    assert 0 <= risk_score(low) <= risk_score(high) <= GREATEST_RISK
    assert policy.decide(low) <= policy.decide(high)


def test_thresholds_are_inclusive() -> None:
    policy = DecisionPolicy(review_threshold=0.3, decline_threshold=0.7)
    found = [policy.decide(p) for p in (0.0, 0.2999, 0.3, 0.6999, 0.7, 1.0)]
    assert found == [
        DECISION_APPROVE,
        DECISION_APPROVE,
        DECISION_REVIEW,
        DECISION_REVIEW,
        DECISION_DECLINE,
        DECISION_DECLINE,
    ]


def test_settings_override_each_threshold_alone() -> None:
    own = DecisionPolicy(review_threshold=0.3, decline_threshold=0.7)
    assert own.overridden_by(DecisionSettings()) == own
    assert own.overridden_by(DecisionSettings(review_threshold=0.0)) == DecisionPolicy(0.0, 0.7)
    assert own.overridden_by(DecisionSettings(decline_threshold=0.875)) == DecisionPolicy(
        0.3, 0.875
    )
