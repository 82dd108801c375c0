"""Brings what comes into one order of time, topic by topic."""

from collections.abc import Iterable, Sequence
from itertools import chain

from scorer.features.note import Place
from scorer.tail.intake import time_of
from scorer.tail.interleave import Interleaving
from scorer.tail.taken import Taken

# Of a partition that is ahead of the others no more is taken than this.
MOST_WAITING = 2_000


class Backlog:
    """What was taken and may not go on yet; nothing, where every partition is at its end.

    Args:
        places: The partitions that are followed.
    """

    def __init__(self, places: Iterable[Place]) -> None:
        self._places = list(places)
        self._merges: dict[str, Interleaving[Taken]] = {
            topic: Interleaving(number for name, number in self._places if name == topic)
            for topic in {topic for topic, _ in self._places}
        }

    def put(self, taken: Sequence[Taken]) -> list[Taken]:
        """Take what came; returns what goes on now, in order."""
        for each in taken:
            topic, number = each.place
            if each.message is None:
                self._merges[topic].end(number)
            else:
                self._merges[topic].add(number, time_of(topic, each.message.value()), each)
        ready = list(chain.from_iterable(merge.release() for merge in self._merges.values()))
        return ready + self._ends(taken)

    def full(self) -> set[Place]:
        """Partitions of which enough messages wait."""
        return {
            (topic, number)
            for topic, number in self._places
            if self._merges[topic].waiting(number) > MOST_WAITING
        }

    def _ends(self, taken: Sequence[Taken]) -> list[Taken]:
        """Ends of partitions of which no message waits any more: their marks may move there."""
        return [
            each
            for each in taken
            if each.message is None and not self._merges[each.place[0]].waiting(each.place[1])
        ]
