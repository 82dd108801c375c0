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

from typing import Any

import numpy as np
import numpy.typing as npt


def card_precision_at(
    cards_a_day: int,
    day: npt.NDArray[np.int64],
    account: npt.NDArray[np.int64],
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
    blocked = np.zeros(account.max(initial=-1) + 1, np.bool_)
    precisions = []
    for today in np.unique(day):
        of_day = (day == today) & ~blocked[account]
        cards, card = np.unique(account[of_day], return_inverse=True)
        score, compromised = np.full(len(cards), -np.inf), np.zeros(len(cards), np.bool_)
        np.maximum.at(score, card, probabilities[of_day])
        np.logical_or.at(compromised, card, fraud[of_day])
        looked_at = np.argsort(-score, kind="stable")[:cards_a_day]
        found = looked_at[compromised[looked_at]]
        blocked[cards[found]] = True
        precisions.append(len(found) / cards_a_day)
    return float(np.mean(precisions))
