"""How long a new scorer takes for a million published states.

``python -m benchmarks.pipeline.bootstrap``: the states are made by the kernel and published to a
real broker; then one core takes them. Counts, and a sample byte for byte, are checked first.
"""

import json
import os
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
import pyarrow as pa
import typer
from rich.console import Console

from benchmarks.load.host import measure_host
from features_rs import Store, contract
from fraud.local.kafka import LocalKafka
from fraud.logs import configure_logs
from fraud.settings import KafkaSettings, LoggingSettings
from fraud.v1.records_pb2 import EntityKind as WireKind
from fraud.v1.records_pb2 import FeatureVector
from fraud.v1.stream_pb2 import StreamProgress
from messaging.admin import reconcile
from messaging.codec import to_record
from messaging.offsets import end_offsets
from messaging.producer import MessageProducer
from messaging.topics import FEATURE_VECTORS, RAW_TRANSACTIONS
from messaging.vectors import progress_key, vector_key
from scorer.features.labels import LabelBook
from scorer.features.payments import PaymentIndex
from scorer.features.state import LiveState
from scorer.sinks.outbox import Outbox
from scorer.tail.bootstrap import bootstrap

if TYPE_CHECKING:
    from features_rs._kernel import EntityKind

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)

RESULTS = Path(__file__).parent / "tail" / "results" / "bootstrap.json"
BAR_SECONDS = 30.0
DIGEST = contract().digest
BATCH = 50_000
SAMPLE = 1_000
KINDS: "tuple[EntityKind, ...]" = ("account", "merchant", "category", "device")
# Of each thousand entities.
SHARES = {"account": 600, "device": 380, "merchant": 20}
CATEGORIES = 200
PAYMENTS_EACH = 2
BEGIN_US = 1_760_000_000_000_000


@app.command()
def main(
    entities: Annotated[int, typer.Option(help="Entities published.")] = 1_000_000,
    output: Annotated[Path, typer.Option(help="JSON to write.")] = RESULTS,
    judge: Annotated[bool, typer.Option("--judge", help="Exit 1 when the bar is missed.")] = False,
) -> None:
    """Publish, take, check, print."""
    configure_logs(LoggingSettings(level="error"))
    host, store = measure_host(), world(entities)
    with tempfile.TemporaryDirectory(prefix="fraud-bootstrap-") as name:
        folder = Path(name)
        with LocalKafka(folder / "kafka") as broker:
            settings = KafkaSettings(bootstrap_servers=broker.bootstrap_servers)
            reconcile(settings)
            size = publish(settings, store)
            taken, seconds, cpu_seconds = take(folder, settings)
    check(store, taken)
    count = sum(store.entity_count(kind) for kind in KINDS)
    scaled = seconds * 1_000_000 / count
    met = scaled <= BAR_SECONDS
    Console(width=100).print(
        f"{host.processor}, {host.cores} cores, load {host.load_average:.1f} at start\n"
        f"{count:,} entities, {size / 1e6:,.0f} MB of vectors, taken on one core in {seconds:.1f} s"
        f" ({cpu_seconds:.1f} s of the processor): {count / seconds:,.0f}/s, "
        f"{scaled:.1f} s a million\n"
        f"{'met   ' if met else 'MISSED'}  a million entities within {BAR_SECONDS:.0f} s"
    )
    output.parent.mkdir(parents=True, exist_ok=True)
    figures = {"entities": count, "bytes": size, "seconds": seconds, "cpu_seconds": cpu_seconds}
    output.write_text(json.dumps({"host": asdict(host), **figures, "met": met}, indent=1))
    if judge and not met:
        raise typer.Exit(1)


