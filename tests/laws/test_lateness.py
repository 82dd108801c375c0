"""What comes too late is counted, never silent."""

from tests.laws.oracle import Payment, Report, Verdict
from tests.laws.oracle.time import DAY, HOUR
from tests.laws.replica import Replica, assert_same_bits, states_of

MIDNIGHT = 20_000 * DAY


def payment(name: str, time: int) -> Payment:
    return Payment(transaction_id=name, event_time_us=time, device_id="phone")


def test_at_the_bound_it_still_counts() -> None:
    newest, late = payment("newest", MIDNIGHT + HOUR - 1), payment("late", MIDNIGHT - 1)
    replica = Replica.of([newest])
    assert replica.do(late) == "recorded"
    assert replica.store.late_events == 0
    assert states_of(replica, [newest]) == states_of(Replica.of([late, newest]), [newest])


def test_beyond_it_some_entity_cannot_take_it_in() -> None:
    newest, late = payment("newest", MIDNIGHT + HOUR), payment("late", MIDNIGHT - 1)
    replica = Replica.of([newest])
    assert replica.do(late) == "late"
    assert replica.store.late_events == 1
    assert replica.store.newest_event_us == newest.event_time_us


def test_a_day_once_sealed_is_not_changed() -> None:
    first, newest = payment("first", MIDNIGHT - 1), payment("newest", MIDNIGHT + 3 * DAY)
    late = payment("late", MIDNIGHT - 2)
    replica = Replica.of([first, newest])
    before = states_of(replica, [newest])
    assert replica.do(late) == "late"
    assert states_of(replica, [newest]) == before
    probe = payment("probe", newest.event_time_us + 1)
    assert_same_bits(replica.features(probe), Replica.of([first, newest]).features(probe))


def test_a_late_label_says_so() -> None:
    made = payment("made", MIDNIGHT)
    replica = Replica.of([Report(made, MIDNIGHT + 3 * DAY, Verdict.GENUINE)])
    assert replica.do(Report(made, MIDNIGHT + DAY, Verdict.FRAUD)) == "late"


def test_far_behind_other_entities_is_not_late() -> None:
    replica = Replica.of([payment("newest", MIDNIGHT + 9 * DAY)])
    elsewhere = Payment(
        transaction_id="t", event_time_us=MIDNIGHT, account_id="a", merchant_id="m", category="c"
    )
    assert replica.do(elsewhere) == "recorded"
