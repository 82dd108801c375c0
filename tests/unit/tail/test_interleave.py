from hypothesis import given
from hypothesis import strategies as st

from scorer.tail.interleave import Interleaving

type Steps = list[tuple[int, int]]


@given(st.lists(st.lists(st.integers(0, 50), max_size=12), min_size=1, max_size=4), st.randoms())
def test_backlogs_in_order_come_out_in_order_whatever_is_read_first(
    backlogs: list[list[int]], choice: st.DataObject
) -> None:
    merge: Interleaving[tuple[int, int]] = Interleaving(range(len(backlogs)))
    waiting = {number: sorted(times) for number, times in enumerate(backlogs)}
    released: Steps = []
    while waiting:
        number = choice.choice(sorted(waiting))  # type: ignore[attr-defined]
        if waiting[number]:
            time = waiting[number].pop(0)
            merge.add(number, time, (time, number))
        else:
            merge.end(number)
            del waiting[number]
        released += merge.release()
    assert merge.is_at_end
    assert [time for time, _ in released] == sorted(time for times in backlogs for time in times)


@given(st.lists(st.integers(0, 50), max_size=20))
def test_the_order_within_a_partition_stays(times: list[int]) -> None:
    merge: Interleaving[int] = Interleaving([0, 1])
    merge.end(1)
    for place, time in enumerate(times):
        merge.add(0, time, place)
    merge.end(0)
    assert merge.release() == list(range(len(times)))


def test_nothing_goes_on_before_something_is_known_of_every_partition() -> None:
    merge: Interleaving[str] = Interleaving([0, 1])
    merge.add(0, 5, "first")
    assert merge.release() == []
    assert merge.waiting(0) == 1
    merge.end(1)
    assert merge.release() == ["first"]


def test_a_partition_at_its_end_holds_nothing_back_until_it_goes_on() -> None:
    merge: Interleaving[str] = Interleaving([0, 1])
    merge.end(0)
    merge.add(1, 9, "nine")
    assert merge.release() == ["nine"]
    merge.add(0, 5, "five")
    merge.add(1, 20, "twenty")
    assert merge.release() == ["five"]
