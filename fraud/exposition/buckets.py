"""Where latencies are counted: fine cells that make up Prometheus' buckets of both kinds.

A native histogram has a bucket for each power of the eighth root of two, a classic one has those
that people name in alerts. A cell lies in one of each, so that one count serves both; see
https://prometheus.io/docs/specs/native_histograms/ (schema 3).
"""

import math
from bisect import bisect_left
from itertools import pairwise
from typing import Final

SCHEMA: Final = 3
"""Of the native histogram: buckets grow by ``2 ** 2**-SCHEMA``, 9%."""
CLASSIC_US: Final = (
    *(5, 10, 20, 50, 100, 200, 300, 500, 750),
    *(1_000, 1_500, 2_000, 3_000, 5_000, 10_000, 25_000, 50_000, 100_000, 1_000_000),
)
"""Upper bounds, inclusive, microseconds."""


def native_index(seconds: float) -> int:
    """The native bucket of a value above zero: its upper bound is the base to this power.

    >>> native_index(1.0), native_index(1.01)
    (0, 1)
    """
    return math.ceil(math.log2(seconds) * 2**SCHEMA)


def _cells() -> tuple[int, ...]:
    """Upper bounds in whole microseconds, inclusive, at each of which either kind has one."""
    last = CLASSIC_US[-1]
    native = (math.floor(1e6 * 2 ** (index / 2**SCHEMA)) for index in range(-160, 1))
    return tuple(sorted({bound for bound in (*native, *CLASSIC_US) if 1 <= bound <= last}))


CELLS_US: Final = _cells()
"""Upper bounds of the cells; one more cell holds what is above the last."""
CELL_COUNT: Final = len(CELLS_US) + 1
CLASSIC_CELLS: Final = tuple(bisect_left(CELLS_US, bound) for bound in CLASSIC_US)
"""The cell that ends at each classic bound."""
NATIVE_OF_CELL: Final = (
    *(native_index(bound / 1e6) for bound in CELLS_US),
    native_index(CELLS_US[-1] / 1e6) + 1,
)
"""The native bucket of each cell; what is above the last is told as just above it."""


def classic_counts(cells: list[int]) -> list[int]:
    """Cumulative counts at each of :data:`CLASSIC_US`.

    Args:
        cells: How many values fell into each cell.
    """
    ends = (0, *(cell + 1 for cell in CLASSIC_CELLS))
    total, counts = 0, []
    for start, stop in pairwise(ends):
        total += sum(cells[start:stop])
        counts.append(total)
    return counts
