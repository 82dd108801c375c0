"""Brings what comes into one order of time, topic by topic."""

from collections.abc import Callable, Iterable, Sequence
from itertools import chain
from time import monotonic

from scorer.features.note import Place
from scorer.tail.intake import time_of
from scorer.tail.interleave import Interleaving
from scorer.tail.taken import Taken

# Of a partition that is ahead of the others no more is taken than this.
MOST_WAITING = 2_000
# A partition whose broker is away holds the others back for so long and no longer.
PATIENCE_SECONDS = 30.0


class Backlog:
    """What was taken and may not go on yet; nothing, where every partition is at its end.

    Args:
        places: The partitions that are followed.
        clock: Seconds.
    """

    def __init__(self, places: Iterable[Place], clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._is_at_end = False
        self._heard = dict.fromkeys(places, clock())
        self._merges: dict[str, Interleaving[Taken]] = {
            topic: Interleaving(number for name, number in self._heard if name == topic)
            for topic in {topic for topic, _ in self._heard}
        }

    @property
    def is_empty(self) -> bool:
        """Whether nothing waits."""
        return self._is_at_end or not any(self._waiting(place) for place in self._heard)

    def put(self, taken: Sequence[Taken]) -> list[Taken]:
        """Take what came; returns what goes on now, in order."""
        if self._is_at_end and _reaches_ends(taken):
            return list(taken)
        now = self._clock()
        for each in taken:
            self._heard[each.place] = now
            self._add(each)
        self._give_up(now)
        ready = list(chain.from_iterable(merge.release() for merge in self._merges.values()))
        self._is_at_end = all(merge.is_at_end for merge in self._merges.values())
        return ready + self._ends(taken)

    def full(self) -> set[Place]:
        """Partitions of which enough messages wait."""
        if self._is_at_end:
            return set()
        return {place for place in self._heard if self._waiting(place) > MOST_WAITING}

    def _add(self, taken: Taken) -> None:
        topic, number = taken.place
        if taken.message is None:
            self._merges[topic].end(number)
        else:
            self._merges[topic].add(number, time_of(topic, taken.message.value()), taken)

    def _give_up(self, now: float) -> None:
        """Wait no longer for partitions that have been silent."""
        for place, heard in self._heard.items():
            if now - heard > PATIENCE_SECONDS and not self._waiting(place):
                self._merges[place[0]].end(place[1])

    def _waiting(self, place: Place) -> int:
        return self._merges[place[0]].waiting(place[1])

    def _ends(self, taken: Sequence[Taken]) -> list[Taken]:
        """Ends of partitions of which no message waits any more: their marks may move there."""
        return [each for each in taken if each.message is None and not self._waiting(each.place)]


def _reaches_ends(taken: Sequence[Taken]) -> bool:
    """Whether all is here that partitions have, so that nothing has to wait for anything."""
    places = {each.place for each in taken if each.message is not None}
    return places <= {each.place for each in taken if each.message is None}
