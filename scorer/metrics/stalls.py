"""How long the interpreter kept calls waiting: its garbage collector, and everything else."""

import gc
import time
from typing import Any, Final, Self

from prometheus_client import CollectorRegistry, Histogram

from scorer.jobs import PeriodicJob

PAUSE_SECONDS: Final = (0.0001, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0)
PROBE_SECONDS: Final = 0.1


class Stalls:
    """Listens to the collector, and measures how much later than asked a thread wakes up.

    The second holds what the machine lets it wait and what the interpreter's lock does: both keep
    a payment waiting in the same way.

    Args:
        registry: Where the series go.
    """

    def __init__(self, registry: CollectorRegistry) -> None:
        self._pause = Histogram(
            "fraud_scorer_gc_pause_seconds",
            "Of the garbage collector, by generation.",
            ["generation"],
            buckets=PAUSE_SECONDS,
            registry=registry,
        )
        self._stall = Histogram(
            "fraud_scorer_stall_seconds",
            "How much too late a waiting thread wakes up: the machine and the interpreter's lock.",
            buckets=PAUSE_SECONDS,
            registry=registry,
        )
        self._began = 0
        self._probe = PeriodicJob("stall-probe", PROBE_SECONDS, self._look)
        for generation in ("0", "1", "2"):
            self._pause.labels(generation)

    def start(self) -> Self:
        """Begin to listen."""
        gc.callbacks.append(self._collected)
        self._probe.start()
        return self

    def stop(self) -> None:
        """Listen no more."""
        gc.callbacks.remove(self._collected)
        self._probe.stop()

    def _collected(self, phase: str, info: dict[str, Any]) -> None:
        now = time.perf_counter_ns()
        if phase == "start":
            self._began = now
        else:
            self._pause.labels(str(info["generation"])).observe((now - self._began) / 1e9)

    def _look(self) -> None:
        asked = time.perf_counter_ns()
        time.sleep(PROBE_SECONDS)
        self._stall.observe((time.perf_counter_ns() - asked) / 1e9 - PROBE_SECONDS)
