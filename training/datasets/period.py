"""Whole days and lengths of time, as they are written on a command line.

>>> Period.parse("2018-07-25..2018-07-31").days
7
>>> str(parse_duration("36h"))
'1 day, 12:00:00'
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final, Self

import numpy as np
import numpy.typing as npt

from training.errors import SplitError

MICROSECONDS_A_DAY: Final = 86_400_000_000
DURATION = re.compile(r"(\d+)(d|h)")


@dataclass(frozen=True, slots=True)
class Period:
    """Whole UTC days, both ends included.

    Raises:
        SplitError: ``last`` is before ``first``.
    """

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise SplitError(f"period `{self}` ends before it begins")

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``A..B`` with ISO 8601 dates, or ``A`` for one day.

        Raises:
            SplitError: It is not of that form.
        """
        first, _, last = text.partition("..")
        try:
            return cls(date.fromisoformat(first), date.fromisoformat(last or first))
        except ValueError as exc:
            raise SplitError(f"Failed to read period `{text}`: expected A..B ({exc})") from exc

    @classmethod
    def of_days(cls, first_day: int, last_day: int) -> Self:
        """From days since the Unix epoch."""
        epoch = date(1970, 1, 1)
        return cls(epoch + timedelta(days=first_day), epoch + timedelta(days=last_day))

    @property
    def days(self) -> int:
        """How many days."""
        return (self.last - self.first).days + 1

    @property
    def start_us(self) -> int:
        """The first microsecond, since the Unix epoch."""
        return midnight_us(self.first)

    @property
    def end_us(self) -> int:
        """The first microsecond after the period."""
        return midnight_us(self.last + timedelta(days=1))

    def contains(self, times_us: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
        """Which times lie in the period; bool, of the same shape."""
        return (times_us >= self.start_us) & (times_us < self.end_us)

    def __str__(self) -> str:
        return f"{self.first}..{self.last}"


def midnight_us(day: date) -> int:
    """The start of a UTC day, microseconds since the Unix epoch."""
    return int(datetime.combine(day, time(), UTC).timestamp()) * 1_000_000


def parse_duration(text: str) -> timedelta:
    """Read a length of time such as ``7d`` or ``36h``.

    Raises:
        SplitError: It is not of that form.
    """
    found = DURATION.fullmatch(text)
    if found is None:
        raise SplitError(f"Failed to read duration `{text}`: expected such as `7d` or `36h`")
    amount = int(found[1])
    return timedelta(days=amount) if found[2] == "d" else timedelta(hours=amount)


def format_duration(duration: timedelta) -> str:
    """The same the other way; in hours what is no number of whole days.

    >>> format_duration(timedelta(days=7)), format_duration(timedelta(hours=36))
    ('7d', '36h')
    """
    hours = duration / timedelta(hours=1)
    return f"{duration.days}d" if hours % 24 == 0 else f"{hours:g}h"
