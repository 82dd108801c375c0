"""How far a card precision could be off by chance: cards are drawn again, not payments.

A card is found once and by its best payment, so its payments belong together (a cluster bootstrap,
Davison and Hinkley, Bootstrap Methods and their Application, 1997, section 3.8). Compromised cards
are drawn from the compromised ones and the others from the others.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from training.quality.card_precision import Index, cards_by_day, precision_of
from training.quality.intervals import SEED, Interval


def card_precision_interval(
    cards_a_day: int,
    day: Index,
    account: Index,
    fraud: npt.NDArray[np.bool_],
    probabilities: npt.NDArray[Any],
    *,
    rounds: int,
) -> Interval:
    """Of :func:`training.quality.card_precision.card_precision_at`.

    Args:
        cards_a_day: How many cards are looked at.
        day: int64 [n].
        account: int64 [n], 0 or more.
        fraud: bool [n].
        probabilities: float [n].
        rounds: How many resamples; the seed is fixed.
    """
    days = cards_by_day(day, account, fraud, probabilities)
    compromised = np.unique(account[fraud])
    strata = compromised, np.setdiff1d(account, compromised)
    random = np.random.default_rng(SEED)
    size = int(account.max()) + 1
    draws = [precision_of(cards_a_day, days, _copies(strata, size, random)) for _ in range(rounds)]
    return Interval.of(np.array(draws))


def _copies(strata: Sequence[Index], size: int, random: np.random.Generator) -> Index:
    """Accounts drawn with replacement, each stratum from itself, as counts."""
    drawn = [random.choice(accounts, len(accounts)) for accounts in strata if len(accounts)]
    return np.bincount(np.concatenate(drawn), minlength=size)
