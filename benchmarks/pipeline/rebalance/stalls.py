"""How long a partition had something to decide and decided nothing."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

PRODUCED: Final = 0
DECIDED: Final = 1


@dataclass(frozen=True, slots=True)
class Stall:
    """A wait.

    Args:
        partition: That waited.
        end_us: When it was decided again, microseconds since the epoch.
        length_ms: How long there had been something to decide, or since the decision before.
    """

    partition: int
    end_us: int
    length_ms: float


def stalls_of(
    partition: int, produced_us: Mapping[str, int], decided_us: Mapping[str, int]
) -> Iterator[Stall]:
    """The wait before each decision of a partition.

    The time in which nothing was produced does not count: a wait begins with the decision before,
    or, where everything had been decided, with the next payment.

    Args:
        partition: Its number.
        produced_us: When the broker had each payment, by id, microseconds.
        decided_us: When each was decided.

    >>> produced = {"t1": 0, "t2": 10_000, "t3": 11_000}
    >>> decided = {"t1": 1_000, "t2": 12_000, "t3": 52_000}
    >>> [stall.length_ms for stall in stalls_of(0, produced, decided)]
    [1.0, 2.0, 40.0]
    """
    # A broker's times are whole milliseconds, so a decision may seem to come first: it never does.
    events = [(time, PRODUCED) for time in produced_us.values()]
    events += [(max(time, produced_us[name]), DECIDED) for name, time in decided_us.items()]
    waiting, since = 0, 0
    for time, kind in sorted(events):
        if kind == PRODUCED:
            since = since if waiting else time
            waiting += 1
        else:
            yield Stall(partition, time, (time - since) / 1000)
            waiting -= 1
            since = time


def longest_between(stalls: Iterable[Stall], begin_us: int, end_us: int) -> Stall | None:
    """The longest wait that ended within a time."""
    within = (stall for stall in stalls if begin_us <= stall.end_us < end_us)
    return max(within, key=lambda stall: stall.length_ms, default=None)
