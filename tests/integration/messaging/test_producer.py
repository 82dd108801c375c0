import pytest
from confluent_kafka import Message

from fraud.local.port import free_port
from fraud.settings import KafkaSettings
from messaging.codec import Record, headers_in
from messaging.errors import BrokerAwayError, DeliveryError
from messaging.offsets import read_range, reading, watermarks
from messaging.producer import MessageProducer
from messaging.topics import LABELS


def record(number: int, size: int = 10) -> Record:
    return Record(f"k{number}".encode(), bytes(size), [("schema", b"any")])


def read_all(settings: KafkaSettings, topic: str) -> list[Message]:
    with reading(settings) as consumer:
        found = watermarks(consumer, settings, [topic])
        ranges = {number: range_ for (_, number), range_ in found.items()}
        return [each for batch in read_range(consumer, settings, topic, ranges) for each in batch]


def test_every_message_is_counted_and_where_its_key_belongs(kafka_settings: KafkaSettings) -> None:
    told: list[DeliveryError | None] = []
    with MessageProducer(kafka_settings) as producer:
        for number in range(2000):
            producer.produce(LABELS, record(number % 50), on_delivery=told.append)
        producer.flush()
        assert (producer.delivered, producer.failed, producer.waiting) == (2000, 0, 0)
    assert told == [None] * 2000
    found = read_all(kafka_settings, LABELS)
    assert len(found) == 2000
    assert headers_in(found[0]) == [("schema", b"any")]
    assert len({(each.key(), each.partition()) for each in found}) == 50


def test_a_message_goes_to_the_partition_it_is_sent_to(kafka_settings: KafkaSettings) -> None:
    with MessageProducer(kafka_settings) as producer:
        producer.produce(LABELS, record(1), partition=0)
        producer.produce(LABELS, record(1), partition=1)
    assert sorted(each.partition() or 0 for each in read_all(kafka_settings, LABELS)) == [0, 1]


def test_a_full_queue_makes_the_caller_wait(kafka_settings: KafkaSettings) -> None:
    overrides = {"queue.buffering.max.messages": 10}
    most = 0
    with MessageProducer(kafka_settings, **overrides) as producer:
        for number in range(200):
            producer.produce(LABELS, record(number))
            most = max(most, producer.waiting)
    assert producer.delivered == 200
    assert most < 20  # the queue itself, and what is told but not yet looked at


def test_what_was_not_delivered_is_named() -> None:
    nowhere = KafkaSettings(bootstrap_servers=f"127.0.0.1:{free_port()}")
    producer = MessageProducer(nowhere, timeout_seconds=0.2)
    for number in range(5):
        producer.produce(LABELS, record(number))
    with pytest.raises(DeliveryError, match=r"`k0` to `labels`.*timed out.*, and 2 more$"):
        producer.flush(10)
    assert (producer.delivered, producer.failed) == (0, 5)
    told: list[DeliveryError | None] = []
    producer.produce(LABELS, record(6), on_delivery=told.append)
    producer.flush(10)
    assert producer.failed == 6
    assert "`k6` to `labels`" in str(told[0]), "who is told is not told again"
    producer.close()


def test_what_is_still_waiting_is_told() -> None:
    nowhere = KafkaSettings(bootstrap_servers=f"127.0.0.1:{free_port()}")
    producer = MessageProducer(nowhere)
    producer.produce(LABELS, record(1))
    with pytest.raises(DeliveryError, match=r"1 messages are not delivered after 0.1 s"):
        producer.flush(0.1)
    producer.close()
    for _ in range(100):  # what is given up is told by a thread of the client's
        if producer.waiting:
            producer.poll(0.05)
    assert producer.waiting == 0


def test_a_message_too_large_is_refused_at_once(kafka_settings: KafkaSettings) -> None:
    with MessageProducer(kafka_settings) as producer:
        with pytest.raises(DeliveryError, match=r"`k1` \(2,000,000 bytes\) to `labels`"):
            producer.produce(LABELS, record(1, size=2_000_000))
        producer.produce(LABELS, record(2))
    assert [each.key() for each in read_all(kafka_settings, LABELS)] == [b"k2"]


def test_without_a_broker_set_there_is_no_producer() -> None:
    with pytest.raises(BrokerAwayError, match="fraud kafka up"):
        MessageProducer(KafkaSettings())


def test_settings_that_no_client_takes_are_told(kafka_settings: KafkaSettings) -> None:
    with pytest.raises(BrokerAwayError, match=r"no\.such\.setting"):
        MessageProducer(kafka_settings, **{"no.such.setting": 1})
