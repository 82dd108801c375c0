"""A payment's amount over what was usual for its account, as it was when the payment was decided.

A label brings it to the payment's merchant, where it tells frauds of an everyday amount from
others. Whoever decides a payment says it once and publishes it with the payment, so that everything
that learns of the label later learns the same.
"""

import math
from collections.abc import Sequence
from typing import Any, Final

from features_rs import contract
from features_rs.facts import USUAL_FEATURE
from fraud.v1.records_pb2 import Prediction
from fraud.v1.transaction_pb2 import Transaction

PLACE: Final = contract().index(USUAL_FEATURE)


def sent(transaction: Transaction) -> float | None:
    """What whoever published the payment said of it; None if nothing."""
    return transaction.ratio_to_usual if transaction.HasField("ratio_to_usual") else None


def found(transaction: Transaction, row: Sequence[Any], *, from_stream: bool) -> float | None:
    """What a scorer says of a payment that it decides.

    Args:
        transaction: The payment.
        row: Its features, in the contract's order.
        from_stream: Whether it has been published already, and what was said then holds.
    """
    if from_stream:
        return sent(transaction)
    value = float(row[PLACE])
    return None if math.isnan(value) else value


def decided(prediction: Prediction) -> float | None:
    """What is said of a payment whose decision is kept; of another contract's own, nothing."""
    if not prediction.from_stream and prediction.response.contract_digest != contract().digest:
        return None
    return found(prediction.transaction, prediction.features, from_stream=prediction.from_stream)
