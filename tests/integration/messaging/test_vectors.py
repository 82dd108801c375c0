"""What is read of ``feature_vectors``: the newest of each entity, and how far it reaches."""

import pytest

from features_rs import contract
from fraud.settings import KafkaSettings
from fraud.v1.records_pb2 import EntityKind, FeatureVector
from fraud.v1.stream_pb2 import PartitionOffset, StreamProgress
from messaging.codec import to_record
from messaging.errors import BrokerAwayError
from messaging.offsets import begin_offsets, end_offsets
from messaging.producer import MessageProducer
from messaging.topics import FEATURE_VECTORS, LABELS, RAW_TRANSACTIONS
from messaging.vectors import VectorScan, progress_key, read_progress, read_vectors, vector_key

OWN, OTHER = contract().digest, "0" * 32
ACCOUNT = EntityKind.ENTITY_KIND_ACCOUNT


def vector(name: str, state: bytes, digest: str = OWN) -> tuple[str, FeatureVector]:
    found = FeatureVector(entity_kind=ACCOUNT, entity_id=name, contract_digest=digest, state=state)
    return vector_key(digest, "account", name), found


def progress(query: str, **offsets: int) -> tuple[str, StreamProgress]:
    found = [
        PartitionOffset(topic=topic, partition=0, next_offset=offset)
        for topic, offset in offsets.items()
    ]
    return progress_key(OWN, query), StreamProgress(contract_digest=OWN, offsets=found)


def produce(
    settings: KafkaSettings, *messages: tuple[str, FeatureVector] | tuple[str, StreamProgress]
) -> None:
    with MessageProducer(settings) as producer:
        for key, message in messages:
            producer.produce(FEATURE_VECTORS, to_record(message, key=key, origin="stream"))
        producer.flush()


def test_the_newest_of_each_entity_of_one_contract(kafka_settings: KafkaSettings) -> None:
    old = [vector(f"a{number}", b"old") for number in range(50)]
    new = [vector(f"a{number}", b"new") for number in range(30)]
    produce(kafka_settings, *old, vector("a1", b"theirs", OTHER), *new)
    states = {each.entity_id: each.state for each in read_vectors(kafka_settings)}
    assert len(states) == 50
    assert sorted(states.values()) == [b"new"] * 30 + [b"old"] * 20
    assert [each.state for each in read_vectors(kafka_settings, OTHER)] == [b"theirs"]
    scan = VectorScan(kafka_settings)
    assert sum(len(batch) for batch in scan) == 80
    assert (scan.foreign, scan.offsets) == (1, {})


def test_the_furthest_progress_counts_wherever_it_is(kafka_settings: KafkaSettings) -> None:
    produce(kafka_settings, progress("features", raw_transactions=5, labels=2))
    produce(kafka_settings, progress("backfill", raw_transactions=9))
    produce(kafka_settings, progress("features", raw_transactions=7, labels=3))
    assert read_progress(kafka_settings) == {(RAW_TRANSACTIONS, 0): 9, (LABELS, 0): 3}
    assert read_progress(kafka_settings, OTHER) == {}


def test_progress_that_is_far_behind_the_end_is_found(kafka_settings: KafkaSettings) -> None:
    produce(kafka_settings, progress("features", raw_transactions=5))
    crowd = (vector(f"a{number}", b"state") for number in range(30_000))
    produce(kafka_settings, *crowd)
    assert read_progress(kafka_settings) == {(RAW_TRANSACTIONS, 0): 5}


def test_an_empty_topic_has_nothing(kafka_settings: KafkaSettings) -> None:
    assert list(read_vectors(kafka_settings)) == []
    assert read_progress(kafka_settings) == {}
    assert set(end_offsets(kafka_settings, [FEATURE_VECTORS]).values()) == {0}
    assert begin_offsets(kafka_settings, [LABELS]) == end_offsets(kafka_settings, [LABELS])


def test_a_topic_that_is_not_there_is_named(kafka_settings: KafkaSettings) -> None:
    with pytest.raises(BrokerAwayError, match=r"no_such_topic"):
        end_offsets(kafka_settings, ["no_such_topic"])
