"""Which messages go on, in what order, and for how long they are held back."""

from fraud.v1.transaction_pb2 import Transaction
from scorer.features.note import Mark, Place
from scorer.tail.backlog import MOST_WAITING, PATIENCE_SECONDS, Backlog
from scorer.tail.taken import Taken

FIRST, SECOND = ("raw_transactions", 0), ("raw_transactions", 1)


class Message:
    """As much of a consumer's message as a backlog looks at."""

    def __init__(self, seconds: int) -> None:
        payment = Transaction()
        payment.event_time.seconds = seconds
        self.payload = payment.SerializeToString()

    def value(self) -> bytes:
        return self.payload


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def came(place: Place, offset: int, seconds: int) -> Taken:
    return Taken(place, Mark(offset + 1), Message(seconds))  # type: ignore[arg-type]


def end(place: Place, offset: int) -> Taken:
    return Taken(place, Mark(offset), None)


def test_partitions_are_brought_into_the_order_of_event_times() -> None:
    backlog = Backlog([FIRST, SECOND])
    early, late, between = came(FIRST, 0, 10), came(FIRST, 1, 30), came(SECOND, 0, 20)
    assert backlog.put([early, late, end(FIRST, 2)]) == []
    assert not backlog.is_empty
    assert backlog.put([between, end(SECOND, 1)]) == [early, between, late, end(SECOND, 1)]
    assert backlog.is_empty


def test_an_end_counts_once_nothing_of_its_partition_waits() -> None:
    backlog = Backlog([FIRST, SECOND])
    assert backlog.put([end(FIRST, 7)]) == [end(FIRST, 7)]
    assert backlog.put([came(FIRST, 7, 10), end(FIRST, 8)]) == []


def test_a_silent_partition_is_not_waited_for_longer_than_that() -> None:
    clock = Clock()
    backlog = Backlog([FIRST, SECOND], clock)
    payment = came(FIRST, 0, 10)
    assert backlog.put([payment]) == []
    clock.now = PATIENCE_SECONDS + 1
    assert backlog.put([]) == [payment]


def test_a_partition_that_is_ahead_is_full_until_the_others_come() -> None:
    backlog = Backlog([FIRST, SECOND])
    ahead = [came(FIRST, number, 100 + number) for number in range(MOST_WAITING + 1)]
    backlog.put(ahead)
    assert backlog.full() == {FIRST}
    assert len(backlog.put([came(SECOND, 0, 99_999)])) == len(ahead)
    assert backlog.full() == set()


def test_what_cannot_be_read_keeps_its_place() -> None:
    backlog = Backlog([FIRST])
    poison = came(FIRST, 1, 0)
    poison.message.payload = b"\xff"  # type: ignore[union-attr]
    taken = [came(FIRST, 0, 50), poison, came(FIRST, 2, 60)]
    assert backlog.put(taken) == taken
