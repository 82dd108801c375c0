"""How fast the recorder's publisher drains an outbox; ``python -m benchmarks.pipeline.publisher``.

Against a local broker on the same machine, so both share its processors. That every decision and
every payment is on its topic, once, is checked before the figure is printed.
"""

import shutil
import tempfile
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.pipeline.recorder import BATCHES, ROWS, predictions
from fraud.local.kafka import LocalKafka
from fraud.settings import KafkaSettings, RecorderSettings
from messaging.admin import reconcile
from messaging.offsets import begin_offsets, end_offsets
from messaging.topics import DECISIONS, RAW_TRANSACTIONS
from scorer.recorder.publisher import Publisher
from scorer.sinks.outbox import Outbox


def main() -> None:
    """Measure and print."""
    table = Table(
        "entries a batch",
        "entries/s",
        "us of the publisher's processor an entry",
        title="publisher",
    )
    root = Path(tempfile.mkdtemp(prefix="fraud-publisher-"))
    with LocalKafka(root / "kafka") as kafka:
        for size in BATCHES:
            settings = KafkaSettings(
                bootstrap_servers=kafka.bootstrap_servers, topic_prefix=f"batch-{size}-"
            )
            reconcile(settings)
            rate, cost_us = drain(root / f"{size}.sqlite", settings, size)
            table.add_row(f"{size:,}", f"{rate:,.0f}", f"{cost_us:.0f}")
    shutil.rmtree(root)
    Console(width=100).print(table)


def drain(path: Path, settings: KafkaSettings, size: int) -> tuple[float, float]:
    """Entries per second, and microseconds of processor time an entry."""
    outbox = Outbox(path, "normal")
    for number, payload in enumerate(predictions(size)):
        outbox.append_prediction(f"{size}-{number}", b"digest", payload)
    started, spent = time.perf_counter(), time.process_time()
    drained = Publisher(path, settings, RecorderSettings(batch_rows=size)).drain()
    seconds, spent = time.perf_counter() - started, time.process_time() - spent
    outbox.close()
    assert drained == ROWS
    for topic in (DECISIONS, RAW_TRANSACTIONS):
        assert published(settings, topic) == ROWS
    return ROWS / seconds, spent / ROWS * 1e6


def published(settings: KafkaSettings, topic: str) -> int:
    """Messages on a topic."""
    begins, ends = begin_offsets(settings, [topic]), end_offsets(settings, [topic])
    return sum(ends.values()) - sum(begins.values())


if __name__ == "__main__":
    main()
