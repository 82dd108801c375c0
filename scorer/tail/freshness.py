"""How far the state is behind the topics, partition by partition."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from scorer.features.note import Mark, Place

type Clock = Callable[[], int]


def now_us() -> int:
    """Microseconds since the Unix epoch."""
    return time.time_ns() // 1000


@dataclass(slots=True)
class PartitionView:
    """What is known of one partition; times are microseconds since the Unix epoch.

    Args:
        next_offset: The offset after the newest applied message.
        newest_us: When the broker got that message; 0 when that is not known.
        end_offset: The offset that the next message will get, as last heard.
        verified_us: A time before which everything that the broker got has been applied.
        goal: The end at start; the state has caught up when it is reached.
        dead_letters: Messages that could not be applied.
    """

    next_offset: int
    newest_us: int = 0
    end_offset: int = 0
    verified_us: int = 0
    goal: int | None = None
    dead_letters: int = 0
    _awaited: tuple[int, int] | None = None

    @property
    def complete_us(self) -> int:
        """Nothing that the broker got before this time is missing from the state."""
        return max(self.newest_us, self.verified_us)

    def apply(self, mark: Mark, now: int) -> None:
        """Messages up to a mark have been applied."""
        self.next_offset = mark.next_offset
        self.end_offset = max(self.end_offset, mark.next_offset)
        # A broker whose clock is ahead of ours must not make us look fresher than we are.
        self.newest_us = max(self.newest_us, min(mark.newest_us, now))
        if self._awaited is not None and self.next_offset >= self._awaited[0]:
            self.verified_us, self._awaited = self._awaited[1], None

    def hear(self, end_offset: int, asked_us: int) -> None:
        """The partition ended at ``end_offset`` at ``asked_us`` or later."""
        self.end_offset = end_offset
        if self.goal is None:
            self.goal = end_offset
        if self.next_offset >= end_offset:
            self.verified_us, self._awaited = asked_us, None
        elif self._awaited is None:
            self._awaited = (end_offset, asked_us)


class Freshness:
    """Follows what is applied and what the broker says there is. May be used from any thread.

    A partition's age is the time since which something may be missing: since its newest applied
    message came to the broker, or since the broker was last asked where it ends and all up to there
    was applied, whichever is the later. While the broker is away, ages grow.

    Args:
        marks: Up to where the state contains the partitions before anything is heard.
        on_caught_up: Called when all that was there at start has been applied.
        clock: Microseconds since the Unix epoch.

    >>> times = iter(range(1_000, 2_000, 100))
    >>> freshness = Freshness({("labels", 0): Mark(5)}, clock=lambda: next(times))
    >>> freshness.hear({("labels", 0): 7}, asked_us=900)
    >>> freshness.is_caught_up
    False
    >>> freshness.apply({("labels", 0): Mark(7, 950)})
    >>> freshness.is_caught_up, freshness.age_us()
    (True, 150)
    """

    def __init__(
        self,
        marks: Mapping[Place, Mark] | None = None,
        on_caught_up: Callable[[], object] = lambda: None,
        clock: Clock = now_us,
    ) -> None:
        self._clock = clock
        self._on_caught_up = on_caught_up
        self._lock = threading.Lock()
        self._partitions: dict[Place, PartitionView] = {}
        self._complete_us = 0
        self._on_complete: Callable[[int], object] = lambda _complete_us: None
        self.is_caught_up = False
        """Whether everything that was in the topics at start has been applied."""
        self.begin(marks or {})

    def begin(self, marks: Mapping[Place, Mark]) -> None:
        """Follow these partitions from these marks on."""
        with self._lock:
            for place, mark in marks.items():
                view = self._partitions.setdefault(place, PartitionView(0))
                view.next_offset = mark.next_offset
                view.newest_us = max(view.newest_us, mark.newest_us)
            self._sum_up()

    def apply(self, marks: Mapping[Place, Mark]) -> None:
        """Everything up to these marks has been applied to the state."""
        now = self._clock()
        with self._lock:
            for place, mark in marks.items():
                self._partitions[place].apply(mark, now)
            self._sum_up()
        self._look()

    def hear(self, ends: Mapping[Place, int], asked_us: int) -> None:
        """What the broker answered to where partitions end, and when it was asked."""
        with self._lock:
            for place, end in ends.items():
                self._partitions[place].hear(end, asked_us)
            self._sum_up()
        self._look()

    def refuse(self, place: Place) -> None:
        """A message of a partition could not be applied."""
        with self._lock:
            self._partitions[place].dead_letters += 1

    def tell(self, on_complete: Callable[[int], object]) -> None:
        """Tell, now and when it changes, the time before which nothing is missing.

        Args:
            on_complete: Given microseconds since the Unix epoch.
        """
        with self._lock:
            self._on_complete = on_complete
            on_complete(self._complete_us)

    def age_us(self) -> int:
        """The greatest age over the partitions: one subtraction, for every call."""
        return max(0, self._clock() - self._complete_us)

    def behind(self) -> dict[str, int]:
        """Messages of each topic that are not applied, as far as is known; none is left out."""
        missing: Counter[str] = Counter()
        for (topic, _), view in self.partitions().items():
            missing[topic] += max(0, view.end_offset - view.next_offset)
        return {topic: count for topic, count in missing.items() if count}

    def partitions(self) -> dict[Place, PartitionView]:
        """All partitions, in order; to be read only."""
        with self._lock:
            return dict(sorted(self._partitions.items()))

    def age_of(self, view: PartitionView) -> int:
        """Age of one partition, microseconds."""
        return max(0, self._clock() - view.complete_us)

    def _sum_up(self) -> None:
        views = self._partitions.values()
        self._complete_us = min((view.complete_us for view in views), default=0)
        self._on_complete(self._complete_us)

    def _look(self) -> None:
        if self.is_caught_up:
            return
        with self._lock:
            views = self._partitions.values()
            reached = [view.goal is not None and view.next_offset >= view.goal for view in views]
            self.is_caught_up = bool(reached) and all(reached)
        if self.is_caught_up:
            self._on_caught_up()
