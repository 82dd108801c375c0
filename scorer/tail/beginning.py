"""Where each partition is followed from."""

from collections.abc import Mapping

import structlog

from messaging.offsets import Place
from scorer.features.note import Mark

log = structlog.get_logger(__name__)

type Bounds = Mapping[Place, tuple[int, int]]
"""Of each partition the first offset that the broker still has, and the one behind the last."""


def needs_vectors(marks: Mapping[Place, Mark], bounds: Bounds) -> bool:
    """Whether the state lacks what the topics no longer have, or holds nothing of them at all.

    >>> needs_vectors({}, {("labels", 0): (0, 9)})
    True
    >>> needs_vectors({("labels", 0): Mark(4)}, {("labels", 0): (0, 9)})
    False
    >>> needs_vectors({("labels", 0): Mark(4)}, {("labels", 0): (5, 9)})
    True
    """
    return not marks or any(
        place in marks and marks[place].next_offset < begin for place, (begin, _) in bounds.items()
    )


def further(marks: Mapping[Place, Mark], offsets: Mapping[Place, int]) -> dict[Place, Mark]:
    """Marks moved on to what the vectors contain."""
    moved = {
        place: Mark(offset)
        for place, offset in offsets.items()
        if place not in marks or offset > marks[place].next_offset
    }
    return {**marks, **moved}


def passed_over(
    marks: Mapping[Place, Mark], moved: Mapping[Place, Mark], bounds: Bounds, topic: str
) -> dict[int, tuple[int, int]]:
    """Of each partition of a topic the messages that the move left out, as far as they exist."""
    found = {}
    for (name, number), (begin, end) in bounds.items():
        place = name, number
        first = max(begin, marks[place].next_offset if place in marks else 0)
        behind_last = min(end, moved[place].next_offset if place in moved else 0)
        if name == topic and first < behind_last:
            found[number] = first, behind_last
    return found


def within(marks: Mapping[Place, Mark], bounds: Bounds) -> dict[Place, Mark]:
    """A mark for every partition; where the broker has none of that offset, from the earliest.

    >>> found = within({("labels", 0): Mark(4)}, {("labels", 0): (0, 9), ("labels", 1): (2, 3)})
    >>> found["labels", 0].next_offset, found["labels", 1].next_offset
    (4, 2)
    """
    return {place: _within(place, marks.get(place), *ends) for place, ends in bounds.items()}


def _within(place: Place, mark: Mark | None, begin: int, end: int) -> Mark:
    if mark is None:
        return Mark(begin)
    if begin <= mark.next_offset <= end:
        return mark
    log.warning(
        "tail.offset_gone",
        topic=place[0],
        partition=place[1],
        wanted=mark.next_offset,
        begin=begin,
        end=end,
        remedy="followed from the earliest; what the topic lost is missing from the state",
    )
    return Mark(begin)
