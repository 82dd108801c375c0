"""Recording messages is recording the payments in them."""

from collections import Counter

import pytest
from hypothesis import given

from tests.laws.oracle import Payment
from tests.laws.replica import Deed, Replica, states_of
from tests.laws.strategies import START, arrivals, deeds
from tests.laws.test_record_many import outcomes_of
from tests.laws.wire import message_of, messages_of, sendable


@given(deeds().flatmap(arrivals))
def test_messages_are_their_payments(stream: list[Deed]) -> None:
    made = [sendable(deed) for deed in stream if isinstance(deed, Payment)]
    wire, single = Replica(), Replica()
    report = wire.store.record_wire(messages_of(made))
    assert outcomes_of(report) == Counter(single.do(payment) for payment in made)
    assert states_of(wire, made) == states_of(single, made)
    assert wire.store.late_events == single.store.late_events


def test_refused_messages_are_told_by_position_over_many_steps() -> None:
    made = [
        Payment(transaction_id=f"t{n}", event_time_us=START + n, account_id=f"a{n % 99}")
        for n in range(3000)
    ]
    messages = [message_of(payment) for payment in made]
    for place in (0, 1023, 1024, 2999):
        messages[place] = b"\xff"
    replica = Replica()
    report = replica.store.record_wire(messages)
    assert report.recorded == 2996
    assert [place for place, _ in report.refused] == [0, 1023, 1024, 2999]
    taken = [payment for n, payment in enumerate(made) if n not in {0, 1023, 1024, 2999}]
    assert states_of(replica, made) == states_of(Replica.of(taken), made)


def test_what_a_message_leaves_out_is_not_what_the_one_before_it_said() -> None:
    full = Payment(transaction_id="t0", event_time_us=START, device_id="phone", latitude=1.0,
                   longitude=2.0)  # fmt: skip
    bare = Payment(transaction_id="t1", event_time_us=START + 1)
    messages = [message_of(full), *[message_of(bare)] * 100]
    replica = Replica()
    assert replica.store.record_wire(messages).duplicates == 99
    assert states_of(replica, [full]) == states_of(Replica.of([full, bare]), [full])


def test_nanoseconds_below_a_microsecond_are_left_out() -> None:
    payment = Payment(transaction_id="t", event_time_us=START)
    exact = message_of(payment)
    replica = Replica()
    # A second event time joins the first: its nanoseconds.
    assert replica.store.record_wire([exact + b"\x3a\x03\x10\xe7\x07"]).recorded == 1
    assert states_of(replica, [payment]) == states_of(Replica.of([payment]), [payment])


def test_any_sequence_of_bytes_will_do() -> None:
    message = message_of(Payment(transaction_id="t", event_time_us=START))
    assert Replica().store.record_wire((message,)).recorded == 1
    assert Replica().store.record_wire([]).recorded == 0
    with pytest.raises(TypeError, match="item 1 of the sequence is not bytes"):
        Replica().store.record_wire([message, "text"])  # type: ignore[list-item]
