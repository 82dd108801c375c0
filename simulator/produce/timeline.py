"""When each payment is sent, and what is said of when it was made."""

import time
from collections.abc import Callable
from typing import Final

import numpy as np

from simulator.arrays import Ints
from simulator.produce.arrivals import SECOND_US
from simulator.produce.cursor import Cursor, Epoch
from simulator.produce.plan import ProducePlan

LEAD_US: Final = 1_000_000
"""From the beginning of a timeline to the first payment: a head start for making them ready."""


def wall_us() -> int:
    """Microseconds since 1970."""
    return time.time_ns() // 1000


class Timeline:
    """Takes the event times of payments in order; gives times of sending and of event.

    Args:
        plan: Of the run.
        cursor: Where it begins.
        first_us: Event time of the source's very first payment, for accelerated runs.
        now_us: Microseconds since 1970.
    """

    def __init__(
        self,
        plan: ProducePlan,
        cursor: Cursor,
        first_us: int,
        now_us: Callable[[], int] = wall_us,
    ) -> None:
        self._plan = plan
        self._first_us = first_us
        self._position = cursor.position
        self._reserved = max(cursor.reserved, cursor.position) if plan.restamps else cursor.position
        self._known = cursor.epochs
        self._blocks = plan.arrivals.blocks(cursor.position)
        self._offsets: Ints = np.zeros(0, np.int64)
        self._now_us = now_us
        self.epochs: tuple[Epoch, ...] = ()
        """Those of the cursor and a new one, once begun."""

    def begin(self, next_us: int) -> tuple[Epoch, ...]:
        """Let offsets count from now on.

        Args:
            next_us: Event time of the next payment.
        """
        epoch = self._now_us() + LEAD_US - self._offset_at(self._reserved, next_us)
        if self._plan.restamps and self._known:
            # Event times never go back, whatever the clock does.
            epoch = max(epoch, self._known[-1].time_us)
        kept = tuple(each for each in self._known if each.position < self._reserved)
        self.epochs = (*kept, Epoch(self._reserved, epoch))
        return self.epochs

    def take(self, events_us: Ints) -> tuple[Ints, Ints]:
        """Of the next payments, microseconds since 1970 at which they are due and were made.

        Both are shorter than what was given when the run ends among them.
        """
        offsets = self._take_offsets(events_us)
        if self._plan.count is not None:
            offsets = offsets[: max(self._plan.count - self._position, 0)]
        if self._plan.seconds is not None:
            end = np.searchsorted(offsets, self._plan.seconds * SECOND_US, "left")
            offsets = offsets[:end]
        positions = np.arange(self._position, self._position + len(offsets))
        self._position += len(offsets)
        firsts = [epoch.position for epoch in self.epochs]
        number = np.maximum(np.searchsorted(firsts, positions, "right") - 1, 0)
        due: Ints = np.array([epoch.time_us for epoch in self.epochs])[number] + offsets
        return due, due if self._plan.restamps else events_us[: len(offsets)]

    def _take_offsets(self, events_us: Ints) -> Ints:
        if self._plan.time == "accelerated":
            return self._accelerated(events_us)
        while len(self._offsets) < len(events_us):
            self._offsets = np.concatenate([self._offsets, next(self._blocks)])
        taken, self._offsets = np.split(self._offsets, [len(events_us)])
        return taken

    def _offset_at(self, position: int, event_us: int) -> int:
        if self._plan.time == "accelerated":
            return int(self._accelerated(np.array([event_us]))[0])
        return int(next(self._plan.arrivals.blocks(position))[0])

    def _accelerated(self, events_us: Ints) -> Ints:
        offsets: Ints = np.rint((events_us - self._first_us) / self._plan.factor).astype(np.int64)
        return offsets
