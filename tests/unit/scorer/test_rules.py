import numpy as np
import pytest

from fraud.v1.scoring_pb2 import DECISION_APPROVE, DECISION_DECLINE, DECISION_REVIEW
from scorer.rules import POLICY, RULES, Rule, RuleSet
from tests.unit.scorer.support import CONTRACT, WIDTH


def row_with(**values: float) -> np.ndarray:
    row = np.full((1, WIDTH), np.nan, np.float32)
    for name, value in values.items():
        row[0, CONTRACT.index(name)] = value
    return row


def test_missing_features_fire_nothing() -> None:
    probability, reasons = RuleSet(CONTRACT).score(row_with())
    assert (POLICY.decide(probability), reasons) == (DECISION_APPROVE, [])


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.feature)
def test_each_rule_alone_has_a_payment_reviewed(rule: Rule) -> None:
    probability, reasons = RuleSet(CONTRACT).score(row_with(**{rule.feature: rule.limit}))
    code = CONTRACT.features[CONTRACT.index(rule.feature)].reason_code
    assert POLICY.decide(probability) == DECISION_REVIEW
    assert [each.code for each in reasons] == [code]


def test_two_reasons_have_it_declined_but_one_reason_twice_does_not() -> None:
    rules = RuleSet(CONTRACT)
    two, _ = rules.score(row_with(account_count_5m=9, geographic_anomaly=1))
    twice, _ = rules.score(row_with(account_count_5m=9, account_count_1h=20))
    assert [POLICY.decide(two), POLICY.decide(twice)] == [DECISION_DECLINE, DECISION_REVIEW]
