"""What tests put into an outbox."""

from collections.abc import Iterable

from fraud.v1.records_pb2 import Prediction
from scorer.sinks.outbox import Outbox


def append(outbox: Outbox, predictions: Iterable[Prediction]) -> None:
    """Append decisions."""
    for each in predictions:
        key = each.transaction.transaction_id
        outbox.append_prediction(key, b"digest", each.SerializeToString())
