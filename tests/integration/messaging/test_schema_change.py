"""A producer rolls from version to version under load, and back: nobody loses or misreads a thing.

Version 2 adds a field, version 3 renames it and retires another. Meanwhile a reader of today's
build, one of the newest, the kernel and the streaming job read along. What truly cannot be taken,
in between, becomes one dead letter each, and its neighbours do not notice.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from fraud.settings import KafkaSettings
from fraud.v1.stream_pb2 import DeadLetter
from fraud.v1.transaction_pb2 import Transaction
from messaging.codec import Record, to_record
from messaging.dead_letter_archive import DeadLetterArchive
from messaging.errors import IncompatibleSchemaError
from messaging.offsets import end_offsets
from messaging.producer import MessageProducer
from messaging.topics import DEAD_LETTERS, RAW_TRANSACTIONS
from tests.integration.messaging.readers import (
    KernelReader,
    NewReader,
    OldReader,
    Reader,
    SparkReader,
)
from tests.integration.messaging.rolling import RollingProducer, Spoil, with_schema
from tests.integration.messaging.test_producer import read_all
from tests.integration.spark.support import wait_until_contained
from tests.unit.messaging.variants import ADDED, REMOVED, RENAMED, Variant, compile_variant

SECONDS_EACH = 2.0
MOST_ROUNDS = 5
"""A batch takes seconds: where one takes longer than a round of versions, they roll again."""
WAIT_SECONDS = 240.0
# In the words of any reader.
REASONS = {
    "type": r"amount_minor: (field 5 was sent as another type|invalid wire type)",
    "garbage": r"not a fraud\.v1\.Transaction",
    "schema": r"^schema: `fraud\.v1\.Label` is not fraud\.v1\.Transaction",
    "rule": r"amount_minor: `-5` ",
    "empty": r"empty|transaction_id|account_id",
}


@pytest.fixture(scope="module")
def versions(tmp_path_factory: pytest.TempPathFactory) -> list[Variant]:
    folder = tmp_path_factory.mktemp("versions")
    edits = [[], [ADDED], [RENAMED, REMOVED]]
    return [compile_variant(folder, number, *each) for number, each in enumerate(edits, 1)]


@pytest.fixture(scope="module")
def incompatible(tmp_path_factory: pytest.TempPathFactory) -> Variant:
    """A version whose amount is a text."""
    edit = ("int64 amount_minor = 5", "string amount_minor = 5")
    return compile_variant(tmp_path_factory.mktemp("versions"), 9, edit)


@pytest.fixture(scope="module")
def spoils(incompatible: Variant) -> dict[str, Spoil]:
    """Everything that cannot be taken, by name."""

    def retyped(record: Record, payment: Transaction) -> Record:
        return replace(record, value=incompatible.encode(payment, amount_minor="12.99"))

    def negative(record: Record, payment: Transaction) -> Record:
        payment.amount_minor = -5
        return replace(record, value=payment.SerializeToString())

    return {
        "type": retyped,
        "garbage": lambda record, _: replace(record, value=b"\xff" * 40),
        "schema": lambda record, _: with_schema(record, "fraud.v1.Label"),
        "rule": negative,
        "empty": lambda record, _: replace(record, value=b""),
    }


@pytest.fixture
def spark(tmp_path: Path, kafka_settings: KafkaSettings) -> Iterator[SparkReader]:
    reader = SparkReader(tmp_path, kafka_settings)
    yield reader
    reader.stop()


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_versions_roll_forth_and_back_and_nothing_is_lost_or_misread(
    kafka_settings: KafkaSettings,
    versions: list[Variant],
    spoils: dict[str, Spoil],
    spark: SparkReader,
) -> None:
    first, second, third = versions
    old, kernel = OldReader(kafka_settings), KernelReader(kafka_settings)
    new = NewReader(kafka_settings, third.kind)
    readers: list[Reader] = [spark, old, new, kernel]
    for reader in readers:
        reader.start()
    producer = RollingProducer(kafka_settings, third, spoils)
    producer.roll([first], SECONDS_EACH)
    # The first batch of a Java machine takes longer than all of this.
    wait_until_contained(kafka_settings, WAIT_SECONDS)
    warm = spark.read_so_far
    for _ in range(MOST_ROUNDS):
        producer.roll([second, third, second, first], SECONDS_EACH)
        if spark.read_so_far > warm:
            break
    meanwhile = {reader.name: reader.read_so_far for reader in readers}
    found = end_offsets(kafka_settings, [RAW_TRANSACTIONS])
    ends = {number: end for (_, number), end in found.items()}
    for reader in readers:
        reader.finish(ends, WAIT_SECONDS)
    assert meanwhile.pop("spark") > warm, "it read while versions changed"
    assert min(meanwhile.values()) > sum(ends.values()) / 2, "they read while versions changed"
    rolled = producer.rolled
    assert old.misread(rolled.read_by_old) == []
    assert new.misread(rolled.read_by_new) == []
    assert kernel.misread(rolled.read_by_old) == []
    assert spark.misread(rolled.read_by_old) == []
    assert_one_letter_each(kafka_settings, readers, rolled.places(kafka_settings))


def assert_one_letter_each(
    settings: KafkaSettings, readers: Sequence[Reader], places: dict[str, str]
) -> None:
    """Every reader wrote one letter a message, with the reason; together they are one each."""
    assert set(places.values()) == set(REASONS), "each kind came"
    assert [kept.key for kept in DeadLetterArchive(settings).letters()] == in_order(places)
    written: Counter[tuple[str, str]] = Counter()
    for message in read_all(settings, DEAD_LETTERS):
        letter = DeadLetter.FromString(message.value() or b"")
        place = f"{letter.topic}/{letter.partition}/{letter.offset}"
        written[letter.consumer, place] += 1
        assert re.search(REASONS[places[place]], letter.reason), (places[place], letter.reason)
    assert written == Counter({(each.name, place): 1 for each in readers for place in places})


def in_order(places: Iterable[str]) -> list[str]:
    """By topic, partition and offset."""
    return sorted(places, key=lambda place: [int(part) for part in place.split("/")[1:]])


def test_a_producer_does_not_send_what_would_be_misread(
    kafka_settings: KafkaSettings, incompatible: Variant
) -> None:
    payment = incompatible.kind(transaction_id="t1", account_id="a1", amount_minor="12.99")
    with (
        MessageProducer(kafka_settings) as producer,
        pytest.raises(IncompatibleSchemaError, match="was int64, is string"),
    ):
        producer.produce(RAW_TRANSACTIONS, to_record(payment, key="a1", origin="producer"))
    assert read_all(kafka_settings, RAW_TRANSACTIONS) == []


def test_a_version_that_is_ahead_can_be_produced(
    kafka_settings: KafkaSettings, versions: list[Variant], tmp_path: Path
) -> None:
    payment = versions[2].kind(transaction_id="t1", account_id="a1", payment_token="w1")
    with MessageProducer(kafka_settings) as producer:
        producer.produce(RAW_TRANSACTIONS, to_record(payment, key="a1", origin="producer"))
    [found] = read_all(kafka_settings, RAW_TRANSACTIONS)
    assert Transaction.FromString(found.value() or b"").transaction_id == "t1"
