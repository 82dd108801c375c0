"""Decisions and labels in PostgreSQL, as a recorder leaves them."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import psycopg

from scorer.recorder.database import RecordDatabase

BEGIN = datetime(2026, 11, 1, tzinfo=UTC)

PREDICTION = """
INSERT INTO predictions (transaction_id, account_id, merchant_id, category, amount_minor, currency,
    event_time, channel, entry_mode, decision, probability, risk_score, reason_codes,
    reason_weights, model_version, variant, model_digest, contract_digest, review_threshold,
    decline_threshold, features, degraded, late, latency_us, decided_at, prediction)
VALUES (%s, %s, 'm', '5411', 100, 'EUR', %s, 'ecommerce', 'unspecified', %s, %s, 0, '{}', '{}',
    %s, %s, %s, 'c', 0.5, 0.9, '{}', %s, false, 0, %s, '')
"""
LABEL = """
INSERT INTO labels (transaction_id, fraud, kind, happened_at, known_at, source, label, label_digest)
VALUES (%s, %s, 'other', %s, %s, 'test', %s, %s)
"""
SHADOW = """
INSERT INTO shadow_predictions (transaction_id, model_digest, model_version, probability, decision,
    review_threshold, decline_threshold, decided_at)
VALUES (%s, %s, %s, %s, %s, 0.5, 0.9, %s)
"""


@dataclass(frozen=True, slots=True)
class Payment:
    """A payment as it was decided."""

    key: str
    account: str
    day: float
    probability: float
    variant: str = "champion"
    version: str = "1"
    degraded: bool = False

    @property
    def at(self) -> datetime:
        return BEGIN + timedelta(days=self.day)

    @property
    def decision(self) -> str:
        return decision_of(self.probability)


def decision_of(probability: float) -> str:
    return "decline" if probability >= 0.9 else "review" if probability >= 0.5 else "approve"


class Live:
    """Writes what tests need."""

    def __init__(self, dsn: str) -> None:
        RecordDatabase(dsn).close()
        self._connection = psycopg.connect(dsn, autocommit=True)
        self._connection.execute("CREATE TABLE predictions_all PARTITION OF predictions DEFAULT")

    def pay(self, *payments: Payment) -> None:
        rows = [
            (
                *(each.key, each.account, each.at, each.decision, each.probability),
                *(each.version, each.variant, f"digest-{each.version}", each.degraded, each.at),
            )
            for each in payments
        ]
        with self._connection.transaction(), self._connection.cursor() as cursor:
            cursor.executemany(PREDICTION, rows)

    def label(self, *said: tuple[Payment, bool, float]) -> None:
        """Payment, whether it is fraud, and after how many days that was known."""
        rows = [
            (each.key, fraud, each.at, each.at + timedelta(days=days), *[str((fraud, days))] * 2)
            for each, fraud, days in said
        ]
        with self._connection.transaction(), self._connection.cursor() as cursor:
            cursor.executemany(LABEL, rows)

    def shadow(self, version: str, *said: tuple[Payment, float]) -> None:
        """What a shadow version says of payments."""
        rows = [
            (each.key, f"digest-{version}", version, probability, decision_of(probability), each.at)
            for each, probability in said
        ]
        with self._connection.transaction(), self._connection.cursor() as cursor:
            cursor.executemany(SHADOW, rows)

    def close(self) -> None:
        self._connection.close()
