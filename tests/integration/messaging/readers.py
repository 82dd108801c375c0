"""Consumers of ``raw_transactions`` that run while its producer changes version.

Another kind of consumer takes part by a class with the methods of :class:`Reader`.
"""

import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

from confluent_kafka import Message, TopicPartition

from features_rs import Store
from fraud.local.spark import LocalSpark
from fraud.settings import KafkaSettings, Settings
from fraud.v1.transaction_pb2 import Transaction
from messaging.codec import check_schema, from_record, headers_in
from messaging.dead_letters import DeadLetters
from messaging.errors import UnreadableMessageError
from messaging.offsets import begin_offsets, reading
from messaging.producer import MessageProducer
from messaging.topics import RAW_TRANSACTIONS, named
from messaging.vectors import read_progress, read_vectors
from scorer.errors import InvalidRequestError
from scorer.features.convert import to_event
from scorer.validation import validate
from spark_stream.lake.reader import read_lake
from tests.integration.spark.support import assert_equal_to, store_of, wait_until_contained

BATCH = 500
POLL_SECONDS = 0.05
LAKE_SECONDS = 60.0


class Reader(Protocol):
    """A consumer with its own dead letters; started before the first message."""

    name: str

    @property
    def read_so_far(self) -> int:
        """Messages taken or set aside."""

    def start(self) -> None:
        """Begin to read, aside."""

    def finish(self, ends: Mapping[int, int], seconds: float) -> None:
        """Return when everything below these offsets has been read; fail after a time."""

    def misread(self, expected: Mapping[str, Transaction]) -> list[str]:
        """What was lost or read otherwise than it was meant, by ids of payments."""


class ThreadReader:
    """Reads all partitions on a thread of this process, in batches.

    Args:
        settings: Of the broker.
    """

    name = ""

    def __init__(self, settings: KafkaSettings) -> None:
        self._settings = settings
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=self.name)
        self._next: dict[int, int] = {}
        self._fault: Exception | None = None

    @property
    def read_so_far(self) -> int:
        """Messages taken or set aside."""
        return sum(self._next.values())

    def start(self) -> None:
        self._thread.start()

    def finish(self, ends: Mapping[int, int], seconds: float) -> None:
        self._ends = dict(ends)
        self._stopping.set()
        self._thread.join(seconds)
        assert not self._thread.is_alive(), f"{self.name}: at {self._next} of {ends}"
        assert self._fault is None, f"{self.name} stopped: {self._fault}"

    def take(self, messages: list[Message]) -> list[tuple[Message, str]]:
        """Take a batch; returns those that cannot be taken, each with the reason."""
        raise NotImplementedError

    def _run(self) -> None:
        try:
            with MessageProducer(self._settings) as producer:
                self._read(DeadLetters(producer, self._settings, self.name))
        except Exception as exc:  # noqa: BLE001 - told by `finish`
            self._fault = exc

    def _read(self, letters: DeadLetters) -> None:
        places = begin_offsets(self._settings, [RAW_TRANSACTIONS])
        self._next = {number: begin for (_, number), begin in places.items()}
        topic = named(self._settings, RAW_TRANSACTIONS)
        with reading(self._settings) as consumer:
            consumer.assign([TopicPartition(topic, *place) for place in self._next.items()])
            while not self._is_done():
                found = consumer.consume(BATCH, POLL_SECONDS)
                for message, reason in self.take(found):
                    letters.put(message, reason)
                for message in found:
                    self._next[message.partition() or 0] = (message.offset() or 0) + 1

    def _is_done(self) -> bool:
        return self._stopping.is_set() and all(
            self._next[number] >= end for number, end in self._ends.items()
        )


