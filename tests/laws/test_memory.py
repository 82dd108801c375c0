"""An entity's state is bounded, however often it pays.

Held one by one: at most 512 payments (about 110 bytes each with the longest ids) of each of three
open days of an account or merchant, of two of a category or device, and as many labels. A sealed
day of an account takes at most 220 bytes, of a device 290.
"""

import pytest

from tests.laws.oracle import Payment, Report, Verdict
from tests.laws.oracle.time import DAY
from tests.laws.replica import KINDS, Replica

BOUND = {"account": 180_000, "merchant": 320_000, "category": 220_000, "device": 120_000}
MIDNIGHT = 20_000 * DAY
A_DAY = 20_000


def busy_day(day: int) -> list[Payment]:
    return [
        Payment(
            transaction_id=f"{day:04d}-{number:06d}".rjust(64, "x"),
            event_time_us=MIDNIGHT + day * DAY + number * DAY // A_DAY,
            account_id=f"account-{number % 50}" if day % 2 else "account",
            amount_minor=10**15,
            latitude=0.1 * (number % 900),
            longitude=-0.1 * (number % 1800),
            device_id=f"device-{number % 50}" if day % 2 == 0 else "device",
        )
        for number in range(A_DAY)
    ]


@pytest.mark.slow
def test_twenty_thousand_payments_a_day() -> None:
    replica = Replica()
    for day in range(3):
        for payment in busy_day(day):
            replica.do(payment)
            if day > 0 and payment.event_time_us % 3 == 0:
                replica.do(Report(payment, payment.event_time_us, Verdict.FRAUD))
    for kind in KINDS:
        state = replica.store.snapshot(kind, kind)
        assert state is not None
        assert len(state) < BOUND[kind], kind


def test_a_payment_a_day_for_years() -> None:
    replica = Replica()
    sizes = []
    for day in range(800):
        replica.do(Payment(transaction_id=f"t{day}", event_time_us=MIDNIGHT + day * DAY))
        state = replica.store.snapshot("account", "account")
        assert state is not None
        sizes.append(len(state))
    assert max(sizes[40:]) <= max(sizes[:40]) + 8
    assert max(sizes) < 1000
