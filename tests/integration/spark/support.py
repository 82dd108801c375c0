"""A stream of payments and labels for a real job, and what the kernel makes of it directly."""

import random
import time
import urllib.request
from collections.abc import Sequence
from typing import Any

from google.protobuf.message import Message
from prometheus_client.parser import text_string_to_metric_families

from features_rs import Label as KernelLabel
from features_rs import Store
from fraud.settings import KafkaSettings
from fraud.v1.label_pb2 import Label
from fraud.v1.records_pb2 import EntityKind, FeatureVector
from fraud.v1.transaction_pb2 import Transaction
from messaging.codec import Record, to_record
from messaging.offsets import end_offsets, read_range, reading, watermarks
from messaging.producer import MessageProducer
from messaging.topics import LABELS, RAW_TRANSACTIONS
from messaging.vectors import read_progress, read_vectors
from tests.unit.scorer.support import payment

POISON = b"\xff not a payment"
DAY_US = 86_400_000_000
# Within the contract's bound on lateness, so that every order of arrival is as good.
SPAN_SECONDS = 3_000


def payments(count: int, seed: int) -> list[Transaction]:
    """Payments of one hour, in no order of time."""
    chance = random.Random(seed)
    return [
        payment(
            f"t{seed}-{number}",
            seconds=chance.randrange(SPAN_SECONDS),
            account_id=f"account-{chance.randrange(40)}",
            merchant_id=f"merchant-{chance.randrange(9)}",
            category=chance.choice(("5411", "5812", "7995")),
            device_id=f"device-{chance.randrange(50)}",
            amount_minor=chance.randrange(100, 90_000),
        )
        for number in range(count)
    ]


def label(of: Transaction, days: int, *, fraud: bool) -> Label:
    """What was learned of a payment so many days later."""
    said = Label(transaction_id=of.transaction_id, fraud=fraud, source="chargeback")
    said.happened_at.CopyFrom(of.event_time)
    said.known_at.FromMicroseconds(of.event_time.ToMicroseconds() + days * DAY_US)
    return said


def learned(of: Transaction, days: int, *, fraud: bool, withdraws: bool = False) -> KernelLabel:
    """The same as the kernel takes it."""
    return KernelLabel(
        transaction_id=of.transaction_id,
        merchant_id=of.merchant_id,
        category=of.category,
        amount_minor=of.amount_minor,
        currency=of.currency,
        event_time_us=of.event_time.ToMicroseconds(),
        known_at_us=of.event_time.ToMicroseconds() + days * DAY_US,
        fraud=fraud,
        withdraws=withdraws,
    )


def produce(settings: KafkaSettings, messages: Sequence[Message | bytes]) -> None:
    """Put them onto their topics."""
    with MessageProducer(settings) as producer:
        for message in messages:
            if isinstance(message, bytes):
                headers = to_record(Transaction(), key="", origin="demo").headers
                producer.produce(RAW_TRANSACTIONS, Record(b"poison", message, headers))
            elif isinstance(message, Label):
                record = to_record(message, key=message.transaction_id, origin="producer")
                producer.produce(LABELS, record)
            elif isinstance(message, Transaction):
                record = to_record(message, key=message.account_id, origin="producer")
                producer.produce(RAW_TRANSACTIONS, record)


def wait_until_contained(settings: KafkaSettings, seconds: float = 300.0) -> None:
    """Wait until the job has told that everything is in the vectors."""
    ends = end_offsets(settings, (RAW_TRANSACTIONS, LABELS))
    deadline = time.monotonic() + seconds
    while True:
        told = read_progress(settings)
        if all(told.get(place, 0) >= end for place, end in ends.items()):
            return
        assert time.monotonic() < deadline, f"told {told} of {ends}"
        time.sleep(0.3)


def store_of(payments: Sequence[Transaction], labels: Sequence[KernelLabel]) -> Store:
    """What the kernel makes of them without Spark."""
    store = Store()
    report = store.record_wire([each.SerializeToString() for each in payments])
    assert report.refused == []
    for each in labels:
        store.learn(each)
    return store


def assert_equal_to(store: Store, vectors: Sequence[FeatureVector]) -> None:
    """Every entity of the store has a vector, its state to the bit, and there is no other."""
    kinds = ("account", "merchant", "category", "device")
    for vector in vectors:
        kind = EntityKind.Name(vector.entity_kind).removeprefix("ENTITY_KIND_").lower()
        # mypy cannot know that the four names are those of the kernel.
        expected: Any = store.snapshot(kind, vector.entity_id)  # type: ignore[arg-type]
        assert vector.state == expected, f"{kind} {vector.entity_id}"
    counts = [store.entity_count(kind) for kind in kinds]  # type: ignore[arg-type]
    assert len(vectors) == sum(counts)


def assert_progress_is_true(settings: KafkaSettings) -> None:
    """Everything below what the job tells is in the vectors that are there afterwards."""
    told = read_progress(settings)
    store = Store()
    store.merge_many([vector.state for vector in read_vectors(settings)])
    with reading(settings) as consumer:
        begins = watermarks(consumer, settings, [RAW_TRANSACTIONS])
        ranges = {
            partition: (low, told.get((topic, partition), low))
            for (topic, partition), (low, _) in begins.items()
        }
        batches = list(read_range(consumer, settings, RAW_TRANSACTIONS, ranges))
    values = [message.value() or b"" for batch in batches for message in batch]
    report = store.record_wire(values)
    assert report.recorded == 0
    assert report.late == 0


def samples(port: int) -> dict[tuple[str, str | None], float]:
    """What a metrics page tells, by the names of the sample and of its query."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as answer:
        families = list(text_string_to_metric_families(answer.read().decode()))
    return {
        (sample.name, sample.labels.get("query")): sample.value
        for family in families
        for sample in family.samples
    }
