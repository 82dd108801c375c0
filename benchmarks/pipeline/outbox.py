"""What an append and a look-up of the outbox cost; ``python -m benchmarks.pipeline.outbox``.

The answers are checked first. Every figure is of this machine; docs/decisions/0004-outbox.md tells
what was chosen by them.
"""

import os
import sqlite3
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from scorer.sinks.database import Synchronous, open_for_writing
from scorer.sinks.outbox import APPEND_PREDICTION, Outbox
from scorer.sinks.position import OutboxPosition, write_position

# About a prediction of 60 features.
PAYLOAD = os.urandom(700)
DIGEST = os.urandom(32)
APPENDS = 10_000
SYNCED_APPENDS = 300
GROUPS = (1, 4, 16, 64)
# As a scorer under 1,000 calls a second appends.
PACE_SECONDS = 0.001
DURATION_NS = 10**18

Samples = Sequence[int]


def main() -> None:
    """Measure and print."""
    table = Table("case", "p50 us", "p99 us", "p99.9 us", "max us", title="outbox")
    with tempfile.TemporaryDirectory(prefix="outbox-") as folder:
        root = Path(folder)
        check(root / "check.sqlite")
        for name, samples in measurements(root):
            table.add_row(name, *(f"{value:,.1f}" for value in summary(samples)))
    Console(width=100).print(table)


def measurements(root: Path) -> Iterator[tuple[str, Samples]]:
    """Every case with its durations in nanoseconds."""
    appends, misses, hits = one_thread(root / "one.sqlite", "normal", APPENDS)
    yield "append, one thread", appends
    yield "find, absent", misses
    yield "find, there", hits
    yield (
        "append, full (one sync each)",
        one_thread(root / "full.sqlite", "full", SYNCED_APPENDS)[0],
    )
    yield "append at 1,000/s, alone", paced(root / "alone.sqlite", maintain=False)
    yield "append at 1,000/s, maintained", paced(root / "kept.sqlite", maintain=True)
    yield "append, two threads, one lock", two_threads_one_lock(root / "lock.sqlite")
    yield "append, two threads, two connections", two_connections(root / "two.sqlite")
    for group in GROUPS:
        name = f"append, {group} a commit, per append"
        yield name, grouped(root / f"group{group}.sqlite", "normal", group, APPENDS)
        name = f"append, full, {group} a commit, per append"
        yield name, grouped(root / f"sync{group}.sqlite", "full", group, SYNCED_APPENDS)


def check(path: Path) -> None:
    """The answers, before anything is timed."""
    outbox = Outbox(path, "normal")
    assert outbox.find_prediction("a") is None
    outbox.append_prediction("a", DIGEST, PAYLOAD)
    found = outbox.find_prediction("a")
    assert found is not None
    assert (found.payload, found.request_digest) == (PAYLOAD, DIGEST)
    outbox.close()


def one_thread(
    path: Path, synchronous: Synchronous, count: int
) -> tuple[Samples, Samples, Samples]:
    """Durations of appends, of look-ups of ids that are not there, and of ids that are."""
    outbox = Outbox(path, synchronous)
    keys = ids(count)
    misses, appends = [], []
    for key in keys:
        misses.append(timed(outbox.find_prediction, key))
        appends.append(timed(outbox.append_prediction, key, DIGEST, PAYLOAD))
    hits = [timed(outbox.find_prediction, key) for key in keys]
    outbox.close()
    return appends, misses, hits


def paced(path: Path, *, maintain: bool) -> Samples:
    """Durations of appends that come one a millisecond."""
    outbox = Outbox(path, "normal")
    for key in ids(APPENDS):
        outbox.append_prediction(key, DIGEST, PAYLOAD)
    write_position(path, "recorded", OutboxPosition(outbox.identity, APPENDS))
    samples = []
    with maintained(outbox) if maintain else quiet():
        for key in ids(APPENDS // 2):
            time.sleep(PACE_SECONDS)
            samples.append(timed(outbox.append_prediction, key, DIGEST, PAYLOAD))
    outbox.close()
    return samples


@contextmanager
def quiet() -> Iterator[None]:
    """Nothing beside the appends."""
    yield


@contextmanager
def maintained(outbox: Outbox) -> Iterator[None]:
    """Checkpoints and prunes beside the appends, far more often than in service."""
    stopped = threading.Event()

    def maintain() -> None:
        while not stopped.wait(0.05):
            outbox.checkpoint()
            outbox.prune(outbox.recorded_through(), DURATION_NS, 200)

    thread = threading.Thread(target=maintain)
    thread.start()
    try:
        yield
    finally:
        stopped.set()
        thread.join()


def two_threads_one_lock(path: Path) -> Samples:
    """Durations of appends of two threads that share the outbox."""
    outbox = Outbox(path, "normal")
    samples = in_two_threads(lambda key: outbox.append_prediction(key, DIGEST, PAYLOAD))
    outbox.close()
    return samples


def two_connections(path: Path) -> Samples:
    """Durations of appends of two threads with a connection each; SQLite makes one wait."""
    local = threading.local()
    opened: list[sqlite3.Connection] = []

    def append(key: str) -> None:
        if not hasattr(local, "database"):
            local.database = open_for_writing(path, "normal")
            opened.append(local.database)
        local.database.execute(APPEND_PREDICTION, (key, DIGEST, PAYLOAD, 0))

    open_for_writing(path, "normal").close()
    samples = in_two_threads(append)
    for database in opened:
        database.close()
    return samples


def in_two_threads(append: Callable[[str], object]) -> Samples:
    """Durations of both threads' appends."""
    samples: list[int] = []

    def work() -> None:
        samples.extend([timed(append, key) for key in ids(APPENDS // 2)])

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return samples


def grouped(path: Path, synchronous: Synchronous, group: int, count: int) -> Samples:
    """Durations per append when ``group`` of them share a commit."""
    database = open_for_writing(path, synchronous)
    samples = []
    for _ in range(count // group):
        rows = [(key, DIGEST, PAYLOAD, 0) for key in ids(group)]
        started = time.perf_counter_ns()
        database.execute("BEGIN IMMEDIATE")
        database.executemany(APPEND_PREDICTION, rows)
        database.execute("COMMIT")
        samples.append((time.perf_counter_ns() - started) // group)
    database.close()
    return samples


def timed[**P](action: Callable[P, object], *args: P.args, **kwargs: P.kwargs) -> int:
    """Nanoseconds that a call of ``action`` takes."""
    started = time.perf_counter_ns()
    action(*args, **kwargs)
    return time.perf_counter_ns() - started


def ids(count: int) -> list[str]:
    """Transaction ids in no order, as gateways make them."""
    return [str(uuid.uuid4()) for _ in range(count)]


def summary(samples: Samples) -> list[float]:
    """P50, P99, P99.9 and the greatest, in microseconds."""
    return [float(value) for value in np.percentile(np.array(samples) / 1000, [50, 99, 99.9, 100])]


if __name__ == "__main__":
    main()
