"""A fraud that nothing tells is counted, and no other."""

import numpy as np
import pytest

from benchmarks.detection.hidden import Hidden, count_hidden
from benchmarks.detection.payments import Payments
from training.datasets.period import MICROSECONDS_A_DAY


@pytest.mark.parametrize(
    ("delay_days", "unheralded"),
    # Days 0, 3 and 8 are one episode; that of day 40 is another's, and terminal 1 has its own.
    [(1, [0, 3, 4]), (4, [0, 1, 3, 4]), (7, [0, 1, 3, 4])],
)
def test_a_terminal_is_told_by_its_own_labels(delay_days: int, unheralded: list[int]) -> None:
    days = np.array([0, 3, 8, 9, 40])
    payments = Payments(
        time_us=days * MICROSECONDS_A_DAY,
        customer=np.arange(5),
        terminal=np.array([0, 0, 0, 1, 0]),
        cents=np.full(5, 1_000),
        fraud=np.ones(5, np.bool_),
    )
    scenario, ratio = np.full(5, 2, np.int8), np.ones(5)
    counted = [
        row
        for row in range(5)
        if count_hidden(payments, scenario, ratio, np.array([row]), delay_days).unheralded
    ]
    assert counted == unheralded


def test_a_card_is_told_by_its_amount(payments: Payments) -> None:
    scenario = np.where(payments.fraud, 3, 0).astype(np.int8)
    ratio = np.where(np.arange(len(payments)) % 2, 1.9, 2.1)
    rows = np.arange(len(payments))
    ordinary = int((payments.fraud & (rows % 2 == 1)).sum())
    frauds = int(payments.fraud.sum())
    assert count_hidden(payments, scenario, ratio, rows, 1) == Hidden(frauds, 0, ordinary)
