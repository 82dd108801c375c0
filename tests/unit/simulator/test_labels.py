"""Frauds are reported days later, or never; genuine payments are never reported."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tests.unit.simulator.conftest import CONFIG, History


def test_delays_are_log_normal(history: History) -> None:
    known = history.labels.filter(pc.is_valid(history.labels["known_at"]))
    happened, learned = (
        known[name].cast(pa.int64()).to_numpy() for name in ("happened_at", "known_at")
    )
    logs = np.log((learned - happened) / 86_400e6)
    assert abs(np.median(logs) - np.log(CONFIG.label_delay_days)) < 0.1
    assert abs(logs.std() - CONFIG.label_delay_sigma) < 0.1
    assert pc.all(known["fraud"]).as_py()


def test_some_frauds_are_never_reported(history: History) -> None:
    frauds = history.labels.filter(history.labels["fraud"])
    unreported = frauds.filter(pc.is_null(frauds["known_at"]))
    assert abs(len(unreported) / len(frauds) - CONFIG.unreported_share) < 0.03
    assert set(unreported["source"].to_pylist()) == {"unreported"}


def test_nobody_reports_a_genuine_payment(history: History) -> None:
    genuine = history.labels.filter(pc.invert(history.labels["fraud"]))
    assert genuine["known_at"].null_count == len(genuine)
    assert set(genuine["kind"].to_pylist()) == {0}
