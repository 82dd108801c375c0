"""Measures the stages of one call."""

from time import perf_counter_ns

from fraud.v1.scoring_pb2 import ServerTiming


class Stopwatch:
    """Runs from its making; each lap is written into :attr:`timing` in microseconds."""

    __slots__ = ("_last", "_started", "timing")

    def __init__(self) -> None:
        self.timing = ServerTiming()
        self._started = self._last = perf_counter_ns()

    def lap(self, stage: str) -> None:
        """End the stage of that field of ``ServerTiming`` and begin the next."""
        now = perf_counter_ns()
        setattr(self.timing, stage, (now - self._last) // 1000)
        self._last = now

    def stop(self) -> None:
        """Write the total."""
        self.timing.total_us = (perf_counter_ns() - self._started) // 1000
