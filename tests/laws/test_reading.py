"""Asking changes nothing."""

from hypothesis import given
from hypothesis import strategies as st

from tests.laws.oracle import Payment
from tests.laws.replica import KINDS, Deed, Replica, assert_same_bits, states_of
from tests.laws.strategies import deeds, probes


@given(deeds().flatmap(lambda done: st.tuples(st.just(done), probes(done))))
def test_features_and_snapshots_leave_the_store_as_it_was(
    case: tuple[list[Deed], list[Payment]],
) -> None:
    done, asked = case
    replica = Replica.of(done)
    before = states_of(replica, done)
    counts = [replica.store.entity_count(kind) for kind in KINDS]
    answers = [replica.features(probe) for probe in asked]
    for probe, answer in zip(reversed(asked), reversed(answers), strict=True):
        assert_same_bits(replica.features(probe), answer, probe)
    assert states_of(replica, done) == before
    assert [replica.store.entity_count(kind) for kind in KINDS] == counts


def test_an_unknown_entity_stays_unknown() -> None:
    replica = Replica()
    replica.features(Payment(transaction_id="t", event_time_us=0, device_id="d"))
    assert [replica.store.entity_count(kind) for kind in KINDS] == [0] * 4
    assert replica.store.snapshot("account", "account") is None
    assert replica.store.newest_event_us == 0
