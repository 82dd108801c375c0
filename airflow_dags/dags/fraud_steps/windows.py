"""The days that a retraining stands on, counted back from the day it belongs to.

::

    | train_days | gap_days | holdout_days | settle_days | day
                            ^ as_of

The holdout ends ``settle_days`` before the day, since its labels are to be final; the moment of
training, up to which the training's own labels are known, is where the holdout begins.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Self


@dataclass(frozen=True, slots=True)
class Windows:
    """Days as the commands take them.

    Args:
        as_of: The moment of training, as a day; its first instant, UTC.
        train: Days to learn from, ``A..B``, both included.
        gap: Between training and holdout, such as ``7d``.
        holdout: Days to judge on, ``C..D``, both included.
    """

    as_of: str
    train: str
    gap: str
    holdout: str

    @classmethod
    def before(
        cls, day: date, *, train_days: int, gap_days: int, holdout_days: int, settle_days: int
    ) -> Self:
        """The windows of a day.

        >>> found = Windows.before(
        ...     date(2026, 3, 31), train_days=10, gap_days=7, holdout_days=3, settle_days=2
        ... )
        >>> found.train, found.gap, found.as_of, found.holdout
        ('2026-03-09..2026-03-18', '7d', '2026-03-26', '2026-03-26..2026-03-28')

        Raises:
            ValueError: A length is below what makes sense; names it.
        """
        lengths = {"train_days": train_days, "holdout_days": holdout_days}
        for name, days in lengths.items():
            if days < 1:
                raise ValueError(f"fraud_{name} is {days}, expected at least 1")
        for name, days in {"gap_days": gap_days, "settle_days": settle_days}.items():
            if days < 0:
                raise ValueError(f"fraud_{name} is {days}, expected at least 0")
        holdout = day - timedelta(days=settle_days + holdout_days)
        end = holdout - timedelta(days=gap_days)
        return cls(
            as_of=holdout.isoformat(),
            train=_period(end - timedelta(days=train_days), train_days),
            gap=f"{gap_days}d",
            holdout=_period(holdout, holdout_days),
        )


def _period(first: date, days: int) -> str:
    return f"{first}..{first + timedelta(days=days - 1)}"
