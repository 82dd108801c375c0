"""Why one payment was decided so, read back."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import psycopg

from features_rs import contract
from fraud.reasons import ReasonText, reason_text
from hindsight.errors import NothingKnownError
from scorer.model.reasons import MOST_REASONS
from scorer.recorder.errors import translated

FIND_PREDICTION = """
SELECT decision, probability, model_version, model_digest, contract_digest,
    features::float8[], reason_codes
FROM predictions WHERE transaction_id = %s ORDER BY decided_at DESC LIMIT 1
"""
FIND_EXPLANATION = """
SELECT base_value, margin, contributions::float8[]
FROM explanations WHERE transaction_id = %s AND model_digest = %s
"""
FIND_REASON = "SELECT reason FROM unexplained WHERE model_digest = %s"
NOT_YET = "it is not explained yet: `fraud explain` does that, and may be behind"


@dataclass(frozen=True, slots=True)
class Reason:
    """A public code, what it added to the log odds, and its words."""

    code: str
    weight: float
    text: ReasonText


@dataclass(frozen=True, slots=True)
class Contribution:
    """One feature: its value, NaN for missing, and what it added to the log odds."""

    feature: str
    value: float
    added: float


@dataclass(frozen=True, slots=True)
class Explanation:
    """A decision, and why.

    Args:
        transaction_id: Of the payment.
        decision: Such as ``decline``.
        probability: Of fraud, as answered.
        model_version: Which decided.
        reply_codes: The reasons in the scorer's answer, by occlusion.
        missing: Why there is nothing more than that; None when there is.
        base_value: The log odds without any feature.
        margin: The log odds with all.
        contributions: Of all features, in the contract's order.
        reasons: The codes that added something, weightiest first, four at most.
    """

    transaction_id: str
    decision: str
    probability: float
    model_version: str
    reply_codes: tuple[str, ...]
    missing: str | None = None
    base_value: float = 0.0
    margin: float = 0.0
    contributions: tuple[Contribution, ...] = ()
    reasons: tuple[Reason, ...] = ()


def find_explanation(dsn: str, transaction_id: str) -> Explanation:
    """The explanation of a payment.

    Raises:
        NothingKnownError: The payment is not recorded.
        RecorderError: The database cannot be used.
    """
    with translated(), psycopg.connect(dsn, autocommit=True) as connection:
        found = connection.execute(FIND_PREDICTION, (transaction_id,)).fetchone()
        if found is None:
            raise NothingKnownError(f"no payment `{transaction_id}` is recorded")
        decision, probability, version, digest, contract_digest, features, codes = found
        plain = Explanation(transaction_id, decision, probability, version, tuple(codes))
        why = connection.execute(FIND_EXPLANATION, (transaction_id, digest)).fetchone()
        if why is None:
            reason = connection.execute(FIND_REASON, (digest,)).fetchone()
            return replace(plain, missing=reason[0] if reason else NOT_YET)
    if contract_digest != contract().digest:
        other = f"its features are of contract {contract_digest}, not this build's"
        return replace(plain, missing=other)
    base_value, margin, added = why
    return _explained(plain, base_value, margin, features, added)


def reasons_of(added: Mapping[str, float]) -> tuple[Reason, ...]:
    """The public reasons, from what each feature of this build's contract added.

    >>> found = reasons_of({"amount": 1.5, "amount_zscore_30d": 0.5, "local_hour": -0.1})
    >>> [(reason.code, reason.weight) for reason in found]
    [('UNUSUAL_AMOUNT', 2.0)]
    """
    weights: dict[str, float] = defaultdict(float)
    for feature in contract().features:
        weights[feature.reason_code] += added.get(feature.name, 0.0)
    ranked = sorted(weights.items(), key=lambda pair: -pair[1])
    return tuple(
        Reason(code, weight, reason_text(code))
        for code, weight in ranked[:MOST_REASONS]
        if weight > 0
    )


def _explained(
    plain: Explanation,
    base_value: float,
    margin: float,
    features: Sequence[float],
    added: Sequence[float],
) -> Explanation:
    names = contract().names
    return replace(
        plain,
        base_value=base_value,
        margin=margin,
        contributions=tuple(map(Contribution, names, features, added)),
        reasons=reasons_of(dict(zip(names, added, strict=True))),
    )
