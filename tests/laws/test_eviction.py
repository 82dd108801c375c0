"""What is forgotten could not have been asked for any more."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from tests.laws.oracle import Payment, Report, Verdict
from tests.laws.oracle.time import DAY, HOUR
from tests.laws.replica import KINDS, Deed, Replica, assert_same_bits, states_of
from tests.laws.strategies import START, arrivals, deeds, probes


@given(deeds().flatmap(lambda d: st.tuples(arrivals(d), probes(d))), st.integers(0, 45 * DAY))
def test_no_later_feature_changes(case: tuple[list[Deed], list[Payment]], idle: int) -> None:
    stream, asked = case
    kept, evicted = Replica.of(stream), Replica.of(stream)
    now = max(kept.store.newest_event_us, min(p.event_time_us for p in asked)) + idle
    evicted.store.evict_idle(now)
    for probe in asked:
        later = replace(probe, event_time_us=now)
        assert_same_bits(evicted.features(later), kept.features(later), later)


def test_every_kind_goes_once_no_window_reaches_it() -> None:
    payment = Payment(transaction_id="t", event_time_us=START, device_id="phone")
    replica = Replica.of([payment])
    edge = (START // DAY + 30) * DAY + HOUR
    assert replica.store.evict_idle(edge - 1) == 0
    assert replica.store.evict_idle(edge) == 4
    assert [replica.store.entity_count(kind) for kind in KINDS] == [0] * 4
    assert states_of(replica, [payment]) == {}


def test_a_label_keeps_its_merchant() -> None:
    payment = Payment(transaction_id="t", event_time_us=START)
    replica = Replica.of([payment, Report(payment, START + 20 * DAY, Verdict.FRAUD)])
    replica.store.evict_idle(START + 40 * DAY)
    assert replica.store.entity_count("account") == 0
    assert replica.store.entity_count("merchant") == 1


def test_the_payment_of_a_label_keeps_its_merchant_too() -> None:
    """A label may be dated before its payment by a clock that is behind."""
    payment = Payment(transaction_id="t", event_time_us=START + 35 * DAY)
    kept, evicted = (Replica.of([Report(payment, START, Verdict.FRAUD)]) for _ in range(2))
    now = START + 36 * DAY
    evicted.store.evict_idle(now)
    probe = Payment(transaction_id="probe", event_time_us=now)
    assert_same_bits(evicted.features(probe), kept.features(probe))
