"""Random numbers, one stream for each purpose and day: days can be made in any order."""

from zlib import crc32

import numpy as np

from simulator.arrays import Floats, Ints

# Days before day 0 have episodes too, and seeds cannot be negative.
DAY_SHIFT = 100_000


def stream(seed: int, purpose: str, day: int = 0) -> np.random.Generator:
    """A generator that depends on its arguments alone."""
    entropy = np.random.SeedSequence([seed, crc32(purpose.encode()), day + DAY_SHIFT])
    return np.random.Generator(np.random.SFC64(entropy))


def choose_each(rng: np.random.Generator, weights: Floats) -> Ints:
    """Draw a column for each row.

    Args:
        rng: Source of chance.
        weights: [rows, columns], not negative, at least one of a row above 0; float32 will do.
    """
    cumulative = np.cumsum(weights, axis=1)
    point = rng.random(len(weights), dtype=np.float32)[:, None] * cumulative[:, -1:]
    chosen: Ints = (cumulative <= point).sum(axis=1)
    # Rounding can put the point at the very end.
    within: Ints = np.minimum(chosen, weights.shape[1] - 1)
    return within
