"""What a late label needs of its payment, kept long after the outbox has forgotten it.

A chargeback comes weeks after the payment; the outbox keeps decisions for days. This small SQLite
file keeps the handful of facts that join the two, and what was said of each payment so far.
"""

import json
import sqlite3
import threading
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from features_rs.verdicts import stands_as_fraud
from fraud.v1.records_pb2 import Prediction
from fraud.v1.transaction_pb2 import Transaction
from scorer.features import usual

SCHEMA = """
CREATE TABLE IF NOT EXISTS payments (
    transaction_id TEXT PRIMARY KEY,
    merchant_id TEXT NOT NULL,
    category TEXT NOT NULL,
    amount_minor INTEGER NOT NULL,
    currency TEXT NOT NULL,
    event_time_us INTEGER NOT NULL,
    ratio_to_usual REAL
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
CREATE TABLE IF NOT EXISTS unread (
    topic TEXT NOT NULL,
    partition INTEGER NOT NULL,
    begin INTEGER NOT NULL,
    behind_last INTEGER NOT NULL,
    PRIMARY KEY (topic, partition)
) WITHOUT ROWID;
"""
# One statement for many rows: SQLite works through them without the interpreter's lock.
ADD_PAYMENTS = (
    "INSERT OR IGNORE INTO payments SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3,"
    " value ->> 4, value ->> 5, value ->> 6 FROM json_each(?)"
)

# What labels of one instant said, by the number that is kept of it.
VERDICTS = {0: (False,), 1: (True,), 2: (False, True)}
ADD_VERDICT = (
    "INSERT INTO verdicts VALUES (?, ?, ?) ON CONFLICT DO UPDATE"
    " SET fraud = CASE WHEN fraud = excluded.fraud THEN fraud ELSE 2 END"
)
ADD_WAITING = "INSERT OR IGNORE INTO waiting VALUES (?, ?, ?)"
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


class PaymentFacts(NamedTuple):
    """What a label is joined with.

    Args:
        merchant_id: The paid merchant.
        category: Its category.
        amount_minor: In minor units of ``currency``.
        currency: ISO 4217 code.
        event_time_us: Microseconds since the Unix epoch.
        ratio_to_usual: See :mod:`scorer.features.usual`.
    """

    merchant_id: str
    category: str
    amount_minor: int
    currency: str
    event_time_us: int
    ratio_to_usual: float | None

    @classmethod
    def of(cls, transaction: Transaction) -> "PaymentFacts":
        """The facts of a payment as it was published."""
        at = transaction.event_time
        return cls(
            transaction.merchant_id,
            transaction.category,
            transaction.amount_minor,
            transaction.currency,
            at.seconds * 1_000_000 + at.nanos // 1000,
            usual.sent(transaction),
        )

    @classmethod
    def decided(cls, prediction: Prediction) -> "PaymentFacts":
        """The facts of a payment whose decision is kept."""
        facts = cls.of(prediction.transaction)
        return facts._replace(ratio_to_usual=usual.decided(prediction))


type IndexedPayment = tuple[str, PaymentFacts]
"""A transaction id and what is kept of the payment."""
type Range = tuple[int, int]
"""The first offset of a partition that is to be read, and the one behind the last."""


