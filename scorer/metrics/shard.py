"""What one thread has counted."""

from bisect import bisect_left
from collections import Counter
from typing import Final

from fraud.exposition.buckets import CELL_COUNT, CELLS_US
from fraud.v1.scoring_pb2 import ScoreResponse

STAGES: Final = ("total", "validate", "lookup", "assemble", "model", "decide", "append")
"""Of a call, as ``fraud.v1.ServerTiming`` names them."""


type Outcome = tuple[int, int, str]
"""What makes one series of predictions: ``Decision``, ``Variant``, model version."""


class Latencies:
    """Of one channel: for each stage its cells and its sum in microseconds."""

    __slots__ = ("cells", "sums")

    def __init__(self) -> None:
        self.cells = [[0] * CELL_COUNT for _ in STAGES]
        self.sums = [0] * len(STAGES)

    def add(self, other: "Latencies") -> None:
        """Add what another thread has counted."""
        for mine, theirs in zip(self.cells, other.cells, strict=True):
            mine[:] = map(int.__add__, mine, theirs)
        self.sums = list(map(int.__add__, self.sums, other.sums))


class Shard:
    """Counts of one thread, so that counting takes no lock; others only read."""

    __slots__ = ("channels", "degraded", "duplicates", "errors", "late", "outcomes")

    def __init__(self) -> None:
        self.channels: dict[int, Latencies] = {}
        self.outcomes: Counter[Outcome] = Counter()
        self.errors: Counter[str] = Counter()
        self.degraded = self.duplicates = self.late = 0

    def observe(self, channel: int, response: ScoreResponse) -> None:
        """Count an answer; a repeated one is a duplicate and nothing else."""
        flags = response.flags
        if flags.duplicate:
            self.duplicates += 1
            return
        self.degraded += flags.degraded
        self.late += flags.late
        self.outcomes[response.decision, response.variant, response.model_version] += 1
        self._time(channel, response)

    def _time(self, channel: int, response: ScoreResponse) -> None:
        latencies = self.channels.get(channel)
        if latencies is None:
            latencies = self.channels[channel] = Latencies()
        timing, sums = response.server_timing, latencies.sums
        took = (
            timing.total_us,
            timing.validate_us,
            timing.lookup_us,
            timing.assemble_us,
            timing.model_us,
            timing.decide_us,
            timing.append_us,
        )
        for stage, (cells, value) in enumerate(zip(latencies.cells, took, strict=True)):
            cells[bisect_left(CELLS_US, value)] += 1
            sums[stage] += value
