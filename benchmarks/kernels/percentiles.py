"""Times of many calls."""

from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True, slots=True)
class Percentiles:
    """Microseconds, the cost of reading the clock taken off."""

    p50_us: float
    p90_us: float
    p99_us: float
    p999_us: float

    @classmethod
    def of_nanoseconds(cls, times: np.ndarray[Any, Any], clock: float) -> "Percentiles":
        """From times in nanoseconds and the clock's own."""
        found = np.percentile(times, [50, 90, 99, 99.9]) - clock
        p50, p90, p99, p999 = (round(float(value) / 1000, 2) for value in found)
        return cls(p50, p90, p99, p999)
