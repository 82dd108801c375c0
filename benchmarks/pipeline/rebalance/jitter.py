"""The ruler: how late this machine wakes a process that only sleeps, while all else goes on."""

import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np

SLEEP_MS = 5.0
# A process of its own, so that neither an interpreter's lock nor work of ours is in its figures.
RULER = f"""
import sys, time
with open(sys.argv[1], "w", buffering=1) as told:
    while True:
        start = time.perf_counter()
        time.sleep({SLEEP_MS / 1000})
        print(round((time.perf_counter() - start) * 1000 - {SLEEP_MS}, 3), file=told)
"""


@dataclass(frozen=True, slots=True)
class Jitter:
    """How much longer than 5 ms a sleep of 5 ms took, milliseconds."""

    p50_ms: float
    p99_ms: float
    longest_ms: float


class Ruler:
    """Measures while the body of a ``with`` runs; ``jitter`` has the result afterwards."""

    def __init__(self) -> None:
        self.jitter = Jitter(0.0, 0.0, 0.0)

    def __enter__(self) -> Self:
        self._folder = tempfile.TemporaryDirectory(prefix="ruler-")
        self._told = Path(self._folder.name) / "oversleeps"
        self._process = subprocess.Popen([sys.executable, "-S", "-c", RULER, self._told])
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._process.kill()
        self._process.wait()
        # The last line may be cut off.
        lines = self._told.read_text().splitlines()[:-1] if self._told.exists() else []
        if lines:
            late = np.array(lines, np.float64)
            p50, p99 = np.percentile(late, [50, 99])
            self.jitter = Jitter(round(float(p50), 2), round(float(p99), 2), float(late.max()))
        self._folder.cleanup()