def world(entities: int) -> Store:
    """So many entities with a few payments each."""
    store = Store()
    numbers = {kind: entities * share // 1000 for kind, share in SHARES.items()}
    for first in range(0, numbers["account"] * PAYMENTS_EACH, BATCH):
        count = min(BATCH, numbers["account"] * PAYMENTS_EACH - first)
        at = np.arange(first, first + count)
        columns = {
            "transaction_id": names("t", at),
            "account_id": names("account-", at % numbers["account"]),
            "merchant_id": names("merchant-", at * 31 % numbers["merchant"]),
            "category": names("", 5000 + at % CATEGORIES),
            "device_id": names("device-", at % numbers["device"]),
            "currency": pa.array(["EUR"] * count),
            "amount_minor": pa.array(500 + at * 37 % 20_000),
            "event_time": pa.array(BEGIN_US + at * 1_000_000, pa.timestamp("us", "UTC")),
        }
        store.record_many(pa.RecordBatch.from_pydict(columns))
    return store


def names(prefix: str, numbers: Any) -> pa.Array:
    """Names of numbered things."""
    return pa.array([f"{prefix}{number}" for number in numbers.tolist()])


def publish(settings: KafkaSettings, store: Store) -> int:
    """Put every state on the topic, and how far they reach; returns their bytes."""
    size = 0
    with MessageProducer(settings, **{"linger.ms": 50}) as producer:
        for vector in vectors(store):
            kind = WireKind.Name(vector.entity_kind).removeprefix("ENTITY_KIND_").lower()
            key = vector_key(DIGEST, kind, vector.entity_id)
            record = to_record(vector, key=key, origin="stream")
            producer.produce(FEATURE_VECTORS, record)
            size += len(record.value)
        producer.flush(120)
        progress = StreamProgress(contract_digest=DIGEST)
        for (topic, number), end in end_offsets(settings, [RAW_TRANSACTIONS]).items():
            progress.offsets.add(topic=topic, partition=number, next_offset=end)
        record = to_record(progress, key=progress_key(DIGEST, "features"), origin="stream")
        producer.produce(FEATURE_VECTORS, record)
    return size


def vectors(store: Store) -> Iterator[FeatureVector]:
    """Every state as it is published."""
    for kind in KINDS:
        for start in range(0, store.entity_count(kind), BATCH):
            rows = pa.record_batch(store.export(kind, start, BATCH))
            pairs = zip(rows["entity_id"].to_pylist(), rows["state"].to_pylist(), strict=True)
            for entity_id, state in pairs:
                yield FeatureVector(
                    entity_kind=WireKind.Value(f"ENTITY_KIND_{kind.upper()}"),
                    entity_id=entity_id,
                    contract_digest=DIGEST,
                    state=state,
                )


def take(folder: Path, settings: KafkaSettings) -> tuple[Store, float, float]:
    """Bootstrap on one core; returns the state, the seconds and those of the processor."""
    store, outbox = Store(), Outbox(folder / "outbox.sqlite", "normal")
    index = PaymentIndex(folder / "payments.sqlite")
    state = LiveState(store, outbox, LabelBook(store, outbox, index), folder / "state.bin")
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(cores)})
    try:
        started, spent = time.perf_counter(), time.process_time()
        offsets = bootstrap(settings, state, threading.Event())
        seconds, cpu_seconds = time.perf_counter() - started, time.process_time() - spent
    finally:
        os.sched_setaffinity(0, cores)
    assert set(offsets) == {(RAW_TRANSACTIONS, number) for number in range(8)}
    outbox.close()
    index.close()
    return store, seconds, cpu_seconds


def check(made: Store, taken: Store) -> None:
    """Compare counts, and a sample of states byte for byte.

    Raises:
        AssertionError: They differ.
    """
    for kind in KINDS:
        assert taken.entity_count(kind) == made.entity_count(kind), kind
        step = max(1, made.entity_count(kind) // SAMPLE)
        for start in range(0, made.entity_count(kind), step):
            row = pa.record_batch(made.export(kind, start, 1)).to_pylist()[0]
            assert taken.snapshot(kind, row["entity_id"]) == row["state"], row["entity_id"]


if __name__ == "__main__":
    app()
