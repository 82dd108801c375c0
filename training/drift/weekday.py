"""Days of the week: a Sunday is compared with Sundays."""

from typing import Any

import numpy as np
import numpy.typing as npt

type Index = npt.NDArray[np.int64]


def weekday_of(days: npt.NDArray[Any]) -> npt.NDArray[np.int8]:
    """Monday is 0.

    Args:
        days: int [n], days since the Unix epoch, which was a Thursday.

    >>> weekday_of(np.array([0, 4])).tolist()
    [3, 0]
    """
    return ((days + 3) % 7).astype(np.int8)


def match(reference: npt.NDArray[np.int8], live: npt.NDArray[np.int8]) -> tuple[Index, Index]:
    """Rows of both sides with the same mix of weekdays, as many as there can be.

    Args:
        reference: int8 [n], weekday of each row.
        live: int8 [m].

    Returns:
        int64 positions in ``reference`` and in ``live``; rows of a weekday that the other side
        lacks are left out.

    >>> sundays_and_mondays = np.array([6, 6, 6, 6, 0, 0], np.int8)
    >>> [rows.tolist() for rows in match(sundays_and_mondays, np.array([6, 0, 0, 1], np.int8))]
    [[0, 4, 5], [0, 1, 2]]
    """
    of_reference, of_live = (np.bincount(side, minlength=7) for side in (reference, live))
    shared = (of_reference > 0) & (of_live > 0)
    if not shared.any():
        return np.empty(0, np.int64), np.empty(0, np.int64)
    scale = (of_reference[shared] / of_live[shared]).min()
    rows = [
        _spread(np.flatnonzero(reference == day), max(1, int(scale * of_live[day])))
        for day in np.flatnonzero(shared)
    ]
    return np.sort(np.concatenate(rows)), np.flatnonzero(shared[live])


def _spread(rows: Index, count: int) -> Index:
    """``count`` of ``rows``, evenly spread."""
    return rows[np.linspace(0, len(rows) - 1, count).round().astype(np.int64)]
