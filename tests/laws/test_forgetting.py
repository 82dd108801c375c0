"""What is forgotten depends on the newest time alone, not on the order in which it was reached."""

from tests.laws.divergence import join
from tests.laws.oracle import Payment
from tests.laws.oracle.time import DAY, HOUR
from tests.laws.replica import Replica, states_of

MIDNIGHT = 20_000 * DAY
OLD = Payment(transaction_id="old", event_time_us=MIDNIGHT + HOUR, device_id="phone")
EARLY = Payment(transaction_id="early", event_time_us=MIDNIGHT + 30 * DAY + HOUR // 2)
EDGE = Payment(transaction_id="edge", event_time_us=MIDNIGHT + 30 * DAY + HOUR)


def test_a_day_goes_when_the_bound_passes_it_whichever_payment_moves_the_bound() -> None:
    orders = [OLD, EARLY, EDGE], [OLD, EDGE, EARLY]
    states = [states_of(Replica.of(order), order) for order in orders]
    assert states[0] == states[1]


def test_a_state_joined_with_itself_is_itself() -> None:
    stream = [OLD, EARLY, EDGE]
    state = states_of(Replica.of(stream), stream)
    assert join(stream, state, state) == state
