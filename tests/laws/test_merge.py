"""States join as a semilattice, whatever the replicas saw."""

from hypothesis import given
from hypothesis import strategies as st

from tests.laws.divergence import Divergence, divergences, join
from tests.laws.oracle.time import DAY, day_of
from tests.laws.replica import Deed, Replica, states_of
from tests.laws.strategies import arrivals, deeds, time_of


@given(divergences())
def test_commutative(case: Divergence) -> None:
    a, b, _ = case.states
    assert case.join(a, b) == case.join(b, a)


@given(divergences())
def test_associative(case: Divergence) -> None:
    a, b, c = case.states
    assert case.join(case.join(a, b), c) == case.join(a, case.join(b, c))


@given(divergences())
def test_idempotent(case: Divergence) -> None:
    a, b, _ = case.states
    assert case.join(a) == a
    assert case.join(a, a) == a
    both = case.join(a, b)
    assert case.join(both, b, a, both) == both


@given(divergences())
def test_merging_into_a_live_store_equals_joining_states(case: Divergence) -> None:
    a, b, _ = case.states
    live = Replica.of(case.parts[0]).merge(b.values())
    assert states_of(live, case.history) == case.join(a, b)


@given(deeds().flatmap(lambda done: st.tuples(arrivals(done), st.integers(0, len(done)))))
def test_what_was_seen_before_adds_nothing(case: tuple[list[Deed], int]) -> None:
    stream, cut = case
    whole, earlier = (states_of(Replica.of(part), stream) for part in (stream, stream[:cut]))
    assert join(stream, whole, earlier) == whole
    assert join(stream, earlier, whole) == whole


@given(deeds().flatmap(lambda d: st.tuples(st.just(d), st.lists(st.booleans(), min_size=len(d)))))
def test_parts_of_a_day_join_to_the_whole(case: tuple[list[Deed], list[bool]]) -> None:
    done, sides = case
    today = day_of(time_of(done[0]))
    done = [deed for deed in done if time_of(deed) < (today + 1) * DAY]
    parts = (
        [d for d, side in zip(done, sides, strict=False) if side is take] for take in (True, False)
    )
    left, right = (states_of(Replica.of(part), done) for part in parts)
    assert join(done, left, right) == states_of(Replica.of(done), done)


@given(divergences())
def test_a_report_counts_what_changed(case: Divergence) -> None:
    first, second, _ = case.states
    replica = Replica().merge(first.values())
    for key, state in second.items():
        before = replica.store.snapshot(key[0], key[1])
        report = replica.store.merge(state)
        after = replica.store.snapshot(key[0], key[1])
        assert (report.entities, report.changed) == (1, int(before != after))
