"""How far the figures of a test could be off by chance.

Percentile intervals of a stratified bootstrap, as in Efron and Tibshirani, An Introduction to the
Bootstrap (1993), chapter 13. The share of frauds is held, so an interval of a precision is for
tests with as many frauds.

>>> import numpy as np
>>> fraud = np.arange(400) % 4 == 0
>>> scores = np.where(fraud, 0.9, 0.1)
>>> bootstrap_intervals(fraud, scores, {}, (0.01,), rounds=100)["average_precision"]
Interval(low=1.0, high=1.0)
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Self

import numpy as np
import numpy.typing as npt

from training.quality.resamples import Cells, Resamples

SEED: Final = 20_180_401
LEVEL: Final = 0.95

type Draws = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Interval:
    """Where a figure lies with 95% confidence."""

    low: float
    high: float

    @classmethod
    def of(cls, draws: Draws) -> Self:
        """From the figure's values over resamples, float64 [rounds]."""
        tails = np.quantile(draws, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
        return cls(*tails.tolist())


def bootstrap_intervals(
    fraud: npt.NDArray[np.bool_],
    probabilities: npt.NDArray[Any],
    thresholds: Mapping[str, float],
    budgets: Sequence[float],
    *,
    rounds: int,
) -> dict[str, Interval]:
    """Intervals of the figures that do not depend on days, by the names in ``Metrics.flat``.

    Args:
        fraud: bool [n], with both values in it.
        probabilities: float [n].
        thresholds: Name -> probability; precision, recall, F1 and false-positive rate from each.
        budgets: False-positive rates at which recall is asked for.
        rounds: How many resamples; the seed is fixed.
    """
    cells = Cells.of(fraud, probabilities, tuple(thresholds.values()))
    draws: dict[str, list[Draws]] = {}
    for block in cells.draw(rounds, np.random.default_rng(SEED)):
        for name, values in figures(block, thresholds, budgets):
            draws.setdefault(name, []).append(values)
    return {name: Interval.of(np.concatenate(blocks)) for name, blocks in draws.items()}


def budget_name(budget: float) -> str:
    """The name of a recall at a false-positive rate.

    >>> budget_name(0.005)
    'recall_at_0.5_percent_fpr'
    """
    return f"recall_at_{budget:.1%}_fpr".replace("%", "_percent")


def figures(
    drawn: Resamples, thresholds: Mapping[str, float], budgets: Sequence[float]
) -> Iterator[tuple[str, Draws]]:
    """Name and values, float64 [rounds], of every figure."""
    caught, frauds = drawn.caught, int(drawn.frauds[0].sum())
    flagged = np.maximum(caught + drawn.above, 1)
    yield "average_precision", (drawn.frauds * (caught / flagged)).sum(axis=1) / frauds
    # A fraud wins against every genuine payment below it, and half against those beside it.
    won = drawn.genuine - drawn.above + drawn.ties / 2
    yield "roc_auc", (drawn.frauds * won).sum(axis=1) / frauds / drawn.genuine
    for budget in budgets:
        within = drawn.above <= int(budget * drawn.genuine)
        yield budget_name(budget), (drawn.frauds * within).sum(axis=1) / frauds
    for name, threshold in thresholds.items():
        at = drawn.level_of(threshold)
        yield from _point(name, caught[:, at], drawn.above[:, at], frauds, drawn.genuine)


def _point(
    name: str, hits: npt.NDArray[Any], alarms: npt.NDArray[Any], frauds: int, genuine: int
) -> Iterator[tuple[str, Draws]]:
    """What flagging from a threshold upwards does."""
    flags = hits + alarms
    yield f"{name}_precision", hits / np.maximum(flags, 1)
    yield f"{name}_recall", hits / frauds
    yield f"{name}_f1", 2 * hits / np.maximum(flags + frauds, 1)
    yield f"{name}_false_positive_rate", alarms / genuine
