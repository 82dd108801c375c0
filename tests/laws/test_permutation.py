"""Arrival order within the lateness bound leaves no trace."""

from hypothesis import given
from hypothesis import strategies as st

from tests.laws.oracle import Payment
from tests.laws.replica import Deed, Replica, assert_same_bits, states_of
from tests.laws.strategies import arrivals, deeds, probes

CASES = deeds().flatmap(lambda d: st.tuples(st.just(d), arrivals(d), arrivals(d), probes(d)))


@given(CASES)
def test_states_and_later_features_are_those_of_any_other_order(
    case: tuple[list[Deed], list[Deed], list[Deed], list[Payment]],
) -> None:
    *orders, asked = case
    in_order, *permuted = (Replica.of(order) for order in orders)
    for replica in permuted:
        assert states_of(replica, orders[0]) == states_of(in_order, orders[0])
        assert replica.store.newest_event_us == in_order.store.newest_event_us
        assert replica.store.late_events == 0
        for probe in asked:
            assert_same_bits(replica.features(probe), in_order.features(probe), probe)
