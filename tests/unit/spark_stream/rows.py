"""Rows as the intake gives them to the stage that joins labels."""

from pyspark.sql import Row

from fraud.v1.label_pb2 import Label
from fraud.v1.transaction_pb2 import Transaction
from tests.unit.scorer.support import BEGIN_SECONDS


def arrival(transaction: Transaction, offset: int = 0) -> Row:
    """A payment of the topic."""
    return Row(
        transaction_id=transaction.transaction_id,
        account_id=transaction.account_id,
        merchant_id=transaction.merchant_id,
        category=transaction.category,
        device_id=transaction.device_id,
        is_label=False,
        offset=offset,
        payload=transaction.SerializeToString(),
    )


def label_row(label: Label, offset: int) -> Row:
    """A label of the topic."""
    return Row(
        transaction_id=label.transaction_id,
        is_label=True,
        offset=offset,
        payload=label.SerializeToString(),
    )


def label_of(transaction_id: str, days: int, *, fraud: bool, source: str = "chargeback") -> Label:
    """A label that becomes known so many days after it happened."""
    label = Label(transaction_id=transaction_id, fraud=fraud, source=source)
    label.happened_at.seconds = BEGIN_SECONDS
    label.known_at.seconds = BEGIN_SECONDS + days * 86_400
    return label
