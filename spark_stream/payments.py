"""Stage 1: payments and labels by transaction id in, each payment once and labels joined out.

The state of a payment is two messages: its facts, a ``Transaction`` of the few fields that a label
needs, and what was said of it, a ``ReportRequest``. Both may get fields without a new layout.
"""

from collections.abc import Iterator
from typing import Any, Final

from pyspark.sql import DataFrame, Row
from pyspark.sql.streaming.stateful_processor import StatefulProcessor, StatefulProcessorHandle

from features_rs.verdicts import stands_as_fraud, verdict_of
from fraud.v1.label_pb2 import Label, ReportRequest
from fraud.v1.transaction_pb2 import Transaction
from spark_stream.buckets import group_by_bucket
from spark_stream.workers import leave_imports_alone

SCHEMA: Final = (
    "account_id string, merchant_id string, category string, device_id string, "
    "payment binary, known_at_us long, fraud boolean, withdraws boolean"
)
"""What the entities named are to take in: a payment, or, where ``known_at_us`` is set, what became
known of the one in ``payment``."""
KEY: Final = "transaction_id string"
STATE: Final = "facts binary, labels binary"
_NOTHING: Final = dict.fromkeys(part.split()[0] for part in SCHEMA.split(", "))
_FACTS: Final = ("merchant_id", "category", "amount_minor", "currency")


def join_labels(messages: DataFrame, label_days: float) -> DataFrame:
    """Rows of :data:`SCHEMA`.

    Args:
        messages: Rows of :data:`spark_stream.intake.SCHEMA`.
        label_days: How long a payment waits for labels, and a label for its payment.
    """
    return group_by_bucket(messages, "transaction_id").transformWithState(
        PaymentProcessor(label_days), SCHEMA, outputMode="Append", timeMode="ProcessingTime"
    )


class PaymentProcessor(StatefulProcessor):
    """A bucket of payments, each from its first message or label on until it is forgotten."""

    def __init__(self, label_days: float) -> None:
        self._lifetime_ms = int(label_days * 86_400_000)

    def init(self, handle: StatefulProcessorHandle) -> None:
        """Called by Spark in each task."""
        leave_imports_alone()
        self._states = handle.getMapState("payments", KEY, STATE, self._lifetime_ms)

    def handleInputRows(self, key: Any, rows: Iterator[Row], timerValues: Any) -> Iterator[Row]:  # noqa: N802, N803
        """Called by Spark with all messages of a batch that are of these payments."""
        payments: dict[str, Payment] = {}
        # As the topic has them: labels of a payment are all in one partition.
        for row in sorted(rows, key=lambda row: (row.is_label, row.offset)):
            name = row.transaction_id
            if name not in payments:
                payments[name] = Payment(self._states.getValue((name,)))
            if row.is_label:
                yield from payments[name].learn(Label.FromString(row.payload))
            else:
                yield from payments[name].arrive(row)
        for name, payment in payments.items():
            if payment.changed:
                self._states.updateValue((name,), payment.state)


class Payment:
    """What is known of one payment.

    Args:
        state: As Spark keeps it; None when nothing is known.
    """

    def __init__(self, state: tuple[bytes | None, bytes | None] | None) -> None:
        facts, labels = state or (None, None)
        self._facts = facts
        self._labels = ReportRequest.FromString(labels).labels if labels else []
        self.changed = False

    @property
    def state(self) -> tuple[bytes | None, bytes | None]:
        """As Spark keeps it."""
        labels = ReportRequest(labels=self._labels).SerializeToString()
        return self._facts, labels or None

    def arrive(self, row: Row) -> Iterator[Row]:
        """The payment itself; nothing when it has been here before."""
        if self._facts is not None:
            return
        self.changed = True
        self._facts = _facts_of(row.payload)
        yield _change(
            account_id=row.account_id,
            merchant_id=row.merchant_id,
            category=row.category,
            device_id=row.device_id,
            payment=row.payload,
        )
        waiting, self._labels = sorted(self._labels, key=_known_at_us), []
        for label in waiting:
            yield from self.learn(label)

    def learn(self, label: Label) -> Iterator[Row]:
        """A label; nothing when it says nothing new, or waits for its payment."""
        said = [(_known_at_us(each), each.fraud) for each in self._labels]
        if label not in self._labels:
            self._labels.append(label)
            self.changed = True
        if self._facts is None:
            return
        known_at_us = _known_at_us(label)
        stood = stands_as_fraud(said, known_at_us)
        verdict = verdict_of(fraud=label.fraud, stood_as_fraud=stood)
        if verdict is not None:
            facts = Transaction.FromString(self._facts)
            yield _change(
                merchant_id=facts.merchant_id,
                category=facts.category,
                payment=self._facts,
                known_at_us=known_at_us,
                fraud=verdict.fraud,
                withdraws=verdict.withdraws,
            )


def _change(**values: Any) -> Row:
    """A row of :data:`SCHEMA`; what is not given is null."""
    return Row(**{**_NOTHING, **values})


def _facts_of(payload: bytes) -> bytes:
    payment = Transaction.FromString(payload)
    facts = Transaction(
        transaction_id=payment.transaction_id,
        event_time=payment.event_time,
        **{name: getattr(payment, name) for name in _FACTS},
    )
    if payment.HasField("ratio_to_usual"):
        facts.ratio_to_usual = payment.ratio_to_usual
    return facts.SerializeToString()


def _known_at_us(label: Label) -> int:
    return label.known_at.ToMicroseconds()
