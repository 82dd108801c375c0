"""Brings the partitions of a topic into one order of time while a backlog is read.

Partitions are read independently, so a backlog of hours may come one partition after the other.
A merchant's payments are in all of them: those of the last partition would come later than the
lateness bound of the feature contract. So messages wait here until none that is older can come.
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from operator import itemgetter


@dataclass(slots=True)
class _Partition[M]:
    waiting: deque[tuple[int, M]] = field(default_factory=deque)
    reached: int | None = None
    is_at_end: bool = False


class Interleaving[M]:
    """A merge of the partitions of one topic by the time that their messages tell.

    Args:
        partitions: Their numbers.

    >>> merge = Interleaving([0, 1])
    >>> merge.add(0, 50, "late"), merge.add(0, 70, "later")
    (None, None)
    >>> merge.release()  # of partition 1 anything may come
    []
    >>> merge.add(1, 60, "between")
    >>> merge.release()
    ['late', 'between']
    >>> merge.end(1)
    >>> merge.release(), merge.is_at_end
    (['later'], False)
    """

    def __init__(self, partitions: Iterable[int]) -> None:
        self._partitions: dict[int, _Partition[M]] = {each: _Partition() for each in partitions}

    @property
    def is_at_end(self) -> bool:
        """Whether every partition was read to its end, and no message waits."""
        return all(each.is_at_end and not each.waiting for each in self._partitions.values())

    def add(self, number: int, time_us: int, message: M) -> None:
        """A message came of a partition; the order within it stays, whatever times say."""
        partition = self._partitions[number]
        partition.reached = max(time_us, partition.reached or 0)
        partition.is_at_end = False
        partition.waiting.append((partition.reached, message))

    def end(self, number: int) -> None:
        """A partition has no more messages for now."""
        self._partitions[number].is_at_end = True

    def waiting(self, number: int) -> int:
        """Messages of a partition that wait for others."""
        return len(self._partitions[number].waiting)

    def release(self) -> list[M]:
        """The messages before which none of another partition can come, in order."""
        limit, ready = self._limit(), []
        for each in self._partitions.values():
            while each.waiting and each.waiting[0][0] <= limit:
                ready.append(each.waiting.popleft())
        # Times of a partition only grow, and sorting keeps the order of equal ones.
        ready.sort(key=itemgetter(0))
        return [message for _, message in ready]

    def _limit(self) -> int:
        """Up to which time all is here; nothing is where some partition was never heard of."""
        held = [each.reached for each in self._partitions.values() if not each.is_at_end]
        return min((-1 if reached is None else reached for reached in held), default=1 << 63)
