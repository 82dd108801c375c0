"""Frauds that do not show by themselves when they are made.

A terminal's frauds are of ordinary amounts, so that only labels of its own earlier frauds can tell
them; a card's are five times what they would be, which from a small payment makes an ordinary one.
Such a fraud can be told only by the company it keeps, such as the card's other payments, and at the
price of genuine payments in the same company.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Self

import numpy as np
import numpy.typing as npt

from benchmarks.detection.features import trailing
from benchmarks.detection.payments import Ints, Payments
from benchmarks.detection.scenarios import Scenario, Scenarios

EPISODE_DAYS: Final = 28
"""How long a terminal stays compromised."""
ORDINARY_RATIO: Final = 2.0
"""Below so many times its usual amount a card's payment is ordinary: one genuine in 45 is above."""


@dataclass(frozen=True, slots=True)
class Hidden:
    """How many, of how many.

    Args:
        frauds: All.
        unheralded: At a terminal none of whose frauds of this episode is known yet.
        ordinary: Of a card, and of an amount that is usual for it.

    >>> Hidden(frauds=100, unheralded=6, ordinary=3).shown
    0.91
    """

    frauds: int
    unheralded: int
    ordinary: int

    @classmethod
    def pooled(cls, counts: Sequence["Hidden"]) -> Self:
        """All of them together."""
        return cls(
            sum(one.frauds for one in counts),
            sum(one.unheralded for one in counts),
            sum(one.ordinary for one in counts),
        )

    @property
    def shown(self) -> float:
        """Share of the frauds that do show."""
        return 1 - (self.unheralded + self.ordinary) / self.frauds


def count_hidden(
    payments: Payments,
    scenario: Scenarios,
    ratio: npt.NDArray[Any],
    rows: Ints,
    delay_days: int,
) -> Hidden:
    """Count them among the payments at ``rows``.

    Args:
        payments: All.
        scenario: int8 [n], theirs.
        ratio: float [n], each amount over what is usual for its card; NaN if nothing is.
        rows: int64 [k].
        delay_days: After how long a label is known.
    """
    at_terminal = scenario == Scenario.TERMINAL
    _, heralds = trailing(
        payments.time_us, payments.terminal, at_terminal, EPISODE_DAYS - delay_days, delay_days
    )
    unheralded = at_terminal & (heralds == 0)
    ordinary = (scenario == Scenario.CARD) & (ratio < ORDINARY_RATIO)
    return Hidden(
        frauds=int(np.count_nonzero(payments.fraud[rows])),
        unheralded=int(np.count_nonzero(unheralded[rows])),
        ordinary=int(np.count_nonzero(ordinary[rows])),
    )
