"""A family of latency histograms, classic and native at once."""

from dataclasses import dataclass
from typing import Final

from prometheus_client.core import HistogramMetricFamily

from fraud.exposition.buckets import CLASSIC_US, classic_counts

BOUNDS: Final = tuple(str(bound / 1e6) for bound in CLASSIC_US)
"""Of the classic buckets in seconds, as text has them."""


@dataclass(frozen=True, slots=True)
class Series:
    """One histogram.

    Args:
        labels: Values of the family's label names.
        cells: Counts in :data:`fraud.exposition.buckets.CELLS_US`.
        total_us: Sum of the values, microseconds.
    """

    labels: tuple[str, ...]
    cells: list[int]
    total_us: int


class LatencyFamily(HistogramMetricFamily):
    """Tells classic buckets to whoever reads text, keeps the cells for native ones.

    >>> family = LatencyFamily("call_seconds", "Of a call.", ("channel",))
    >>> family.add(("ecommerce",), [0] * 300, 0)
    >>> family.samples[0].labels
    {'channel': 'ecommerce', 'le': '5e-06'}
    """

    def __init__(self, name: str, documentation: str, labels: tuple[str, ...]) -> None:
        super().__init__(name, documentation, labels=labels)
        self.label_names = labels
        self.series: list[Series] = []

    def add(self, labels: tuple[str, ...], cells: list[int], total_us: int) -> None:
        """Add a histogram."""
        buckets = list(zip(BOUNDS, map(float, classic_counts(cells)), strict=True))
        buckets.append(("+Inf", float(sum(cells))))
        self.add_metric(labels, buckets, total_us / 1e6)
        self.series.append(Series(labels, cells, total_us))
