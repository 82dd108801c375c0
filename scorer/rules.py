"""Decides without a model: a few rules on the feature row, for when none can score.

One rule that fires has the payment reviewed, two with different reasons have it declined. They
are meant to stop the crude attacks of the hours that a model is away, not to replace it; every
answer they give is flagged ``degraded``.
"""

from dataclasses import dataclass

from features_rs import Contract
from scorer.decision import DecisionPolicy
from scorer.model.reasons import WeighedReason
from scorer.model.session import Rows

VERSION = "rules-1"
# What stands in for the probability when none, one and two or more reasons are found.
PROBABILITIES = (0.0, 0.5, 0.9)
POLICY = DecisionPolicy(review_threshold=0.5, decline_threshold=0.9)


@dataclass(frozen=True, slots=True)
class Rule:
    """Fires when ``feature`` is known and at least ``limit``."""

    feature: str
    limit: float


RULES = (
    Rule("account_count_5m", 5),
    Rule("account_count_1h", 15),
    Rule("amount_to_winsorised_mean_30d", 10),
    Rule("geographic_anomaly", 1),
    Rule("merchant_fraud_rate_7d", 0.2),
    Rule("device_accounts_30d", 5),
)


class RuleSet:
    """The rules, bound to the positions of a contract's features."""

    def __init__(self, contract: Contract, rules: tuple[Rule, ...] = RULES) -> None:
        positions = [contract.index(rule.feature) for rule in rules]
        self._bound = [
            (position, rule.limit, contract.features[position].reason_code)
            for position, rule in zip(positions, rules, strict=True)
        ]

    def score(self, row: Rows) -> tuple[float, list[WeighedReason]]:
        """What stands in for the probability, and the reasons of the rules that fired.

        Args:
            row: float32 [1, features]; NaN fires no rule.
        """
        values = row[0].tolist()
        fired = [code for position, limit, code in self._bound if values[position] >= limit]
        codes = list(dict.fromkeys(fired))
        probability = PROBABILITIES[min(len(codes), len(PROBABILITIES) - 1)]
        return probability, [WeighedReason(code, probability / len(codes)) for code in codes]
