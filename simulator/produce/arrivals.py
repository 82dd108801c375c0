"""When payments are sent: offsets from the start of a run, the same for the same seed.

>>> next(Arrivals("steady", 4.0).blocks())[:3].tolist()
[0, 250000, 500000]
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal, get_args

import numpy as np

from simulator.arrays import Floats, Ints
from simulator.produce.errors import ArrivalsError
from simulator.randomness import stream

type Pattern = Literal["steady", "poisson", "daily", "bursts"]
PATTERNS: Final[tuple[Pattern, ...]] = get_args(Pattern.__value__)
LEAST_RATE: Final = 1.0
GREATEST_RATE: Final = 10_000.0
"""Payments a second, at the peak of a pattern too."""
BLOCK: Final = 4096
SECOND_US: Final = 1_000_000

_HOURS = 24
_SWING = 0.8  # of the daily rhythm, about its mean
_QUIETEST_HOUR = 4


@dataclass(frozen=True, slots=True)
class Arrivals:
    """A pattern of arrivals, fixed beforehand whatever the broker does (open loop).

    ``steady`` has even gaps and ``poisson`` exponential ones; ``daily`` and ``bursts`` are Poisson
    processes whose rate changes: a day's rise and fall within ``period_seconds``, about ``rate``;
    ``rate``, and in the first ``burst_seconds`` of every ``period_seconds`` that times
    ``burst_factor``.

    Args:
        pattern: One of :data:`PATTERNS`.
        rate: Payments a second, 1 to 10,000: the mean, for ``bursts`` the rate between them.
        seed: Of the random gaps.
        period_seconds: Of ``daily`` and ``bursts``.
        burst_factor: At least 1.
        burst_seconds: Less than the period.

    Raises:
        ArrivalsError: A value is out of range, or the rate at the peak above 10,000 a second.
    """

    pattern: Pattern = "steady"
    rate: float = 100.0
    seed: int = 1
    period_seconds: float = 60.0
    burst_factor: float = 5.0
    burst_seconds: float = 5.0

    def __post_init__(self) -> None:
        if self.pattern not in PATTERNS:
            raise ArrivalsError(f"arrivals: `{self.pattern}` is not one of {', '.join(PATTERNS)}")
        _within("rate", self.rate, LEAST_RATE, GREATEST_RATE)
        _within("period", self.period_seconds, 0.1, 31_622_400)
        if self.pattern == "bursts":
            _within("burst factor", self.burst_factor, 1, GREATEST_RATE)
            _within("burst seconds", self.burst_seconds, 0.001, self.period_seconds * 0.999)
        if self.peak_rate > GREATEST_RATE:
            raise ArrivalsError(
                f"rate: {self.rate:g} a second is {self.peak_rate:,.0f} at the peak of "
                f"`{self.pattern}`, above {GREATEST_RATE:,.0f}",
                f"A rate of {GREATEST_RATE * self.rate / self.peak_rate:,.0f} is the greatest",
            )

    @property
    def peak_rate(self) -> float:
        """Payments a second when most arrive."""
        edges, expected = self._profile()
        return float((np.diff(expected) / np.diff(edges)).max())

    @property
    def mean_rate(self) -> float:
        """Payments a second over whole periods."""
        edges, expected = self._profile()
        return float(expected[-1] / edges[-1])

    def blocks(self, first: int = 0) -> Iterator[Ints]:
        """Offsets in microseconds, in order, without end.

        Args:
            first: Number of the arrival to begin with; those before it are passed over.
        """
        edges, expected = self._profile()
        point = 0.0
        number = 0
        while True:
            points, point = self._points(number, point)
            if (number + 1) * BLOCK > first:
                periods, within = np.divmod(points, expected[-1])
                seconds = periods * edges[-1] + np.interp(within, expected, edges)
                offsets: Ints = np.rint(seconds * SECOND_US).astype(np.int64)
                yield offsets[max(first - number * BLOCK, 0) :]
            number += 1

    def _points(self, number: int, before: float) -> tuple[Floats, float]:
        """Arrivals expected up to each arrival of a block, and where the next block begins."""
        if self.pattern == "steady":
            return np.arange(number * BLOCK, (number + 1) * BLOCK, dtype=np.float64), 0.0
        gaps = stream(self.seed, "arrivals", number).exponential(size=BLOCK)
        points = before + np.cumsum(gaps)
        return points, float(points[-1])

    def _profile(self) -> tuple[Floats, Floats]:
        """Seconds of a period, and the arrivals expected up to each; linear between."""
        match self.pattern:
            case "daily":
                angle = 2 * np.pi * (np.arange(_HOURS) + 0.5 - _QUIETEST_HOUR) / _HOURS
                edges = np.linspace(0, self.period_seconds, _HOURS + 1)
                weights = 1 - _SWING * np.cos(angle)
                weights /= weights.mean()
            case "bursts":
                edges = np.array([0.0, self.burst_seconds, self.period_seconds])
                weights = np.array([self.burst_factor, 1.0])
            case _:
                edges, weights = np.array([0.0, self.period_seconds]), np.ones(1)
        expected = np.concatenate([[0.0], np.cumsum(np.diff(edges) * weights * self.rate)])
        return edges, expected


def _within(name: str, value: float, least: float, greatest: float) -> None:
    if not least <= value <= greatest:
        raise ArrivalsError(f"{name}: {value:g} is not between {least:g} and {greatest:,g}")
