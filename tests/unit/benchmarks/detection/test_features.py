"""The 15 features equal those that are counted payment by payment."""

from datetime import UTC, datetime

import numpy as np
import pytest

from benchmarks.detection.features import DELAY_DAYS, NAMES, WINDOW_DAYS, handbook_features
from benchmarks.detection.payments import Payments
from training.datasets.period import MICROSECONDS_A_DAY


def brute_force(payments: Payments, row: int) -> list[float]:
    """As section 3.3 of the handbook tells them, with Python's own calendar."""
    now = int(payments.time_us[row])
    moment = datetime.fromtimestamp(now / 10**6, UTC)
    values = [payments.cents[row] / 100, moment.weekday() >= 5, moment.hour <= 6]
    for of, delay in (("customer", 0), ("terminal", DELAY_DAYS)):
        for days in WINDOW_DAYS:
            end = now - delay * MICROSECONDS_A_DAY
            window = [
                other
                for other in range(len(payments))
                if getattr(payments, of)[other] == getattr(payments, of)[row]
                and end - days * MICROSECONDS_A_DAY < payments.time_us[other] <= end
            ]
            told = payments.fraud if delay else payments.cents / 100
            values += [len(window), np.mean(told[window]) if window else 0.0]
    return [float(value) for value in values]


def test_they_are_those_of_a_count_over_all_payments(payments: Payments) -> None:
    features = handbook_features(payments)
    assert features.shape == (len(payments), len(NAMES)) == (1_500, 15)
    after_a_day = payments.time_us == payments.time_us[200] + MICROSECONDS_A_DAY
    for row in [100, 101, 102, *np.flatnonzero(after_a_day), *range(5, len(payments), 41)]:
        assert features[row] == pytest.approx(brute_force(payments, row)), row


def test_a_terminal_is_judged_by_what_is_a_week_old(payments: Payments) -> None:
    """Not even the truth of a payment made six days and 23 hours before may show."""
    row = len(payments) - 1
    recent = payments.time_us > payments.time_us[row] - DELAY_DAYS * MICROSECONDS_A_DAY
    changed = Payments(
        payments.time_us,
        payments.customer,
        payments.terminal,
        payments.cents,
        payments.fraud ^ recent,
    )
    assert changed.fraud.sum() != payments.fraud.sum()
    assert handbook_features(changed)[row].tolist() == handbook_features(payments)[row].tolist()


def test_a_customer_who_pays_once_has_its_own_amount_as_its_mean(payments: Payments) -> None:
    alone = Payments(*(getattr(payments, name)[:1] for name in Payments.__slots__))
    features = dict(zip(NAMES, handbook_features(alone)[0].tolist(), strict=True))
    assert features["customer_count_30d"] == 1
    assert features["customer_mean_30d"] == features["amount"]
    assert features["terminal_count_30d"] == 0
    assert features["terminal_risk_30d"] == 0
