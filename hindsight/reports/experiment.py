"""Champion against challenger, on labels as they arrive."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from hindsight.reports.arms import Arm, Arms, Numbers
from hindsight.reports.rates import Estimate, estimate
from hindsight.reports.sequential import (
    Counts,
    Design,
    always_valid_p,
    difference_interval,
    trials_needed,
)

ALPHA: Final = 0.05


class Verdict(StrEnum):
    """Of the challenger, in one measure."""

    BETTER = "better"
    WORSE = "worse"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Measure:
    """What is compared.

    Args:
        name: As it is told.
        payments: Hits and trials of an arm by account, all of its payments.
        first: Of each account's first payment of the kind, 1, 0, or -1 for none.
        detect: The difference that the sample size is reckoned for; the challenger's gain is in
            its direction.
    """

    name: str
    payments: Callable[[Arm], tuple[Numbers, Numbers]]
    first: Callable[[Arm], Numbers]
    detect: float


MEASURES: Final = (
    Measure(
        "recall", lambda arm: (arm.caught, arm.frauds), lambda arm: arm.first_fraud_caught, 0.05
    ),
    Measure(
        "precision",
        lambda arm: (arm.caught, arm.caught + arm.disturbed),
        lambda arm: arm.first_flagged_fraud,
        0.05,
    ),
    Measure(
        "false-positive rate",
        lambda arm: (arm.disturbed, arm.genuine),
        lambda arm: arm.first_genuine_disturbed,
        -0.0025,
    ),
)


@dataclass(frozen=True, slots=True)
class Comparison:
    """One measure of both arms.

    Args:
        name: Of the measure.
        champion: Its rate over payments; the interval is for one reading.
        challenger: The same.
        low: Of the difference between accounts; the interval may be read at any time.
        high: The same.
        p_value: That there is no difference; may be read at any time.
        verdict: Whether the challenger is better.
        detect: The difference that ``accounts_needed`` is for.
        accounts_needed: More accounts with a payment of the kind, in both arms together, until
            ``detect`` would be found four times of five; 0 when there are enough, None when the
            champion's rate is not known.
    """

    name: str
    champion: Estimate
    challenger: Estimate
    low: float
    high: float
    p_value: float
    verdict: Verdict
    detect: float
    accounts_needed: int | None


def compare(arms: Arms, alpha: float = ALPHA) -> tuple[Comparison, ...]:
    """All measures.

    The test takes an account's first payment of the kind alone, in the order in which their truth
    became known: the split is by account, so accounts are independent and their payments are not.
    ``alpha`` is shared by the measures: that any of them is ever called better or worse where
    there is no difference has this probability at most, however often the report is read.
    """
    return tuple(_compare(measure, arms, alpha / len(MEASURES)) for measure in MEASURES)


def _compare(measure: Measure, arms: Arms, alpha: float) -> Comparison:
    a, b = (_counts(measure.first(arm)) for arm in (arms.champion, arms.challenger))
    p_value = always_valid_p(a, b)
    low, high = difference_interval(a, b, alpha)
    return Comparison(
        name=measure.name,
        champion=estimate(*measure.payments(arms.champion)),
        challenger=estimate(*measure.payments(arms.challenger)),
        low=low,
        high=high,
        p_value=p_value,
        verdict=_verdict(p_value <= alpha, b.rate - a.rate, measure.detect),
        detect=measure.detect,
        accounts_needed=_needed(measure, arms, a, b, alpha),
    )


def _counts(first: Numbers) -> Counts:
    return Counts(int((first == 1).sum()), int((first >= 0).sum()))


def _verdict(found: bool, difference: float, wanted: float) -> Verdict:
    if not found:
        return Verdict.OPEN
    return Verdict.BETTER if difference * wanted > 0 else Verdict.WORSE


def _needed(measure: Measure, arms: Arms, a: Counts, b: Counts, alpha: float) -> int | None:
    if not a.trials or not arms.challenger.accounts:
        return None
    ratio = b.trials / a.trials or arms.challenger.accounts / arms.champion.accounts
    design = Design(a.rate, _within(a.rate, measure.detect), ratio, alpha)
    needed = trials_needed(design)
    if math.isinf(needed):
        return None
    return max(0, math.ceil(needed * (1 + ratio) - a.trials - b.trials))


def _within(rate: float, difference: float) -> float:
    """The difference, or what there is room for."""
    return min(max(rate + difference, 0.0), 1.0) - rate
