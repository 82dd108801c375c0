"""What must be reached."""

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np

from benchmarks.detection.baselines import Reproduction
from benchmarks.detection.ours import Fold, Operation
from benchmarks.detection.scores import Scores
from benchmarks.detection.split import FOLDS, PUBLISHED, VALIDATION, Weeks
from benchmarks.verdict import Verdict

TOLERANCE: Final = 0.005
AVERAGE_PRECISION: Final = 0.74
RECALL: Final = 0.90
BUDGET: Final = 0.001
"""Share of genuine payments at which :data:`RECALL` is wanted."""


def judge_baselines(reproductions: Sequence[Reproduction]) -> list[Verdict]:
    """Each figure of each baseline is the published one, so that the protocol is right."""
    return [
        Verdict(
            f"{one.name}: AUC/AP/CP@100 within {TOLERANCE} of {one.published}",
            f"{one.found}, off by {one.found.furthest(one.published)}",
            met=one.found.furthest(one.published) <= TOLERANCE,
        )
        for one in reproductions
    ]


def judge_week(folds: Sequence[Fold]) -> list[Verdict]:
    """Average precision with labels after seven days."""
    published = folds_of(folds, (PUBLISHED,))[0].scores.average_precision
    return [
        _at_least("average precision, published split", published, AVERAGE_PRECISION),
        *(
            _at_least(
                f"average precision, mean of {FOLDS} folds up to the test of {last.test}",
                mean_scores(folds_of(folds, last.earlier(FOLDS))).average_precision,
                AVERAGE_PRECISION,
            )
            for last in (PUBLISHED, VALIDATION)
        ),
    ]


def judge_day(folds: Sequence[Fold]) -> list[Verdict]:
    """Recall with labels after one day, at thresholds set before the test.

    Where those let more genuine payments be flagged than the budget, that does not help: the
    budget's own recall, which only hindsight gives, must be as high.
    """
    pooled = pool(folds, BUDGET)
    return [
        Verdict(
            f"recall at {BUDGET:.1%} FPR, labels after a day, {len(folds)} folds >= {RECALL}",
            f"{pooled.recall:.4f} at a realised FPR of {pooled.false_positive_rate:.3%}; "
            f"{pooled.recall_in_hindsight:.4f} at {BUDGET:.1%}, by thresholds of hindsight",
            met=min(pooled.recall, pooled.recall_in_hindsight) >= RECALL,
        )
    ]


def folds_of(folds: Sequence[Fold], weeks: Sequence[Weeks]) -> list[Fold]:
    """Those that measure the tests of ``weeks``."""
    wanted = {one.test for one in weeks}
    return [fold for fold in folds if fold.test in wanted]


def mean_scores(folds: Sequence[Fold]) -> Scores:
    """The mean of each figure over folds, as the handbook takes it."""
    return Scores.mean([fold.scores for fold in folds])


def pool(folds: Sequence[Fold], budget: float) -> Operation:
    """All frauds and all genuine payments of the folds together; the threshold is a mean."""
    frauds = [fold.frauds for fold in folds]
    genuine = [fold.payments - fold.frauds for fold in folds]

    def mean(figure: Callable[[Operation], float], weights: Sequence[int]) -> float:
        figures = [figure(fold.operations[budget]) for fold in folds]
        return float(np.average(figures, weights=weights))

    return Operation(
        threshold=mean(lambda one: one.threshold, frauds),
        false_positive_rate=mean(lambda one: one.false_positive_rate, genuine),
        recall=mean(lambda one: one.recall, frauds),
        recall_in_hindsight=mean(lambda one: one.recall_in_hindsight, frauds),
    )


def _at_least(name: str, found: float, bar: float) -> Verdict:
    return Verdict(f"{name} >= {bar}", f"{found:.4f}", met=found >= bar)