class PaymentIndex:
    """Facts and verdicts of payments by transaction id. May be called from any thread."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        self._database = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._database.execute("PRAGMA journal_mode = WAL")
        self._database.execute("PRAGMA synchronous = NORMAL")
        self._database.executescript(SCHEMA)
        self._add_missing_column()

    def position_in(self, outbox: str) -> int:
        """The entry of the outbox of that identity up to which payments have been added."""
        rows = self._all("SELECT position FROM progress WHERE outbox = ?", (outbox,))
        return int(rows[0][0]) if rows else 0

    def add(self, payments: Iterable[IndexedPayment], outbox: str, position: int) -> None:
        """Add payments read from the outbox up to ``position``, all or none."""
        rows = to_rows(payments)
        with self._lock, self._database:
            self._database.execute("BEGIN IMMEDIATE")
            self._database.execute(ADD_PAYMENTS, (rows,))
            self._database.execute("DELETE FROM progress")
            self._database.execute("INSERT INTO progress VALUES (?, ?)", (outbox, position))

    def add_many(self, payments: Iterable[IndexedPayment]) -> None:
        """Add payments that came from elsewhere, all or none."""
        self._run(ADD_PAYMENTS, (to_rows(payments),))

    def find(self, transaction_id: str) -> PaymentFacts | None:
        """The facts of a payment."""
        rows = self._all(
            "SELECT merchant_id, category, amount_minor, currency, event_time_us, ratio_to_usual"
            " FROM payments WHERE transaction_id = ?",
            (transaction_id,),
        )
        return PaymentFacts(*rows[0]) if rows else None

    def add_verdict(self, transaction_id: str, known_at_us: int, *, fraud: bool) -> None:
        """Keep what a label said."""
        self._run(ADD_VERDICT, (transaction_id, known_at_us, fraud))

    def stands_as_fraud(self, transaction_id: str, known_at_us: int) -> bool:
        """See :func:`features_rs.verdicts.stands_as_fraud`."""
        rows = self._all(
            "SELECT known_at_us, fraud FROM verdicts WHERE transaction_id = ? AND known_at_us < ?",
            (transaction_id, known_at_us),
        )
        said = ((known, verdict) for known, fraud in rows for verdict in VERDICTS[fraud])
        return stands_as_fraud(said, known_at_us)

    def add_waiting(self, transaction_id: str, label: bytes, known_at_us: int) -> None:
        """Keep a label that came before its payment."""
        self._run(ADD_WAITING, (transaction_id, label, known_at_us))

    def add_waiting_many(self, labels: Iterable[tuple[str, bytes, int]]) -> None:
        """:meth:`add_waiting` of each, all or none."""
        with self._lock, self._database:
            self._database.execute("BEGIN IMMEDIATE")
            self._database.executemany(ADD_WAITING, labels)

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

    def payments_waited_for(self) -> list[IndexedPayment]:
        """Payments that are known and have labels that came before them."""
        rows = self._all(
            "SELECT transaction_id, merchant_id, category, amount_minor, currency, event_time_us,"
            " ratio_to_usual FROM payments"
            " WHERE transaction_id IN (SELECT transaction_id FROM waiting)"
        )
        return [(row[0], PaymentFacts(*row[1:])) for row in rows]

    def unread(self, topic: str) -> dict[int, Range]:
        """Of each partition what is still to be read for the index, see :meth:`set_unread`."""
        rows = self._all(
            "SELECT partition, begin, behind_last FROM unread WHERE topic = ?", (topic,)
        )
        return {number: (begin, behind_last) for number, begin, behind_last in rows}

    def set_unread(self, topic: str, ranges: Mapping[int, Range]) -> None:
        """Keep which messages of a topic are in the state, but not in this index yet."""
        with self._lock, self._database:
            self._database.execute("BEGIN IMMEDIATE")
            self._database.execute("DELETE FROM unread WHERE topic = ?", (topic,))
            self._database.executemany(
                "INSERT INTO unread VALUES (?, ?, ?, ?)",
                [(topic, number, *found) for number, found in ranges.items()],
            )

    def prune(self, before_us: int, limit: int) -> int:
        """Forget at most ``limit`` payments and labels each from before ``before_us``."""
        return sum(self._run(statement, (before_us, limit)) for statement in PRUNING)

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._database.close()

    def _add_missing_column(self) -> None:
        """Files of earlier versions go on; of their payments nothing more is known."""
        columns = self._all("SELECT name FROM pragma_table_info('payments')")
        if ("ratio_to_usual",) not in columns:
            self._run("ALTER TABLE payments ADD COLUMN ratio_to_usual REAL", ())

    def _run(self, statement: str, values: Sequence[object]) -> int:
        with self._lock:
            return self._database.execute(statement, values).rowcount

    def _all(self, statement: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        with self._lock:
            return self._database.execute(statement, values).fetchall()


def to_rows(payments: Iterable[IndexedPayment]) -> str:
    """Payments as :data:`ADD_PAYMENTS` takes them."""
    return json.dumps([(transaction_id, *facts) for transaction_id, facts in payments])
