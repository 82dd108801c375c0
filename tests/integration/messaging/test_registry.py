"""Framed values, against Confluent's own serializer and deserializer.

No registry server runs here: the client's own in-process registry (``mock://``) stands in for one.
"""

import uuid

import pytest
from confluent_kafka.schema_registry.error import SchemaRegistryError
from confluent_kafka.schema_registry.protobuf import ProtobufDeserializer, ProtobufSerializer
from confluent_kafka.serialization import MessageField, SerializationContext
from google.protobuf.message import Message

from fraud.local.port import free_port
from fraud.settings import KafkaSettings
from fraud.v1.label_pb2 import Label
from fraud.v1.records_pb2 import FeatureVector, Prediction
from fraud.v1.stream_pb2 import DeadLetter, StreamProgress
from fraud.v1.transaction_pb2 import Transaction
from messaging.codec import Record, from_record, headers_in, to_record
from messaging.dead_letter_archive import DeadLetterArchive
from messaging.dead_letters import DeadLetters
from messaging.errors import IncompatibleSchemaError, RegistryError, UnreadableMessageError
from messaging.producer import MessageProducer
from messaging.registry import Framing, registry_client, subject_strategy
from messaging.topics import (
    DEAD_LETTERS,
    DECISIONS,
    FEATURE_VECTORS,
    LABELS,
    RAW_TRANSACTIONS,
    named,
)
from messaging.vectors import progress_key, read_progress, read_vectors, vector_key
from scorer.tail.intake import payload_of
from tests.integration.messaging.test_producer import read_all

MESSAGES: list[tuple[str, Message]] = [
    (RAW_TRANSACTIONS, Transaction(transaction_id="t1", account_id="a1", amount_minor=5)),
    (DECISIONS, Prediction(features=[1.0, 2.0], transaction=Transaction(account_id="a1"))),
    (LABELS, Label(transaction_id="t1", fraud=True)),
    (FEATURE_VECTORS, FeatureVector(entity_id="a1", state=b"\0\1", named_features={"x": 1.0})),
    (FEATURE_VECTORS, StreamProgress(contract_digest="0f")),
    (DEAD_LETTERS, DeadLetter(topic="labels", value=b"\xff")),
]


def with_registry(settings: KafkaSettings) -> KafkaSettings:
    url = f"mock://{uuid.uuid4().hex}"
    return settings.model_copy(update={"registry_url": url})


def context(settings: KafkaSettings, topic: str) -> SerializationContext:
    return SerializationContext(named(settings, topic), MessageField.VALUE)


@pytest.mark.parametrize(("topic", "message"), MESSAGES)
def test_frames_are_those_of_confluents_serializer(topic: str, message: Message) -> None:
    settings = with_registry(KafkaSettings())
    client = registry_client(settings.registry_url or "")
    conf = {"subject.name.strategy": subject_strategy(topic)}
    theirs = ProtobufSerializer(type(message), client, conf)(message, context(settings, topic))
    record = to_record(message, key="k", origin="demo")
    ours = Framing(settings).framed(topic, record)
    assert ours == theirs
    read = ProtobufDeserializer(type(message), conf, client)(ours, context(settings, topic))
    assert read == message
    assert from_record(type(message), theirs, record.headers) == message


def test_what_is_produced_is_read_by_confluents_deserializer_and_by_ours(
    kafka_settings: KafkaSettings,
) -> None:
    settings = with_registry(kafka_settings)
    client = registry_client(settings.registry_url or "")
    with MessageProducer(settings) as producer:
        for topic, message in MESSAGES[:3]:
            producer.produce(topic, to_record(message, key="k", origin="demo"))
    for topic, message in MESSAGES[:3]:
        [found] = read_all(settings, topic)
        value, headers = found.value(), headers_in(found)
        conf = {"subject.name.strategy": subject_strategy(topic)}
        theirs = ProtobufDeserializer(type(message), conf, client)
        assert theirs(value, context(settings, topic)) == message
        assert from_record(type(message), value, headers) == message
    subjects = client.get_subjects()
    for topic in (RAW_TRANSACTIONS, DECISIONS, LABELS):
        assert f"{named(settings, topic)}-value" in subjects


