"""How far the days of training are from each other.

Payments of a day are not independent: an account's and a merchant's are alike, and what is known
of frauds moves with the days. A test of payments takes all of that for drift. So a day is held
against the days of the reference as well, by how far those are from each other.

>>> usual = Variation(mean_square=0.0004, days=36)
>>> f"{usual.p_value(0.02):.2f} {usual.p_value(0.1):.0e}"
'0.32 2e-05'
"""

from collections.abc import Sequence
from typing import Any, Final, Self

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, Field
from scipy import stats

from training.drift.distance import distance
from training.drift.weekday import weekday_of

type Index = npt.NDArray[np.int64]
type Held = tuple[Index, Index]

LEAST_A_DAY: Final = 100
MOST_A_DAY: Final = 5_000


class Variation(BaseModel):
    """Of one feature, or of the probability.

    Args:
        mean_square: Mean of the squared distances of a day from the others of its weekday, or
            from all others where there are none.
        days: How many days it is of.
    """

    model_config = ConfigDict(frozen=True)

    mean_square: float = Field(ge=0)
    days: int = Field(ge=0)

    @classmethod
    def of(cls, values: npt.NDArray[Any], held: Sequence[Held], *, discrete: bool) -> Self:
        """Measure each day.

        Args:
            values: float [n], NaN for missing.
            held: What :func:`days_held` found of them.
            discrete: Whether the feature's values are few.
        """
        found = [distance(values[rest], values[day], discrete=discrete) ** 2 for day, rest in held]
        return cls(mean_square=float(np.mean(found)) if found else 0.0, days=len(found))

    def p_value(self, found: float) -> float:
        """How likely a further day is as far or farther, if it is one like these.

        The square of a distance over the mean square of the others has an F distribution with 1
        and as many degrees of freedom as there are others, if distances are those of one normal
        number; of several it has a lighter tail, and the p-value is on the safe side. 1 where
        there are no two days to learn it from.

        Args:
            found: The distance of that day.
        """
        if self.days < 2:
            return 1.0
        if not self.mean_square:
            return float(found == 0)
        return float(stats.f.sf(found**2 / self.mean_square, 1, self.days - 1))


def days_held(days: Index) -> list[Held]:
    """Each day, and what it is held against.

    Args:
        days: int64 [n], days since the Unix epoch, in order of time.

    Returns:
        Positions of a day's payments and of its others; none for days of few payments.
    """
    weekdays, found = weekday_of(days), []
    for day in np.unique(days).tolist():
        rest = days != day
        like = rest & (weekdays == weekday_of(np.array([day]))[0])
        one = _some(np.flatnonzero(~rest))
        others = _some(np.flatnonzero(like if like.sum() >= LEAST_A_DAY else rest))
        if min(len(one), len(others)) >= LEAST_A_DAY:
            found.append((one, others))
    return found


def _some(rows: Index) -> Index:
    """At most :data:`MOST_A_DAY`, evenly spread over time."""
    return rows[:: -(-len(rows) // MOST_A_DAY) or 1]
