"""Of the cards that an investigator looks at each day, how many are really compromised.

Card precision top-k of Le Borgne et al., Reproducible Machine Learning for Credit Card Fraud
Detection (2022), section 4.3: each day the k cards with the most suspect payment are checked; one
found compromised is blocked and does not come again.

>>> import numpy as np
>>> day = np.array([0, 0, 0, 1, 1])
>>> account = np.array([7, 8, 9, 7, 8])
>>> fraud = np.array([True, False, False, True, True])
>>> card_precision_at(1, day, account, fraud, np.array([0.9, 0.8, 0.1, 0.9, 0.7]))
1.0
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt

type Index = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class CardsOfDay:
    """The cards of a day, the most suspect first.

    Args:
        account: int64 [k].
        compromised: bool [k].
    """

    account: Index
    compromised: npt.NDArray[np.bool_]

    @classmethod
    def of(
        cls, account: Index, fraud: npt.NDArray[np.bool_], probabilities: npt.NDArray[Any]
    ) -> Self:
        """From the payments of a day."""
        cards, card = np.unique(account, return_inverse=True)
        score, compromised = np.full(len(cards), -np.inf), np.zeros(len(cards), np.bool_)
        np.maximum.at(score, card, probabilities)
        np.logical_or.at(compromised, card, fraud)
        order = np.argsort(-score, kind="stable")
        return cls(cards[order], compromised[order])


def card_precision_at(
    cards_a_day: int,
    day: Index,
    account: Index,
    fraud: npt.NDArray[np.bool_],
    probabilities: npt.NDArray[Any],
) -> float:
    """Mean over days of compromised cards found, as a share of the cards looked at.

    Args:
        cards_a_day: How many cards are looked at; days with fewer count as if there were so many.
        day: int64 [n].
        account: int64 [n], equal where the card is.
        fraud: bool [n].
        probabilities: float [n]; equal ones are taken in the order of ``account``.
    """
    days = cards_by_day(day, account, fraud, probabilities)
    return precision_of(cards_a_day, days, np.ones(account.max(initial=-1) + 1, np.int64))


def cards_by_day(
    day: Index, account: Index, fraud: npt.NDArray[np.bool_], probabilities: npt.NDArray[Any]
) -> list[CardsOfDay]:
    """The cards of each day, in the order of days."""
    of_days = (day == today for today in np.unique(day))
    return [CardsOfDay.of(account[at], fraud[at], probabilities[at]) for at in of_days]


def precision_of(cards_a_day: int, days: Sequence[CardsOfDay], copies: Index) -> float:
    """Card precision where each account is there so many times, int64 [accounts]."""
    left, found = copies.copy(), 0
    for cards in days:
        there = left[cards.account]
        before = np.cumsum(there) - there
        looked_at = np.clip(cards_a_day - before, 0, there)
        caught = np.where(cards.compromised, looked_at, 0)
        left[cards.account] -= caught
        found += int(caught.sum())
    return found / cards_a_day / len(days)
