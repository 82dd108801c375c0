"""A past for the scorer, so that its memory is as full as it gets before it is looked at.

The outbox keeps up to 64 MiB of its pages in memory. They fill by some 600 bytes a payment, which
is ten minutes at 200 a second, and would be taken for what swaps cost. A start reads the whole
outbox, so one that is long enough leaves nothing to fill.
"""

from typing import Final

from benchmarks.pipeline.promotes.payments import requests
from features_rs import contract
from fraud.settings import Settings
from fraud.v1.records_pb2 import Prediction
from fraud.v1.scoring_pb2 import DECISION_APPROVE
from fraud.v1.transaction_pb2 import Transaction
from scorer.features.payments import PaymentFacts, PaymentIndex
from scorer.pipeline import request_digest
from scorer.sinks.database import CACHE_KIB
from scorer.sinks.outbox import Outbox

CHECKPOINT_EVERY: Final = 5_000


def fill_outbox(settings: Settings) -> int:
    """Decide payments from number 0 on until they outgrow the cache; returns how many.

    They are in the index of payments too, so that the scorer has nothing to catch up with.
    """
    path, count = settings.outbox_path, 0
    outbox, index = Outbox(path, settings.outbox.synchronous), PaymentIndex(settings.payments_path)
    while path.stat().st_size < 1.1 * CACHE_KIB * 1024:
        payments = [request.transaction for request in requests(count, CHECKPOINT_EVERY)]
        for payment in payments:
            digest = request_digest(payment)
            outbox.append_prediction(payment.transaction_id, digest, _decided(payment))
        outbox.checkpoint()
        facts = [(each.transaction_id, PaymentFacts.of(each)) for each in payments]
        index.add(facts, outbox.identity, outbox.newest_seq)
        count += CHECKPOINT_EVERY
    outbox.close()
    index.close()
    return count


def _decided(transaction: Transaction) -> bytes:
    """As long as a decision by a model is."""
    prediction = Prediction(
        transaction=transaction, features=[1.0] * len(contract().names), model_digest="0" * 64
    )
    prediction.response.transaction_id = transaction.transaction_id
    prediction.response.decision = DECISION_APPROVE
    return prediction.SerializeToString()