class ClassReader(ThreadReader):
    """Reads each message with a generated class, and checks the rules of the contract.

    Args:
        settings: Of the broker.
        kind: The class, of whichever version.
        fields: What a payment of that version is expected to read as.
    """

    def __init__(self, settings: KafkaSettings, kind: Any) -> None:
        super().__init__(settings)
        self._kind = kind
        self.payments: dict[str, list[Any]] = {}

    def take(self, messages: list[Message]) -> list[tuple[Message, str]]:
        refused = []
        for message in messages:
            try:
                read = from_record(self._kind, message.value(), headers_in(message))
                # The rules are the same in every version.
                validate(Transaction.FromString(message.value() or b""))
            except (UnreadableMessageError, InvalidRequestError) as exc:
                refused.append((message, str(exc)))
            else:
                read.DiscardUnknownFields()
                self.payments.setdefault(read.transaction_id, []).append(read)
        return refused

    def misread(self, expected: Mapping[str, Any]) -> list[str]:
        known = expected.keys() | self.payments.keys()
        return [key for key in known if self.payments.get(key) != [expected.get(key)]]


class OldReader(ClassReader):
    """Of today's build."""

    name = "old"

    def __init__(self, settings: KafkaSettings) -> None:
        super().__init__(settings, Transaction)


class NewReader(ClassReader):
    """Of a build that is ahead."""

    name = "new"


class KernelReader(ThreadReader):
    """Hands whole batches to the kernel, as a scorer's tail does."""

    name = "kernel"

    def __init__(self, settings: KafkaSettings) -> None:
        super().__init__(settings)
        self.store = Store()
        self.recorded = 0

    def take(self, messages: list[Message]) -> list[tuple[Message, str]]:
        refused, taken = [], []
        for message in messages:
            try:
                check_schema(Transaction, headers_in(message))
                taken.append(message)
            except UnreadableMessageError as exc:
                refused.append((message, str(exc)))
        report = self.store.record_wire([message.value() or b"" for message in taken])
        self.recorded += report.recorded
        return refused + [(taken[place], reason) for place, reason in report.refused]

    def misread(self, expected: Mapping[str, Transaction]) -> list[str]:
        """Of an account, the features would differ if anything of any payment did."""
        oracle = Store()
        for payment in expected.values():
            oracle.record(to_event(payment))
        accounts = {payment.account_id for payment in expected.values()}
        wrong = [
            account
            for account in sorted(accounts)
            if self.store.snapshot("account", account) != oracle.snapshot("account", account)
        ]
        lost = [] if self.recorded == len(expected) else [f"{self.recorded} of {len(expected)}"]
        return wrong + lost


class SparkReader:
    """The streaming job, whole: features of every entity, and the lake.

    Args:
        settings: Of the broker, with a home of its own.
    """

    name = "spark"

    def __init__(self, home: Path, settings: KafkaSettings) -> None:
        self._settings = Settings(home=home, kafka=settings)
        self._job = LocalSpark(self._settings)
        self._pid: int | None = None

    @property
    def read_so_far(self) -> int:
        told = read_progress(self._settings.kafka)
        return sum(end for (topic, _), end in told.items() if topic == RAW_TRANSACTIONS)

    def start(self) -> None:
        self._pid = self._job.start().pid

    def finish(self, ends: Mapping[int, int], seconds: float) -> None:
        wait_until_contained(self._settings.kafka, seconds)
        status = self._job.status
        assert status is not None, "it runs"
        assert status.is_running
        assert status.pid == self._pid, "it was not started anew"

    def misread(self, expected: Mapping[str, Transaction]) -> list[str]:
        """Of an entity, the state would differ if anything of any payment did."""
        vectors = list(read_vectors(self._settings.kafka))
        assert_equal_to(store_of(list(expected.values()), []), vectors)
        kept = self._in_lake(len(expected))
        return [] if kept == sorted(expected) else sorted({*kept} ^ {*expected}) or ["doubled"]

    def stop(self) -> None:
        """End the job."""
        self._job.stop()

    def _in_lake(self, count: int) -> list[str]:
        """Ids in the lake, once it holds as many; its query has batches of its own."""
        latest = time.monotonic() + LAKE_SECONDS
        while len(table := read_lake(self._settings)) < count and time.monotonic() < latest:
            time.sleep(0.5)
        return sorted(table["transaction_id"].cast("string").to_pylist())
