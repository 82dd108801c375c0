"""How far behind its intended time each message was sent.

>>> lateness = Lateness()
>>> for late_us in (100, 300, 5_000): lateness.add(late_us)
>>> lateness.percentile_us(50), lateness.greatest_us
(306, 5000)
"""

import math
from typing import Final

import numpy as np

STEP: Final = math.log(1.02)
"""Neighbouring bins differ by 2%."""
BINS: Final = 1200  # up to some hours; the last bin holds what is later


class Lateness:
    """A histogram of constant size."""

    def __init__(self) -> None:
        self._counts = [0] * BINS
        self.greatest_us = 0

    def add(self, late_us: int) -> None:
        """Count one message."""
        number = int(math.log(late_us) / STEP) if late_us > 1 else 0
        self._counts[min(number, BINS - 1)] += 1
        self.greatest_us = max(self.greatest_us, late_us)

    def percentile_us(self, percent: float) -> int:
        """So many in a hundred messages were not later; 2% too much at most."""
        counts = np.cumsum(self._counts)
        if not counts[-1]:
            return 0
        number = int(np.searchsorted(counts, counts[-1] * percent / 100))
        return min(round(math.exp((number + 1) * STEP)), self.greatest_us)
