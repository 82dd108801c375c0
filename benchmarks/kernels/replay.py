"""A whole history in batches, on one core."""

import time
from dataclasses import dataclass
from typing import Any

from benchmarks.kernels.answers import one_batch
from features_rs import Store
from training.datasets.history import History

BATCH_ROWS = 65_536


@dataclass(frozen=True, slots=True)
class Replay:
    """Payments a second of processor time; the kernel uses one core."""

    payments: int
    labels: int
    payments_per_s: float
    payments_per_s_with_labels: float


def measure_replay(history: History) -> Replay:
    """Replay the payments alone, then with every label learned when it became known."""
    starts = range(0, len(history), BATCH_ROWS)
    batches = [one_batch(history.events.slice(start, BATCH_ROWS)) for start in starts]
    learned = history.learned()
    return Replay(
        payments=len(history),
        labels=len(learned),
        payments_per_s=len(history) / _seconds(batches, [None] * len(batches)),
        payments_per_s_with_labels=len(history) / _seconds(batches, _labels(batches, learned)),
    )


def _labels(batches: list[Any], learned: Any) -> list[Any]:
    """Of each batch, the labels that became known up to its last payment."""
    known_at = learned["known_at"].cast("int64").to_numpy()
    parts, start = [], 0
    for batch in batches:
        last = batch.column("event_time").cast("int64")[-1].as_py()
        stop = int(known_at.searchsorted(last, side="right"))
        parts.append(one_batch(learned.slice(start, stop - start)))
        start = stop
    return parts


def _seconds(batches: list[Any], labels: list[Any]) -> float:
    store = Store()
    start = time.process_time()
    for batch, known in zip(batches, labels, strict=True):
        store.assemble_and_record_many(batch, known)
    return time.process_time() - start
