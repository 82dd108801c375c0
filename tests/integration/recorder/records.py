"""What tests of the recorder put into an outbox and look for in the database."""

from datetime import UTC, datetime

import psycopg

from fraud.v1.label_pb2 import FraudKind, Label
from fraud.v1.records_pb2 import Prediction
from fraud.v1.scoring_pb2 import DECISION_DECLINE, VARIANT_CHAMPION
from fraud.v1.transaction_pb2 import CHANNEL_ECOMMERCE
from scorer.sinks.outbox import Outbox, StoredLabel

DECIDED_AT = datetime(2026, 11, 24, 12, tzinfo=UTC)


def prediction(key: str, decided_at: datetime = DECIDED_AT) -> Prediction:
    """A decision on payment ``key``, with something in every field that is not optional."""
    made = Prediction(
        features=[1.5, float("nan"), -0.1], model_digest="ab" * 32, review_threshold=0.25
    )
    made.decline_threshold = 0.75
    made.decided_at.FromDatetime(decided_at)
    payment = made.transaction
    payment.transaction_id, payment.account_id, payment.merchant_id = key, "account", "merchant"
    payment.category, payment.amount_minor, payment.currency = "5411", 1299, "EUR"
    payment.channel = CHANNEL_ECOMMERCE
    payment.event_time.FromDatetime(decided_at)
    answer = made.response
    answer.transaction_id, answer.decision, answer.probability = key, DECISION_DECLINE, 0.8
    answer.risk_score, answer.model_version, answer.variant = 800, "7", VARIANT_CHAMPION
    answer.contract_digest = "cd" * 32
    answer.reasons.add(code="AMOUNT_UNUSUAL", weight=0.5)
    answer.server_timing.assemble_us, answer.server_timing.model_us = 20, 30
    return made


def label(key: str, *, fraud: bool, known_second: int, source: str = "chargeback") -> Label:
    """What became known of payment ``key``."""
    kind = FraudKind.FRAUD_KIND_STOLEN_CARD if fraud else FraudKind.FRAUD_KIND_UNSPECIFIED
    made = Label(transaction_id=key, fraud=fraud, kind=kind, source=source)
    made.happened_at.FromSeconds(1)
    made.known_at.FromSeconds(known_second)
    return made


def append(outbox: Outbox, *keys: str) -> None:
    """Append a decision on each payment."""
    for key in keys:
        outbox.append_prediction(key, b"digest", prediction(key).SerializeToString())


def append_label(outbox: Outbox, *labels: Label) -> None:
    """Append labels."""
    outbox.append_labels(
        [
            StoredLabel(each.transaction_id, each.SerializeToString(deterministic=True))
            for each in labels
        ]
    )


def select(dsn: str, query: str) -> list[tuple[object, ...]]:
    """Rows of a query."""
    with psycopg.connect(dsn) as connection:
        return connection.execute(query.encode()).fetchall()


def recorded_ids(dsn: str) -> list[str]:
    """Ids of all recorded decisions, sorted, repeated ones repeated."""
    rows = select(dsn, "SELECT transaction_id FROM predictions ORDER BY 1")
    return [str(row[0]) for row in rows]
