"""Everything that is known of one decision: what was asked, what was answered, and by whom."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import psycopg
from google.protobuf.json_format import MessageToDict
from psycopg.rows import class_row

from features_rs import contract
from fraud.reasons import ReasonText, reason_text
from fraud.v1.records_pb2 import Prediction
from fraud.v1.scoring_pb2 import Decision, Variant
from hindsight.replay.recorded import find_recorded
from hindsight.reports.explanation import find_explanation
from hindsight.reports.standing import Standing, standing_at
from scorer.recorder.column import to_name
from scorer.recorder.errors import translated
from scorer.recorder.ledger import Ledger

FIND_LABELS: Final = """
SELECT fraud, kind, happened_at, known_at, source, recorded_at
FROM labels WHERE transaction_id = %s ORDER BY known_at, recorded_at
"""


@dataclass(frozen=True, slots=True)
class FeatureValue:
    """A feature: its value, NaN for missing, and what it added to the log odds, None if unknown."""

    name: str
    value: float
    added: float | None


@dataclass(frozen=True, slots=True)
class WeighedReason:
    """A reason of the answer: its code, the probability that it carries, and its words."""

    code: str
    weight: float
    text: ReasonText


@dataclass(frozen=True, slots=True)
class LabelSaid:
    """What was said of the payment at one time; the last one stands."""

    fraud: bool
    kind: str
    happened_at: datetime
    known_at: datetime
    source: str
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Policy:
    """What turned the probability into the decision.

    Args:
        review_threshold: From here a payment is reviewed.
        decline_threshold: From here it is declined.
        rules: Version of the rules, where they decided.
    """

    review_threshold: float
    decline_threshold: float
    rules: str | None


@dataclass(frozen=True, slots=True)
class Audit:
    """One decision.

    Args:
        payment: As it was asked, by the wire contract's names.
        decision: Such as ``decline``.
        probability: Of fraud.
        risk_score: 0 to 999.
        reasons: Of the answer, weightiest first.
        variant: ``champion``, ``challenger``, or ``unspecified`` where the rules decided.
        model_version: Which decided.
        model_digest: SHA-256 of its ONNX file; empty for the rules.
        contract_digest: Of the features.
        policy: What was applied.
        degraded: Whether the rules decided.
        late: Whether the payment came later than the lateness bound.
        decided_at: When, in UTC.
        features: Those that added most first, where that is known; else in the contract's order.
        unexplained: Why it is not known; None where it is.
        labels: All that was ever said of the payment, by when it was known.
        standing: How the version came to decide.
        altered: Columns that do not say what the scorer wrote.
    """

    payment: dict[str, Any]
    decision: str
    probability: float
    risk_score: int
    reasons: tuple[WeighedReason, ...]
    variant: str
    model_version: str
    model_digest: str
    contract_digest: str
    policy: Policy
    degraded: bool
    late: bool
    decided_at: datetime
    features: tuple[FeatureValue, ...]
    unexplained: str | None
    labels: tuple[LabelSaid, ...]
    standing: Standing
    altered: tuple[str, ...]


def find_audit(dsn: str, model_name: str, transaction_id: str) -> Audit:
    """All that is known of the decision on a payment; of several, the last.

    Args:
        dsn: libpq address of the database.
        model_name: Whose ledger it is.
        transaction_id: Of the payment.

    Raises:
        NothingKnownError: The payment is not recorded.
        UnreplayableError: What is recorded cannot be read.
        RecorderError: The database cannot be used.
    """
    recorded = find_recorded(dsn, transaction_id)[-1]
    prediction = recorded.prediction
    answer, decided_at = prediction.response, prediction.decided_at.ToDatetime(UTC)
    variant = to_name(Variant.Name, answer.variant, "VARIANT_")
    features, unexplained = _features(dsn, prediction)
    with Ledger(dsn, model_name) as ledger:
        alias = "" if answer.flags.degraded else variant
        standing = standing_at(ledger, decided_at, answer.model_version, alias)
    return Audit(
        payment=MessageToDict(prediction.transaction, preserving_proto_field_name=True),
        decision=to_name(Decision.Name, answer.decision, "DECISION_"),
        probability=answer.probability,
        risk_score=answer.risk_score,
        reasons=tuple(
            WeighedReason(each.code, each.weight, reason_text(each.code)) for each in answer.reasons
        ),
        variant=variant,
        model_version=answer.model_version,
        model_digest=prediction.model_digest,
        contract_digest=answer.contract_digest,
        policy=_policy(prediction),
        degraded=answer.flags.degraded,
        late=answer.flags.late,
        decided_at=decided_at,
        features=features,
        unexplained=unexplained,
        labels=_labels(dsn, transaction_id),
        standing=standing,
        altered=tuple(each.name for each in recorded.altered),
    )


def _policy(prediction: Prediction) -> Policy:
    rules = prediction.response.model_version if prediction.response.flags.degraded else None
    return Policy(prediction.review_threshold, prediction.decline_threshold, rules)


def _features(dsn: str, prediction: Prediction) -> tuple[tuple[FeatureValue, ...], str | None]:
    """The features, those that mattered first, and why that is not known, if it is not."""
    found = find_explanation(dsn, prediction.transaction.transaction_id)
    if found.missing is None:
        ranked = sorted(found.contributions, key=lambda each: -abs(each.added))
        return tuple(FeatureValue(each.feature, each.value, each.added) for each in ranked), None
    known = prediction.response.contract_digest == contract().digest
    names = contract().names if known else _numbers(len(prediction.features))
    pairs = zip(names, prediction.features, strict=True)
    return tuple(FeatureValue(name, value, None) for name, value in pairs), found.missing


def _numbers(count: int) -> list[str]:
    """Names of the features of a contract that this build does not know."""
    return [f"feature {number}" for number in range(count)]


def _labels(dsn: str, transaction_id: str) -> tuple[LabelSaid, ...]:
    with translated(), psycopg.connect(dsn, autocommit=True) as connection:
        cursor = connection.cursor(row_factory=class_row(LabelSaid))
        return tuple(cursor.execute(FIND_LABELS, (transaction_id,)))
