"""Rows to prove a model with."""

from typing import Any, Final

import numpy as np
import numpy.typing as npt

from training.datasets.dataset import Index, Rows

SEED: Final = 20_180_401
MASK_SHARE: Final = 0.2


def spread(probabilities: npt.NDArray[Any], count: int) -> Index:
    """Positions of ``count`` rows, evenly by rank from the least probability to the greatest.

    They come in a random but fixed order; fewer rows are taken again.
    """
    ranked = np.argsort(probabilities, kind="stable")
    chosen = ranked[np.linspace(0, len(ranked) - 1, count).round().astype(np.int64)]
    return np.random.default_rng(SEED).permutation(chosen)


def proof_rows(rows: Rows, probabilities: npt.NDArray[Any], count: int) -> Rows:
    """``count`` of ``rows`` over the whole range of their probabilities, half of them masked."""
    chosen = rows[spread(probabilities, count)]
    return np.concatenate([chosen[: count // 2], masked(chosen[count // 2 :])])


def masked(rows: Rows) -> Rows:
    """A copy in which a fifth of the values is missing, and in the last row all."""
    result = rows.copy()
    result[np.random.default_rng(SEED).random(rows.shape) < MASK_SHARE] = np.nan
    result[-1:] = np.nan
    return result
