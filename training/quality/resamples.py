"""The same test drawn again many times: a stratified bootstrap that never touches single payments.

Frauds are drawn from the frauds and genuine payments from the genuine ones, so that each resample
has as many of both. What a figure depends on is how many genuine payments lie between two frauds;
these counts follow a multinomial distribution, which is drawn from directly. That is exact, and a
thousand resamples of 60,000 payments take a tenth of a second; scipy.stats.bootstrap, which the
tests compare with, sorts every one of them and takes minutes.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, Self

import numpy as np
import numpy.typing as npt

MOST_CELLS: Final = 4_000_000
"""Counts that are held at a time: 32 MB."""

type Counts = npt.NDArray[np.int64]
type Scores = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Resamples:
    """Draws, one a row; columns are levels of probability, the most suspect first.

    Args:
        levels: float64 [k].
        frauds: int64 [rounds, k], frauds at each level.
        ties: int64 [rounds, k], genuine payments at each level.
        above: int64 [rounds, k], genuine payments at each level or above.
        genuine: Genuine payments in every draw.
    """

    levels: Scores
    frauds: Counts
    ties: Counts
    above: Counts
    genuine: int

    @property
    def caught(self) -> Counts:
        """int64 [rounds, k], frauds at each level or above."""
        return np.cumsum(self.frauds, axis=1)

    def level_of(self, threshold: float) -> int:
        """The column of a threshold that the levels were made with."""
        return int(np.flatnonzero(self.levels == threshold)[0])


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """What a test looks like from its frauds and thresholds.

    Args:
        levels: float64 [k], probabilities of frauds, and thresholds, ascending.
        frauds: int64 [k], frauds at each level.
        genuine: int64 [2 k + 1], genuine payments below the first level, at it, between it and
            the second, and so on.
    """

    levels: Scores
    frauds: Counts
    genuine: Counts

    @classmethod
    def of(
        cls,
        fraud: npt.NDArray[np.bool_],
        probabilities: npt.NDArray[Any],
        thresholds: tuple[float, ...],
    ) -> Self:
        """Count a test; ``fraud`` bool [n], ``probabilities`` float [n]."""
        scores = probabilities.astype(np.float64)
        found, honest = scores[fraud], scores[~fraud]
        levels = np.unique(np.concatenate([found, thresholds]))
        below = np.searchsorted(levels, honest, side="left")
        cell = below + np.searchsorted(levels, honest, side="right")
        return cls(
            levels=levels,
            frauds=np.bincount(np.searchsorted(levels, found), minlength=len(levels)),
            genuine=np.bincount(cell, minlength=2 * len(levels) + 1),
        )

    def draw(self, rounds: int, random: np.random.Generator) -> Iterator[Resamples]:
        """So many resamples, in blocks that fit into memory."""
        block = max(1, min(rounds, MOST_CELLS // len(self.genuine)))
        for start in range(0, rounds, block):
            count = min(block, rounds - start)
            frauds = _multinomial(self.frauds, count, random)
            yield self._resamples(frauds, _multinomial(self.genuine, count, random))

    def itself(self) -> Resamples:
        """The test as it is, as the only draw."""
        return self._resamples(self.frauds[np.newaxis], self.genuine[np.newaxis])

    def _resamples(self, frauds: Counts, genuine: Counts) -> Resamples:
        from_above = np.cumsum(genuine[:, ::-1], axis=1)
        return Resamples(
            levels=self.levels[::-1],
            frauds=frauds[:, ::-1],
            ties=genuine[:, -2::-2],
            above=from_above[:, 1::2],
            genuine=int(self.genuine.sum()),
        )


def _multinomial(counts: Counts, rounds: int, random: np.random.Generator) -> Counts:
    total = counts.sum()
    return random.multinomial(total, counts / total, size=rounds)
