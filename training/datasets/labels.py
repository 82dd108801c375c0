"""Everything that was said of payments, and when it was learned.

Two times: a label is of a payment that was made at one time, and was learned at another. A later
label does not overwrite an earlier one: at any moment the one that was learned last by then holds.

>>> import numpy as np
>>> said = Labels.of(
...     row=np.array([0, 0]), fraud=np.array([True, False]), kind=np.array([2, 0], np.int8),
...     known_at_us=np.array([10, 20]),
... )
>>> [bool(said.known_by(moment, payments=1).fraud[0]) for moment in (9, 10, 19, 20)]
[False, True, True, False]
"""

from dataclasses import dataclass
from typing import Final, Self

import numpy as np
import numpy.typing as npt

type Index = npt.NDArray[np.int64]

NEVER_US: Final = np.iinfo(np.int64).max
"""Stands for a known-at time that never comes."""


@dataclass(frozen=True, slots=True, eq=False)
class Truth:
    """Of each payment what holds.

    Args:
        fraud: bool [n]; a payment that nothing is known of counts as genuine.
        kind: int8 [n], number of ``fraud.v1.FraudKind``; 0 when genuine.
        known_at_us: int64 [n], since when this holds; :data:`NEVER_US` if nothing is known.
    """

    fraud: npt.NDArray[np.bool_]
    kind: npt.NDArray[np.int8]
    known_at_us: Index


@dataclass(frozen=True, slots=True, eq=False)
class Taught:
    """What the kernel is to learn, in the order in which it became known.

    Args:
        row: int64 [k], the payments.
        fraud: bool [k].
        withdraws: bool [k], whether it takes back an earlier fraud.
        known_at_us: int64 [k], ascending.
    """

    row: Index
    fraud: npt.NDArray[np.bool_]
    withdraws: npt.NDArray[np.bool_]
    known_at_us: Index


@dataclass(frozen=True, slots=True, eq=False)
class Labels:
    """All labels of some payments, sorted by payment, then by when they became known.

    Args:
        row: int64 [m], of the payment.
        fraud: bool [m].
        kind: int8 [m].
        known_at_us: int64 [m]; :data:`NEVER_US` for a truth that nobody ever learns.
    """

    row: Index
    fraud: npt.NDArray[np.bool_]
    kind: npt.NDArray[np.int8]
    known_at_us: Index

    @classmethod
    def of(
        cls,
        row: Index,
        fraud: npt.NDArray[np.bool_],
        kind: npt.NDArray[np.int8],
        known_at_us: Index,
    ) -> Self:
        """From labels in any order, which leaves no trace.

        Of two of one instant that differ, the one that says something new holds, as in the kernel
        (see :func:`features_rs.verdicts.stands_as_fraud`); of two frauds the greater kind.
        """
        order = np.lexsort((kind, fraud, known_at_us, row))
        said = cls(row[order], fraud[order], kind[order], known_at_us[order])
        last = np.ones(len(said), np.bool_)
        last[:-1] = ~_at_once(said) | (said.fraud[1:] != said.fraud[:-1])
        said = said.only(last)
        return said.only(_holding(said))

    def __len__(self) -> int:
        return len(self.row)

    def only(self, kept: npt.NDArray[np.bool_]) -> Self:
        """Some of them; ``kept`` is bool [m]."""
        return type(self)(self.row[kept], self.fraud[kept], self.kind[kept], self.known_at_us[kept])

    def known_by(self, moment_us: int, payments: int) -> Truth:
        """What held at a moment.

        Args:
            moment_us: Microseconds since the Unix epoch; :data:`NEVER_US` for the final truth.
            payments: How many there are.
        """
        known = np.flatnonzero(self.known_at_us <= moment_us)
        row = self.row[known]
        last = np.ones(len(known), np.bool_)
        last[:-1] = row[1:] != row[:-1]
        truth = Truth(
            np.zeros(payments, np.bool_),
            np.zeros(payments, np.int8),
            np.full(payments, NEVER_US),
        )
        holds, of = known[last], row[last]
        truth.fraud[of], truth.kind[of] = self.fraud[holds], self.kind[holds]
        truth.known_at_us[of] = self.known_at_us[self._began()[holds]]
        return truth

    def taught(self) -> Taught:
        """Without what says nothing new: a second source must not count a fraud twice."""
        stood = np.zeros(len(self), np.bool_)
        stood[1:] = self.fraud[:-1] & (self.row[1:] == self.row[:-1])
        new = np.flatnonzero((self.known_at_us != NEVER_US) & ~(self.fraud & stood))
        new = new[np.lexsort((self.row[new], self.known_at_us[new]))]
        fraud = self.fraud[new]
        return Taught(self.row[new], fraud, ~fraud & stood[new], self.known_at_us[new])

    def between(self, start: int, stop: int) -> Self:
        """Those of the payments from ``start`` up to ``stop``, whose rows then begin at 0."""
        rows = slice(*np.searchsorted(self.row, [start, stop]))
        return type(self)(
            self.row[rows] - start, self.fraud[rows], self.kind[rows], self.known_at_us[rows]
        )

    def superseded(self) -> npt.NDArray[np.bool_]:
        """Which do not hold in the end; bool [m]."""
        found = np.zeros(len(self), np.bool_)
        found[:-1] = self.row[1:] == self.row[:-1]
        return found

    def _began(self) -> Index:
        """For each label the first of those without a break before it that say the same."""
        began = np.ones(len(self), np.bool_)
        began[1:] = (self.row[1:] != self.row[:-1]) | (self.fraud[1:] != self.fraud[:-1])
        return np.maximum.accumulate(np.where(began, np.arange(len(self)), 0))


def _at_once(said: Labels) -> npt.NDArray[np.bool_]:
    """Whether each label and the next became known of one payment in one instant; bool [m - 1]."""
    found: npt.NDArray[np.bool_] = (said.row[1:] == said.row[:-1]) & (
        said.known_at_us[1:] == said.known_at_us[:-1]
    )
    return found


def _holding(said: Labels) -> npt.NDArray[np.bool_]:
    """Which hold of those that became known at once; of each instant genuine comes before fraud."""
    kept = np.ones(len(said), np.bool_)
    # Few: to look at one after the other what held before it is soon done.
    for genuine in np.flatnonzero(_at_once(said)):
        begins = np.searchsorted(said.row, said.row[genuine])
        before = begins + np.flatnonzero(kept[begins:genuine])
        stood = bool(len(before)) and bool(said.fraud[before[-1]])
        kept[genuine + (1 if stood else 0)] = False
    return kept
