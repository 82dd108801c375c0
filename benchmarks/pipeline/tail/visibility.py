"""From produce to applied, beside a bare consumer of the same messages."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from confluent_kafka import TopicPartition

from benchmarks.load.host import percentile
from benchmarks.pipeline.tail.feed import CONTEXT, produce
from features_rs import RecordReport
from fraud.settings import KafkaSettings, Settings
from fraud.v1.transaction_pb2 import Transaction
from messaging.offsets import end_offsets, reading
from messaging.topics import RAW_TRANSACTIONS, named
from scorer.model.bundle import ModelBundle
from scorer.model.source import CHAMPION
from scorer.service import ScorerService

START_SECONDS = 60.0
READY = "ready"
WARM_UP_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Visibility:
    """Milliseconds from handing a payment to the producer, P50, P99 and greatest."""

    rate: float
    payments: int
    bare: tuple[float, float, float]
    applied: tuple[float, float, float]

    @property
    def beyond_ms(self) -> float:
        """P99 of the scorer beyond that of the bare consumer."""
        return round(self.applied[1] - self.bare[1], 2)


def measure(
    home: Path, kafka: KafkaSettings, bundle: ModelBundle, rate: float, seconds: float
) -> Visibility:
    """Produce for a while and time each payment.

    Raises:
        AssertionError: A payment was not applied, or applied and not seen by the bare consumer.
    """
    name = f"v{rate:.0f}-{time.time_ns()}"
    told: Any = CONTEXT.Queue()
    count = int(rate * seconds)
    bare = CONTEXT.Process(target=consume, args=(kafka, name, count, told))
    service = ScorerService(following(home, kafka, bundle))
    applied = watch(service)
    service.start()
    try:
        bare.start()
        assert told.get(timeout=START_SECONDS) == READY
        wait_until_caught_up(service)
        with CONTEXT.Pool(1) as pool:
            handed_over = pool.apply(produce, (kafka, name, rate, seconds))
        seen = told.get(timeout=START_SECONDS)
        time.sleep(0.5)
    finally:
        service.stop()
        bare.join()
    found = {
        Transaction.FromString(value).transaction_id: at
        for values, at in applied
        for value in values
    }
    assert handed_over.keys() == seen.keys()
    assert handed_over.keys() <= found.keys()
    return Visibility(rate, count, delays(handed_over, seen), delays(handed_over, found))


def following(home: Path, kafka: KafkaSettings, bundle: ModelBundle) -> Settings:
    """Settings of a scorer that follows the topics; the model is put where it finds it."""
    models = home / "models"
    settings = Settings.model_validate(
        {
            "home": home,
            "scorer": {"port": 0},
            "registry": {"directory": models},
            "kafka": kafka,
            "logging": {"level": "warning"},
        }
    )
    bundle.write(models / CHAMPION)
    return settings


def watch(service: ScorerService) -> list[tuple[Sequence[bytes], int]]:
    """Have every batch that the scorer has applied noted with the time."""
    applied: list[tuple[Sequence[bytes], int]] = []
    record = service.state.record_wire

    def record_and_note(messages: Sequence[bytes]) -> RecordReport:
        report = record(messages)
        applied.append((messages, time.time_ns()))
        return report

    service.state.record_wire = record_and_note  # type: ignore[method-assign]
    return applied


def wait_until_caught_up(service: ScorerService) -> None:
    """Wait until the scorer has caught up.

    Raises:
        TimeoutError: It does not.
    """
    deadline = time.monotonic() + START_SECONDS
    while service.freshness is None or not service.freshness.is_caught_up:
        if time.monotonic() > deadline:
            raise TimeoutError(f"the scorer did not catch up within {START_SECONDS:.0f} s")
        time.sleep(0.05)


def consume(settings: KafkaSettings, name: str, count: int, told: Any) -> None:
    """The floor: note when a consumer that does nothing else gets each payment."""
    seen: dict[str, int] = {}
    with reading(settings) as consumer:
        ends = end_offsets(settings, [RAW_TRANSACTIONS])
        topic = named(settings, RAW_TRANSACTIONS)
        consumer.assign([TopicPartition(topic, number, end) for (_, number), end in ends.items()])
        consumer.poll(1.0)
        told.put(READY)
        deadline = time.monotonic() + START_SECONDS
        while len(seen) < count and time.monotonic() < deadline:
            message = consumer.poll(0.1)
            if message is None or message.error() is not None:
                continue
            at = time.time_ns()
            transaction_id = Transaction.FromString(message.value() or b"").transaction_id
            if transaction_id.startswith(name):
                seen[transaction_id] = at
                deadline = time.monotonic() + START_SECONDS
    told.put(seen)


def delays(begin: dict[str, int], end: dict[str, int]) -> tuple[float, float, float]:
    """Milliseconds from one time to the other, P50, P99 and greatest, after a warm-up."""
    warm = min(begin.values()) + WARM_UP_SECONDS * 1e9
    found = np.array([(end[each] - at) / 1e6 for each, at in begin.items() if at >= warm])
    return percentile(found, 50), percentile(found, 99), percentile(found, 100)
