"""More than 512 payments of an entity and day are a fair sample, and the same one in any order."""

import math
import random
from statistics import fmean
from typing import Any

import numpy as np

from tests.laws.divergence import join
from tests.laws.oracle import Oracle, Payment
from tests.laws.oracle.time import DAY
from tests.laws.replica import NAMES, Replica, assert_same_bits, states_of

KEPT = 512
MIDNIGHT = 20_000 * DAY
PROBE = Payment(transaction_id="probe", event_time_us=MIDNIGHT + DAY - 1)


def crowd(count: int, name: str = "t") -> list[Payment]:
    """Payments spread over one day; the amounts are 1 to 1,000."""
    return [
        Payment(
            transaction_id=f"{name}{number}",
            event_time_us=MIDNIGHT + number * DAY // count,
            account_id="busy",
            amount_minor=100 * (1 + number * 7919 % 1000),
        )
        for number in range(count)
    ]


def value(replica: Replica, name: str, **changes: Any) -> float:
    probe = Payment(
        transaction_id="probe",
        event_time_us=MIDNIGHT + DAY - 1,
        account_id="busy",
        **changes,
    )
    return float(replica.features(probe)[NAMES.index(name)])


def test_as_many_as_are_kept_are_exact() -> None:
    made, oracle = crowd(KEPT), Oracle()
    for payment in made:
        oracle.record(payment)
    assert_same_bits(Replica.of(made).features(PROBE), oracle.features(PROBE))


def test_estimates_are_within_five_standard_errors() -> None:
    count, errors = 4000, []
    # The relative standard error of a count by adaptive sampling (Flajolet, 1990).
    bound = 5 * 1.2 / math.sqrt(KEPT)
    for stream in range(8):
        replica = Replica.of(crowd(count, f"stream{stream}-"))
        for name, truth in (
            ("account_count_24h", count),
            ("account_count_30d", count),
            ("merchant_count_24h", count),
            ("merchant_count_7d", count),
            ("account_sum_24h", count * 500.5),
        ):
            errors.append(value(replica, name) / truth - 1)
            assert abs(errors[-1]) < bound * (1.2 if "sum" in name else 1), (name, stream)
        assert abs(value(replica, "account_mean_30d") / 500.5 - 1) < bound
    assert abs(fmean(errors)) < bound / math.sqrt(8)


def test_the_sample_is_the_same_in_any_order_and_however_it_is_split() -> None:
    made = crowd(1500)
    expected = states_of(Replica.of(made), made)
    rng = random.Random(7)
    for _ in range(3):
        shuffled = rng.sample(made, len(made))
        assert states_of(Replica.of(shuffled), made) == expected
        left, right = shuffled[:900], shuffled[600:]
        halves = [states_of(Replica.of(half), made) for half in (left, right)]
        assert join(made, *halves) == expected == join(made, *reversed(halves))
        assert join(made, expected, *halves) == expected


def test_one_id_at_many_moments_is_a_semilattice_too() -> None:
    """Priorities come from ids, so these all tie."""
    made = [
        Payment(transaction_id=f"t{number // 3}", event_time_us=MIDNIGHT + number)
        for number in range(1000)
    ]
    whole = states_of(Replica.of(made), made)
    assert join(made, whole, whole) == whole
    halves = [states_of(Replica.of(half), made) for half in (made[::2], made[1::2])]
    assert join(made, *halves) == whole


def test_a_sealed_day_keeps_its_estimate() -> None:
    replica = Replica.of(crowd(3000))
    name = "account_count_30d"
    before = value(replica, name)
    later = Payment(transaction_id="later", event_time_us=MIDNIGHT + 4 * DAY, account_id="busy")
    replica.do(later)
    after = Payment(transaction_id="z", event_time_us=MIDNIGHT + 4 * DAY + 1, account_id="busy")
    assert np.isclose(replica.features(after)[NAMES.index(name)], before + 1, rtol=1e-6)
