"""Turns a probability into a decision. No I/O, no clock.

>>> policy = DecisionPolicy(review_threshold=0.3, decline_threshold=0.8)
>>> [Decision.Name(policy.decide(p)) for p in (0.29, 0.3, 0.8)]
['DECISION_APPROVE', 'DECISION_REVIEW', 'DECISION_DECLINE']
>>> risk_score(0.0), risk_score(0.5), risk_score(1.0)
(0, 500, 999)
"""

import struct
from dataclasses import dataclass

from fraud.settings import DecisionSettings
from fraud.v1.scoring_pb2 import (
    DECISION_APPROVE,
    DECISION_DECLINE,
    DECISION_REVIEW,
    Decision,
)

GREATEST_RISK = 999


@dataclass(frozen=True, slots=True)
class DecisionPolicy:
    """Two thresholds on the probability, both inclusive.

    Args:
        review_threshold: From here a payment is reviewed, 0 to 1.
        decline_threshold: From here it is declined; one that is not above
            ``review_threshold`` leaves nothing to review.
    """

    review_threshold: float
    decline_threshold: float

    def decide(self, probability: float) -> Decision.ValueType:
        """Approve, review or decline."""
        if probability >= self.decline_threshold:
            return DECISION_DECLINE
        if probability >= self.review_threshold:
            return DECISION_REVIEW
        return DECISION_APPROVE

    def overridden_by(self, settings: DecisionSettings) -> "DecisionPolicy":
        """This policy with each threshold that the settings name in place of its own.

        Such a one is rounded to float32, as it is recorded, so that the record tells it exactly.
        """
        review, decline = settings.review_threshold, settings.decline_threshold
        return DecisionPolicy(
            review_threshold=self.review_threshold if review is None else to_float32(review),
            decline_threshold=self.decline_threshold if decline is None else to_float32(decline),
        )


def to_float32(value: float) -> float:
    """The nearest number that float32 has.

    >>> to_float32(0.1)
    0.10000000149011612
    """
    return float(struct.unpack("f", struct.pack("f", value))[0])


def risk_score(probability: float) -> int:
    """The probability in thousandths, rounded down, at most 999; never falls as it rises."""
    return min(GREATEST_RISK, int(probability * 1000))