def test_framing_can_be_switched_on_and_off_while_messages_are_on_the_topic(
    kafka_settings: KafkaSettings,
) -> None:
    record = to_record(MESSAGES[0][1], key="a1", origin="producer")
    for settings in (kafka_settings, with_registry(kafka_settings), kafka_settings):
        with MessageProducer(settings) as producer:
            producer.produce(RAW_TRANSACTIONS, record)
    found = read_all(kafka_settings, RAW_TRANSACTIONS)
    assert [each.value() == record.value for each in found] == [True, False, True]
    for each in found:
        assert from_record(Transaction, each.value(), headers_in(each)) == MESSAGES[0][1]
    payloads = [payload_of(each, Transaction) for each in found]
    assert payloads == [record.value] * 3, "so the kernel gets them"


def test_a_damaged_frame_becomes_a_dead_letter_and_is_replayed_as_it_was(
    kafka_settings: KafkaSettings,
) -> None:
    settings = with_registry(kafka_settings)
    sound = to_record(MESSAGES[0][1], key="a1", origin="producer")
    record = Record(b"a1", b"\0\0\0", sound.headers)
    with MessageProducer(settings) as producer:
        producer.forward(RAW_TRANSACTIONS, record)
        producer.flush()
        [found] = read_all(settings, RAW_TRANSACTIONS)
        with pytest.raises(UnreadableMessageError, match="frame: ") as told:
            from_record(Transaction, found.value(), record.headers)
        DeadLetters(producer, settings, "worker").put(found, str(told.value))
        producer.flush()
        archive = DeadLetterArchive(settings)
        [kept] = archive.letters()
        archive.replay([kept], producer)
    assert [each.value() for each in read_all(settings, RAW_TRANSACTIONS)] == [record.value] * 2


def test_states_are_bootstrapped_from_framed_vectors(kafka_settings: KafkaSettings) -> None:
    settings = with_registry(kafka_settings)
    vector = FeatureVector(entity_id="a1", contract_digest="0f", state=b"state")
    progress = StreamProgress(contract_digest="0f")
    progress.offsets.add(topic=named(settings, LABELS), partition=3, next_offset=5)
    with MessageProducer(settings) as producer:
        key = vector_key("0f", "account", "a1")
        producer.produce(FEATURE_VECTORS, to_record(vector, key=key, origin="stream"))
        key = progress_key("0f", "features")
        producer.produce(FEATURE_VECTORS, to_record(progress, key=key, origin="stream"))
    assert list(read_vectors(settings, "0f")) == [vector]
    assert read_progress(settings, "0f") == {(LABELS, 3): 5}


def test_a_registry_that_does_not_answer_is_named() -> None:
    nowhere = KafkaSettings(registry_url=f"http://127.0.0.1:{free_port()}")
    record = to_record(MESSAGES[0][1], key="a1", origin="producer")
    with pytest.raises(RegistryError, match=r"`raw_transactions` \(kafka\.registry_url\)"):
        Framing(nowhere).framed(RAW_TRANSACTIONS, record)


def test_a_registry_that_refuses_a_schema_stops_the_producer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings = with_registry(KafkaSettings())

    def refuse(*_: object, **__: object) -> None:
        raise SchemaRegistryError(409, 409, "Schema being registered is incompatible")

    client = registry_client(settings.registry_url or "")
    monkeypatch.setattr(client, "register_schema_full_response", refuse)
    record = to_record(MESSAGES[0][1], key="a1", origin="producer")
    with pytest.raises(IncompatibleSchemaError, match="incompatible"):
        Framing(settings).framed(RAW_TRANSACTIONS, record)


def test_what_has_no_schema_cannot_be_framed() -> None:
    with pytest.raises(IncompatibleSchemaError, match="without the header `schema`"):
        Framing(with_registry(KafkaSettings())).framed(LABELS, Record(b"k", b"v", []))
