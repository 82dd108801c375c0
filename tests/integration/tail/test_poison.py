"""A message that cannot be taken becomes one dead letter, and what follows it is taken."""

import pytest

from fraud.client import ScorerClient
from fraud.settings import KafkaSettings
from fraud.v1.label_pb2 import Label
from fraud.v1.stream_pb2 import DeadLetter
from messaging.codec import to_record
from messaging.offsets import read_range, reading, watermarks
from messaging.topics import DEAD_LETTERS, LABELS, RAW_TRANSACTIONS
from tests.integration.tail.conftest import StartScorer, applied, target_of
from tests.integration.tail.support import Feed, paid, said
from tests.waiting import wait_until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]


def letters(settings: KafkaSettings) -> dict[str, DeadLetter]:
    with reading(settings) as consumer:
        bounds = watermarks(consumer, settings, [DEAD_LETTERS])
        ranges = {number: ends for (_, number), ends in bounds.items()}
        batches = list(read_range(consumer, settings, DEAD_LETTERS, ranges))
    found = [DeadLetter.FromString(message.value()) for batch in batches for message in batch]
    return {each.reason: each for each in found}


def test_poison_is_set_aside_and_the_tail_goes_on(
    start: StartScorer, feed: Feed, kafka_settings: KafkaSettings
) -> None:
    feed.pay([paid(1)])
    feed.put(RAW_TRANSACTIONS, b"\xff\xff\xff", partition=2)
    negative = paid(2)
    negative.amount_minor = -1
    feed.pay([negative])
    feed.put(RAW_TRANSACTIONS, b"", partition=3)
    wrong = to_record(Label(transaction_id="t1"), key="t1", origin="demo")
    feed.producer.produce(RAW_TRANSACTIONS, wrong, 4)
    feed.put(LABELS, Label(transaction_id="t1").SerializeToString())
    feed.pay([paid(3)])
    feed.say([said(3)])
    service = start()
    wait_until(lambda: applied(service) == 6 and applied(service, LABELS) == 2)
    wait_until(lambda: len(letters(kafka_settings)) == 5)
    found = letters(kafka_settings)
    assert all(letter.consumer == "scorer" for letter in found.values())
    assert any("amount_minor" in reason and "-1" in reason for reason in found)
    assert any("fraud.v1.Label" in reason for reason in found)
    assert "the message is empty" in found
    assert sum(letter.topic == LABELS for letter in found.values()) == 1
    with ScorerClient(target_of(service)) as client:
        assert client.is_serving()
        partitions = client.freshness().partitions
    assert sum(each.dead_letters for each in partitions) == 5
    service.stop()
    again = start()
    assert applied(again) == 6
    assert len(letters(kafka_settings)) == 5
