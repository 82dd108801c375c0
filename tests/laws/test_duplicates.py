"""Repeats change nothing."""

from hypothesis import given
from hypothesis import strategies as st

from tests.laws.oracle import Payment
from tests.laws.replica import Deed, Replica, assert_same_bits, states_of
from tests.laws.strategies import LATENESS, arrivals, deeds, probes, time_of


@given(deeds(), st.data())
def test_within_the_lateness_bound_they_are_told_and_leave_no_trace(
    stream: list[Deed], data: st.DataObject
) -> None:
    replica = Replica()
    for place, deed in enumerate(stream):
        replica.do(deed)
        recent = [d for d in stream[: place + 1] if time_of(deed) - time_of(d) <= LATENESS]
        before = states_of(replica, stream)
        assert replica.do(data.draw(st.sampled_from(recent))) == "duplicate"
        assert states_of(replica, stream) == before
    assert replica.store.late_events == 0


@given(deeds().flatmap(lambda done: st.tuples(arrivals(done), probes(done))))
def test_replaying_all_of_history_changes_no_state_and_no_feature(
    case: tuple[list[Deed], list[Payment]],
) -> None:
    stream, asked = case
    once, twice = Replica.of(stream), Replica.of([*stream, *stream])
    assert states_of(once, stream) == states_of(twice, stream)
    for probe in asked:
        assert_same_bits(twice.features(probe), once.features(probe), probe)


def test_of_two_payments_of_one_moment_and_id_the_greater_stays_in_either_order() -> None:
    small = Payment(transaction_id="t", event_time_us=0, amount_minor=1)
    large = Payment(transaction_id="t", event_time_us=0, amount_minor=2)
    orders = [small, large], [large, small]
    states = [states_of(Replica.of(order), order) for order in orders]
    assert states[0] == states[1]
