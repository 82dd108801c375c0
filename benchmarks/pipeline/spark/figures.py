"""What was seen of a run, and whether it is good enough."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np

MOST_SPREAD = 3.0
"""Of the slowest batches (P99) over the median."""
MOST_PAUSE_MS = 200.0
MOST_GROWTH = 1.25
"""Of the heap after collections, last third of a run over the middle third."""
# [12.345s] GC(7) Pause Young (Normal) (G1 Evacuation Pause) 96M->45M(256M) 7.123ms
PAUSE = re.compile(r"\[([\d.]+)s\].*Pause.* (\d+)M->(\d+)M\((\d+)M\) ([\d.]+)ms")


@dataclass(frozen=True, slots=True)
class Batch:
    """One batch: when it was told, its messages, its length, and what was left then."""

    told_ns: int
    rows: int
    ms: float
    behind: int
    state_rows: int


@dataclass(frozen=True, slots=True)
class Pause:
    """One stop of the Java machine: when, what was left on the heap, how long."""

    at_seconds: float
    heap_after_mb: float
    ms: float


@dataclass(frozen=True, slots=True)
class Bar:
    """One thing that must hold."""

    name: str
    value: float
    met: bool


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of a run.

    Args:
        batches: How many were measured.
        rows: Messages in them.
        p50_ms: Median length of a batch.
        p99_ms: Of the slowest hundredth.
        max_ms: Of the slowest.
        behind: Messages left after each batch, over time.
        state_rows: Keys that states are kept of, in the end.
        pauses: Collections that stopped the Java machine.
        longest_pause_ms: Of them.
        heap_after_mb: Left after each collection, over time.
        processors: Processors that the job kept busy.
    """

    batches: int
    rows: int
    p50_ms: float
    p99_ms: float
    max_ms: float
    behind: list[int]
    state_rows: int
    pauses: int
    longest_pause_ms: float
    heap_after_mb: list[float]
    processors: float

    @classmethod
    def of(cls, batches: Sequence[Batch], pauses: Sequence[Pause], processors: float) -> Self:
        """From what was seen; a run without a batch is an error."""
        lengths = np.array([batch.ms for batch in batches])
        assert len(lengths), "no batch was measured: the job is slower than the run"
        return cls(
            batches=len(batches),
            rows=sum(batch.rows for batch in batches),
            p50_ms=float(np.percentile(lengths, 50)),
            p99_ms=float(np.percentile(lengths, 99)),
            max_ms=float(lengths.max()),
            behind=[batch.behind for batch in batches],
            state_rows=batches[-1].state_rows,
            pauses=len(pauses),
            longest_pause_ms=max((pause.ms for pause in pauses), default=0.0),
            heap_after_mb=[pause.heap_after_mb for pause in pauses],
            processors=processors,
        )

    def lines(self) -> Iterator[tuple[str, str]]:
        """Name and text of each."""
        yield "batches", f"{self.batches:,} of {self.rows / self.batches:,.0f} messages"
        yield (
            "batch P50 / P99 / max ms",
            f"{self.p50_ms:,.0f} / {self.p99_ms:,.0f} / {self.max_ms:,.0f}",
        )
        yield (
            "left behind, first / most / last",
            f"{self.behind[0]:,} / {max(self.behind):,} / {self.behind[-1]:,}",
        )
        yield "collections, longest ms", f"{self.pauses:,}, {self.longest_pause_ms:,.0f}"
        yield "heap after them MB", _ends(self.heap_after_mb)
        yield "states", f"{self.state_rows:,}"
        yield "processors kept busy", f"{self.processors:.2f}"


def bars_of(figures: Figures) -> list[Bar]:
    """What must hold of a run."""
    spread = figures.p99_ms / figures.p50_ms
    growth = _growth(figures.heap_after_mb)
    rows = figures.rows / figures.batches
    left = max(figures.behind[len(figures.behind) // 2 :])
    return [
        Bar("batch P99 over median, at most 3", spread, spread <= MOST_SPREAD),
        Bar(
            "longest pause ms, at most 200",
            figures.longest_pause_ms,
            figures.longest_pause_ms <= MOST_PAUSE_MS,
        ),
        Bar("left behind, in batches, at most 3", left / rows, left <= 3 * rows),
        Bar("growth of the heap, at most 1.25", growth, growth <= MOST_GROWTH),
    ]


def read_batches(path: Path, since_ns: int) -> list[Batch]:
    """Batches told since a time."""
    if not path.is_file():
        return []
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    batches = [Batch(*line[:5]) for line in lines]
    return [batch for batch in batches if batch.told_ns >= since_ns and batch.rows]


def read_pauses(path: Path, last_seconds: float) -> list[Pause]:
    """Pauses of the last so many seconds of a log of ``-Xlog:gc``."""
    found = [PAUSE.search(line) for line in path.read_text().splitlines()]
    pauses = [Pause(float(m[1]), float(m[3]), float(m[5])) for m in found if m]
    since = max((pause.at_seconds for pause in pauses), default=0.0) - last_seconds
    return [pause for pause in pauses if pause.at_seconds >= since]


def _growth(heap: Sequence[float]) -> float:
    """Median of the last third over that of the middle third."""
    third = len(heap) // 3
    if third == 0:
        return 1.0
    return float(np.median(heap[-third:]) / max(1.0, np.median(heap[third : 2 * third])))


def _ends(values: Sequence[float]) -> str:
    return (
        f"{values[0]:.0f} first, {max(values):.0f} most, {values[-1]:.0f} last" if values else "-"
    )
