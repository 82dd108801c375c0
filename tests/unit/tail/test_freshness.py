from collections.abc import Callable

import pytest

from scorer.features.note import Mark
from scorer.tail.freshness import Freshness

LABELS, PAYMENTS = ("labels", 0), ("raw_transactions", 0)


class Clock:
    def __init__(self) -> None:
        self.now = 10_000

    def __call__(self) -> int:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
def freshness(clock: Clock, told: list[str]) -> Freshness:
    on_caught_up: Callable[[], object] = lambda: told.append("caught up")  # noqa: E731
    return Freshness({LABELS: Mark(0), PAYMENTS: Mark(3)}, on_caught_up, clock)


def test_it_has_caught_up_when_the_ends_at_start_are_reached(
    freshness: Freshness, told: list[str]
) -> None:
    assert not freshness.is_caught_up
    freshness.hear({LABELS: 0, PAYMENTS: 5}, asked_us=10_000)
    assert (freshness.is_caught_up, freshness.behind()) == (False, {"raw_transactions": 2})
    freshness.apply({PAYMENTS: Mark(4)})
    freshness.hear({LABELS: 0, PAYMENTS: 50}, asked_us=10_000)
    assert not freshness.is_caught_up
    freshness.apply({PAYMENTS: Mark(5)})
    freshness.apply({PAYMENTS: Mark(6)})
    assert freshness.is_caught_up
    assert told == ["caught up"]


def test_nothing_is_caught_up_before_the_broker_is_heard(freshness: Freshness) -> None:
    freshness.apply({PAYMENTS: Mark(9)})
    assert not freshness.is_caught_up
    assert not Freshness().is_caught_up


def test_at_the_end_the_age_counts_from_the_question(freshness: Freshness, clock: Clock) -> None:
    freshness.hear({LABELS: 0, PAYMENTS: 3}, asked_us=9_900)
    assert freshness.age_us() == 100
    clock.now = 12_000
    assert freshness.age_us() == 2_100


def test_behind_the_age_is_that_of_the_newest_applied(freshness: Freshness) -> None:
    freshness.hear({LABELS: 0, PAYMENTS: 7}, asked_us=9_990)
    assert freshness.age_us() == 10_000  # nothing was applied yet
    freshness.apply({PAYMENTS: Mark(5, 9_400)})
    assert freshness.age_us() == 600
    freshness.apply({PAYMENTS: Mark(7, 9_500)})  # the end that was heard of
    assert freshness.age_us() == 10


def test_the_oldest_partition_counts(freshness: Freshness, clock: Clock) -> None:
    freshness.hear({LABELS: 0, PAYMENTS: 3}, asked_us=9_000)
    freshness.hear({PAYMENTS: 3}, asked_us=9_900)
    assert freshness.age_us() == 1_000
    views = freshness.partitions()
    assert [freshness.age_of(views[place]) for place in (LABELS, PAYMENTS)] == [1_000, 100]


def test_a_clock_ahead_of_ours_makes_nothing_fresher(freshness: Freshness, clock: Clock) -> None:
    freshness.hear({LABELS: 0, PAYMENTS: 9}, asked_us=10_000)
    freshness.apply({PAYMENTS: Mark(5, 99_000)})
    clock.now = 10_500
    assert freshness.age_us() == 500


def test_beginning_again_keeps_what_is_known(freshness: Freshness, told: list[str]) -> None:
    freshness.hear({LABELS: 0, PAYMENTS: 3}, asked_us=10_000)
    freshness.begin({LABELS: Mark(0), PAYMENTS: Mark(1), ("raw_transactions", 1): Mark(0)})
    assert freshness.is_caught_up
    assert freshness.partitions()[PAYMENTS].next_offset == 1
    assert told == ["caught up"]


def test_what_is_refused_is_counted(freshness: Freshness) -> None:
    freshness.refuse(PAYMENTS)
    freshness.refuse(PAYMENTS)
    found = freshness.partitions()
    assert [found[place].dead_letters for place in (LABELS, PAYMENTS)] == [0, 2]
