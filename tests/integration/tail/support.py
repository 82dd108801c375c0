"""Scorers that follow topics, and what is put there for them."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Literal

import numpy as np
from confluent_kafka import TopicPartition
from confluent_kafka.admin import AdminClient

from features_rs import Store, contract
from fraud.client import ScorerClient
from fraud.settings import KafkaSettings, RegistrySettings, ScorerSettings, Settings
from fraud.v1.label_pb2 import Label
from fraud.v1.records_pb2 import (
    ENTITY_KIND_ACCOUNT,
    ENTITY_KIND_CATEGORY,
    ENTITY_KIND_DEVICE,
    ENTITY_KIND_MERCHANT,
    EntityKind,
    FeatureVector,
    Prediction,
)
from fraud.v1.stream_pb2 import StreamProgress
from fraud.v1.transaction_pb2 import Transaction
from messaging.client import common_config
from messaging.codec import Record, to_record
from messaging.producer import MessageProducer
from messaging.topics import FEATURE_VECTORS, LABELS, RAW_TRANSACTIONS, named
from messaging.vectors import progress_key, vector_key
from scorer.features.convert import to_event, to_label
from scorer.features.payments import PaymentFacts
from scorer.sinks.reader import OutboxReader
from tests.unit.scorer.support import BEGIN_SECONDS, Rows, payment

DIGEST = contract().digest
WIDTH = len(contract().names)
ACCOUNTS = 7
STEP = 60
KINDS: dict[Literal["account", "merchant", "category", "device"], EntityKind.ValueType] = {
    "account": ENTITY_KIND_ACCOUNT,
    "merchant": ENTITY_KIND_MERCHANT,
    "category": ENTITY_KIND_CATEGORY,
    "device": ENTITY_KIND_DEVICE,
}


def following(home: Path, kafka: KafkaSettings, bundles: Path, **scorer: object) -> Settings:
    """Settings of a scorer that follows the topics."""
    return Settings(
        home=home,
        scorer=ScorerSettings(**{"port": 0, **scorer}),
        registry=RegistrySettings(directory=bundles),
        kafka=kafka,
    )


def paid(number: int, step: int = STEP) -> Transaction:
    """Payment ``number`` of a few accounts, devices and merchants, some seconds after the last."""
    return payment(
        f"t{number}",
        account_id=f"account-{number % ACCOUNTS}",
        device_id=f"device-{number % 5}",
        merchant_id=f"merchant-{number % 3}",
        amount_minor=100 + number,
        seconds=step * number,
    )


def said(number: int, *, fraud: bool = True, hour: int = 24) -> Label:
    """What was learned of payment ``number``, some hours after the first payment."""
    label = Label(transaction_id=f"t{number}", fraud=fraud, source="bank")
    label.happened_at.seconds = BEGIN_SECONDS + STEP * number
    label.known_at.seconds = BEGIN_SECONDS + 3600 * hour
    return label


def probe(account: int, name: str = "probe") -> Transaction:
    """A payment two days later, whose features tell the state of an account and its merchant."""
    return payment(
        f"{name}-{account}",
        account_id=f"account-{account}",
        device_id=f"device-{account % 5}",
        merchant_id=f"merchant-{account % 3}",
        seconds=2 * 86_400 + account,
    )


class Feed:
    """Puts messages on the topics, as the simulator, the recorder and the stream do."""

    def __init__(self, settings: KafkaSettings) -> None:
        self._settings = settings
        self.producer = MessageProducer(settings)

    def pay(self, payments: Iterable[Transaction]) -> None:
        for each in payments:
            record = to_record(each, key=each.account_id, origin="producer")
            self.producer.produce(RAW_TRANSACTIONS, record)
        self.producer.flush()

    def say(self, labels: Iterable[Label]) -> None:
        for each in labels:
            record = to_record(each, key=each.transaction_id, origin="producer")
            self.producer.produce(LABELS, record)
        self.producer.flush()

    def put(self, topic: str, value: bytes, partition: int = 0) -> None:
        self.producer.produce(topic, Record(b"key", value, []), partition)
        self.producer.flush()

    def forget(self, ends: Mapping[tuple[str, int], int]) -> None:
        """Have the broker delete everything before these offsets, as retention does."""
        places = [
            TopicPartition(named(self._settings, topic), number, offset)
            for (topic, number), offset in ends.items()
        ]
        admin = AdminClient(common_config(self._settings))
        for done in admin.delete_records(places).values():
            done.result(10)

    def publish(self, store: Store, digest: str = DIGEST) -> None:
        """The states of every entity of the tests, as the stream publishes them."""
        for kind, number in KINDS.items():
            for entity in entities(kind):
                state = store.snapshot(kind, entity)
                if state is None:
                    continue
                vector = FeatureVector(
                    entity_kind=number, entity_id=entity, contract_digest=digest, state=state
                )
                record = to_record(vector, key=vector_key(digest, kind, entity), origin="stream")
                self.producer.produce(FEATURE_VECTORS, record)
        self.producer.flush()

    def claim(self, offsets: dict[tuple[str, int], int], digest: str = DIGEST) -> None:
        """Say up to where the topics are contained in what was published."""
        progress = StreamProgress(contract_digest=digest)
        for (topic, number), offset in offsets.items():
            progress.offsets.add(topic=topic, partition=number, next_offset=offset)
        record = to_record(progress, key=progress_key(digest, "features"), origin="stream")
        self.producer.produce(FEATURE_VECTORS, record)
        self.producer.flush()


def entities(kind: str) -> list[str]:
    return ["5411"] if kind == "category" else [f"{kind}-{number}" for number in range(ACCOUNTS)]


def reference(payments: Sequence[Transaction], labels: Sequence[Label] = ()) -> Store:
    """The state that all of this makes, straight from the kernel."""
    store, facts = Store(), {each.transaction_id: PaymentFacts.of(each) for each in payments}
    for each in payments:
        store.record(to_event(each))
    for label in labels:
        found = facts[label.transaction_id]
        store.learn(to_label(label, found, fraud=label.fraud, withdraws=False))
    return store


def expected(store: Store, name: str = "probe") -> Rows:
    """What the probes are scored on, in their order, by the kernel alone."""
    rows = np.empty((ACCOUNTS, WIDTH), np.float32)
    for account in range(ACCOUNTS):
        store.assemble_and_record(to_event(probe(account, name)), rows[account])
    return rows


def served(target: str, settings: Settings, name: str = "probe") -> Rows:
    """What a scorer scores the probes on, as it wrote down in its outbox."""
    with ScorerClient(target) as client:
        for account in range(ACCOUNTS):
            client.score(probe(account, name), timeout=5, from_stream=True)
    reader = OutboxReader(settings.outbox_path)
    found = {entry.key: entry.payload for entry in reader.read_after(0, 1_000_000)}
    reader.close()
    rows = [
        Prediction.FromString(found[f"{name}-{account}"]).features for account in range(ACCOUNTS)
    ]
    return np.array(rows, np.float32)


def assert_same_bits(found: Rows, wanted: Rows) -> None:
    assert found.shape == wanted.shape
    names = contract().names
    differing = np.argwhere(found.view(np.uint32) != wanted.view(np.uint32))
    told = [
        (int(row), names[column], float(found[row, column]), float(wanted[row, column]))
        for row, column in differing
    ]
    assert told == [], told[:4]
