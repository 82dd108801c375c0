"""How far behind its intended time each message was sent.

>>> lateness = Lateness()
>>> for late_us in (100, 300, 5_000): lateness.add(late_us)
>>> lateness.percentile_us(50), lateness.greatest_us
(350, 5000)
"""

from typing import Final

import numpy as np

BIN_US: Final = 50
BINS: Final = 40_000  # up to two seconds; the last bin holds what is later


class Lateness:
    """A histogram of constant size."""

    def __init__(self) -> None:
        self._counts = [0] * BINS
        self.greatest_us = 0

    def add(self, late_us: int) -> None:
        """Count one message."""
        self._counts[min(max(late_us, 0) // BIN_US, BINS - 1)] += 1
        self.greatest_us = max(self.greatest_us, late_us)

    def percentile_us(self, percent: float) -> int:
        """No more than ``percent`` of the messages were later; to the next 50 microseconds."""
        counts = np.cumsum(self._counts)
        if not counts[-1]:
            return 0
        number = int(np.searchsorted(counts, counts[-1] * percent / 100))
        return self.greatest_us if number == BINS - 1 else (number + 1) * BIN_US
