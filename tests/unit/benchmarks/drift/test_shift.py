"""What is planted is there from the moment on, and nothing else is changed."""

from typing import Any

import numpy as np
import pytest

from benchmarks.drift.shift import Kind, Shift
from tests.unit.training.world import make_history, payments
from training.datasets.history import History

KEPT = ("transaction_id", "account_id", "event_time")


@pytest.fixture(scope="module")
def history() -> History:
    return make_history()


def planted(history: History, kind: Kind, size: float) -> tuple[Any, int]:
    """The events, and the first row that is changed."""
    first = len(history) // 2
    events = Shift(kind, size).planted(history, int(history.event_time_us[first]), seed=5)
    return events, first


@pytest.mark.parametrize("kind", Kind)
def test_what_was_before_stays_and_so_do_ids_accounts_and_times(
    history: History, kind: Kind
) -> None:
    events, first = planted(history, kind, 0.5)
    assert events.slice(0, first).to_pylist() == history.events.slice(0, first).to_pylist()
    assert events.select(KEPT).to_pylist() == history.events.select(KEPT).to_pylist()
    assert events.to_pylist() != history.events.to_pylist()


def test_amounts_rise(history: History) -> None:
    events, first = planted(history, Kind.AMOUNTS, 0.3)
    before, after = (each["amount_minor"].to_numpy()[first:] for each in (history.events, events))
    assert np.abs(after - 1.3 * before).max() <= 0.5


def test_a_share_of_payments_goes_to_merchants_that_nobody_knew(history: History) -> None:
    events, first = planted(history, Kind.MERCHANTS, 0.15)
    merchants = events["merchant_id"].to_pylist()[first:]
    new = [name for name in merchants if name.startswith("new-")]
    assert len(set(new)) == 20
    assert len(new) / len(merchants) == pytest.approx(0.15, abs=0.02)


def test_a_disguised_fraud_repeats_the_accounts_last_genuine_payment() -> None:
    history = payments(
        ("t1", "a", "shop", "2026-01-01T10:00", False, None),
        ("t2", "b", "bar", "2026-01-01T11:00", False, None),
        ("t3", "a", "thief", "2026-01-01T12:00", True, None),
        ("t4", "a", "thief", "2026-01-01T13:00", True, None),
        ("t5", "c", "thief", "2026-01-01T14:00", True, None),
        ("t6", "b", "mall", "2026-01-01T15:00", False, None),
    )
    events = Shift(Kind.TACTIC, 1.0).planted(history, 0, seed=5)
    assert events["merchant_id"].to_pylist() == ["shop", "bar", "shop", "shop", "thief", "mall"]
    assert events.select(KEPT).to_pylist() == history.events.select(KEPT).to_pylist()
