import math

import numpy as np
import pytest

from fraud.v1.records_pb2 import Prediction
from fraud.v1.scoring_pb2 import ScoreResponse
from fraud.v1.transaction_pb2 import Transaction
from messaging.topics import RAW_TRANSACTIONS
from scorer.features.usual import PLACE, decided, found, sent
from scorer.recorder.messages import to_messages
from scorer.sinks.entry import OutboxEntry
from tests.unit.scorer.support import CONTRACT, WIDTH, payment


def row(ratio: float) -> list[float]:
    values = np.zeros(WIDTH, np.float32)
    values[PLACE] = ratio
    return [float(value) for value in values]


def prediction(ratio: float, digest: str = CONTRACT.digest, **fields: object) -> Prediction:
    response = ScoreResponse(transaction_id="t1", contract_digest=digest)
    made = Prediction(transaction=payment("t1"), response=response, features=row(ratio))
    for name, value in fields.items():
        setattr(made, name, value)
    return made


def published(made: Prediction) -> Transaction:
    entry = OutboxEntry(
        seq=1,
        kind="prediction",
        key="t1",
        payload=made.SerializeToString(),
        digest=b"",
        appended_at_us=0,
    )
    [message] = [record for topic, record in to_messages(entry) if topic == RAW_TRANSACTIONS]
    return Transaction.FromString(message.value)


def test_a_new_accounts_payment_is_not_compared() -> None:
    assert found(payment("t1"), row(math.nan), from_stream=False) is None
    assert decided(prediction(math.nan)) is None


def test_who_decides_says_it_and_what_a_gateway_sends_is_not_used() -> None:
    assert found(payment("t1", ratio_to_usual=9.0), row(1.5), from_stream=False) == 1.5
    made = prediction(1.5)
    made.transaction.ratio_to_usual = 9.0
    assert published(made).ratio_to_usual == decided(made) == 1.5


def test_what_was_published_already_stands() -> None:
    of_topic = payment("t1", ratio_to_usual=9.0)
    assert found(of_topic, row(1.5), from_stream=True) == sent(of_topic) == 9.0
    assert found(payment("t1"), row(1.5), from_stream=True) is None
    assert decided(prediction(1.5, from_stream=True)) is None


@pytest.mark.parametrize("ratio", [0.0, 1.9999999, 100.0])
def test_it_is_published_with_the_payment_to_the_bit(ratio: float) -> None:
    expected = payment("t1")
    expected.ratio_to_usual = float(np.float32(ratio))
    assert published(prediction(ratio)) == expected


def test_of_a_new_account_or_another_contract_nothing_is_published() -> None:
    for made in (prediction(math.nan), prediction(1.5, digest="0" * 32)):
        made.transaction.ratio_to_usual = 9.0
        assert published(made) == payment("t1")
