"""What a late label needs of its payment, kept long after the outbox has forgotten it.

A chargeback comes weeks after the payment; the outbox keeps decisions for days. This small SQLite
file keeps the handful of facts that join the two, and what was said of each payment so far.
"""

import sqlite3
import threading
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any

from fraud.v1.transaction_pb2 import Transaction

SCHEMA = """
CREATE TABLE IF NOT EXISTS payments (
    transaction_id TEXT PRIMARY KEY,
    merchant_id TEXT NOT NULL,
    category TEXT NOT NULL,
    amount_minor INTEGER NOT NULL,
    currency TEXT NOT NULL,
    event_time_us INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS payments_by_time ON payments (event_time_us);
CREATE TABLE IF NOT EXISTS verdicts (
    transaction_id TEXT NOT NULL,
    known_at_us INTEGER NOT NULL,
    fraud INTEGER NOT NULL,
    PRIMARY KEY (transaction_id, known_at_us)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS verdicts_by_time ON verdicts (known_at_us);
CREATE TABLE IF NOT EXISTS waiting (
    transaction_id TEXT NOT NULL,
    label BLOB NOT NULL,
    known_at_us INTEGER NOT NULL,
    PRIMARY KEY (transaction_id, label)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS progress (outbox TEXT NOT NULL, position INTEGER NOT NULL);
"""
PRUNING = (
    (
        "DELETE FROM payments WHERE transaction_id IN"
        " (SELECT transaction_id FROM payments WHERE event_time_us < ? LIMIT ?)"
    ),
    (
        "DELETE FROM verdicts WHERE transaction_id IN"
        " (SELECT transaction_id FROM verdicts WHERE known_at_us < ? LIMIT ?)"
    ),
    (
        "DELETE FROM waiting WHERE transaction_id IN"
        " (SELECT transaction_id FROM waiting WHERE known_at_us < ? LIMIT ?)"
    ),
)


@dataclass(frozen=True, slots=True)
class PaymentFacts:
    """What a label is joined with.

    Args:
        merchant_id: The paid merchant.
        category: Its category.
        amount_minor: In minor units of ``currency``.
        currency: ISO 4217 code.
        event_time_us: Microseconds since the Unix epoch.
    """

    merchant_id: str
    category: str
    amount_minor: int
    currency: str
    event_time_us: int

    @classmethod
    def of(cls, transaction: Transaction) -> "PaymentFacts":
        """The facts of a payment as it was sent."""
        return cls(
            transaction.merchant_id,
            transaction.category,
            transaction.amount_minor,
            transaction.currency,
            transaction.event_time.ToMicroseconds(),
        )


class PaymentIndex:
    """Facts and verdicts of payments by transaction id. May be called from any thread."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        self._database = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._database.execute("PRAGMA journal_mode = WAL")
        self._database.execute("PRAGMA synchronous = NORMAL")
        self._database.executescript(SCHEMA)

    def position_in(self, outbox: str) -> int:
        """The entry of the outbox of that identity up to which payments have been added."""
        rows = self._all("SELECT position FROM progress WHERE outbox = ?", (outbox,))
        return int(rows[0][0]) if rows else 0

    def add(self, payments: Iterable[tuple[str, PaymentFacts]], outbox: str, position: int) -> None:
        """Add payments read from the outbox up to ``position``, all or none."""
        rows = [(transaction_id, *astuple(facts)) for transaction_id, facts in payments]
        with self._lock, self._database:
            self._database.execute("BEGIN IMMEDIATE")
            self._database.executemany(
                "INSERT OR IGNORE INTO payments VALUES (?, ?, ?, ?, ?, ?)", rows
            )
            self._database.execute("DELETE FROM progress")
            self._database.execute("INSERT INTO progress VALUES (?, ?)", (outbox, position))

    def find(self, transaction_id: str) -> PaymentFacts | None:
        """The facts of a payment."""
        rows = self._all(
            "SELECT merchant_id, category, amount_minor, currency, event_time_us"
            " FROM payments WHERE transaction_id = ?",
            (transaction_id,),
        )
        return PaymentFacts(*rows[0]) if rows else None

    def add_verdict(self, transaction_id: str, known_at_us: int, *, fraud: bool) -> None:
        """Keep what a label said."""
        self._run(
            "INSERT OR REPLACE INTO verdicts VALUES (?, ?, ?)",
            (transaction_id, known_at_us, fraud),
        )

    def stands_as_fraud(self, transaction_id: str, known_at_us: int) -> bool:
        """Whether the newest verdict from before ``known_at_us`` says fraud."""
        rows = self._all(
            "SELECT fraud FROM verdicts WHERE transaction_id = ? AND known_at_us < ?"
            " ORDER BY known_at_us DESC LIMIT 1",
            (transaction_id, known_at_us),
        )
        return bool(rows and rows[0][0])

    def add_waiting(self, transaction_id: str, label: bytes, known_at_us: int) -> None:
        """Keep a label that came before its payment."""
        self._run(
            "INSERT OR IGNORE INTO waiting VALUES (?, ?, ?)", (transaction_id, label, known_at_us)
        )

    def waiting_labels(self, transaction_id: str) -> list[bytes]:
        """Labels that came before this payment, in the order in which they became known."""
        rows = self._all(
            "SELECT label FROM waiting WHERE transaction_id = ? ORDER BY known_at_us",
            (transaction_id,),
        )
        return [row[0] for row in rows]

    def waiting_ids(self) -> set[str]:
        """Payments that a label came before."""
        return {row[0] for row in self._all("SELECT DISTINCT transaction_id FROM waiting")}

    def prune(self, before_us: int, limit: int) -> int:
        """Forget at most ``limit`` payments and labels each from before ``before_us``."""
        return sum(self._run(statement, (before_us, limit)) for statement in PRUNING)

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._database.close()

    def _run(self, statement: str, values: Sequence[object]) -> int:
        with self._lock:
            return self._database.execute(statement, values).rowcount

    def _all(self, statement: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        with self._lock:
            return self._database.execute(statement, values).fetchall()
