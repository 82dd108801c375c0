"""``python -m benchmarks.pipeline.waking``: how late a thread wakes beside one that gives way.

On one processor a process works 5 of every 8 ms, as what follows topics and loads models does, and
another wakes every 4.7 ms for 0.3 ms of work, as what scores does. What is late is late because of
priorities alone.
"""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.queues import SimpleQueue
from typing import Final

import numpy as np
import typer
from rich.console import Console
from rich.table import Table

from fraud.priority import be_nice, be_prompt

WORK_SECONDS: Final = 0.005
REST_SECONDS: Final = 0.003
EVERY_SECONDS: Final = 0.0047
SCORE_SECONDS: Final = 0.0003
WAKINGS: Final = 2_000
PERCENTILES: Final = (50, 90, 99, 99.9)


@dataclass(frozen=True, slots=True)
class Case:
    """What each of the two does first."""

    name: str
    worker: Callable[[], None] | None
    waker: Callable[[], None] | None


CASES: Final = (
    Case("alike", None, None),
    Case("the other is nice", be_nice, None),
    Case("the other is nice, and this one prompt", be_nice, be_prompt),
)


def main() -> None:
    """Measure and print."""
    table = Table("on one processor", *(f"P{each}" for each in PERCENTILES), title="late, us")
    for case in CASES:
        late = measure(case)
        table.add_row(case.name, *(f"{np.percentile(late, each):,.0f}" for each in PERCENTILES))
    Console(width=100).print(table)


def measure(case: Case) -> list[float]:
    """How late each waking was, microseconds."""
    context = get_context("fork")
    queue: SimpleQueue[list[float]] = context.SimpleQueue()
    worker = context.Process(target=_work, args=(case.worker,), daemon=True)
    waker = context.Process(target=_wake, args=(case.waker, queue), daemon=True)
    worker.start()
    waker.start()
    late = queue.get()
    waker.join()
    worker.terminate()
    worker.join()
    return late


def _work(begin: Callable[[], None] | None) -> None:
    _settle(begin)
    while True:
        _spin(WORK_SECONDS)
        time.sleep(REST_SECONDS)


def _wake(begin: Callable[[], None] | None, queue: "SimpleQueue[list[float]]") -> None:
    _settle(begin)
    late, due = [], time.perf_counter()
    for _ in range(WAKINGS):
        due += EVERY_SECONDS
        time.sleep(max(0.0, due - time.perf_counter()))
        late.append(1e6 * (time.perf_counter() - due))
        _spin(SCORE_SECONDS)
    queue.put(late)


def _settle(begin: Callable[[], None] | None) -> None:
    """Both on one processor, the last."""
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    if begin is not None:
        begin()


def _spin(seconds: float) -> None:
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        pass


if __name__ == "__main__":
    typer.run(main)
