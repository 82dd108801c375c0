"""A small made-up history: two kinds of fraud that the contract's features can see."""

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from training.datasets.history import History
from training.datasets.period import MICROSECONDS_A_DAY, Period

START = Period.parse("2026-01-01")
STOLEN, COMPROMISE = 2, 4
TIME = pa.timestamp("us", "UTC")


def make_tables(payments: int = 6_000, days: int = 40, seed: int = 1) -> tuple[Any, Any]:
    """Events and labels; a third of the frauds is reported late, a tenth never."""
    rng = np.random.default_rng(seed)
    times = np.sort(rng.integers(0, days * MICROSECONDS_A_DAY, payments)) + START.start_us
    account, merchant = rng.integers(0, 60, payments), rng.integers(0, 40, payments)
    amount = np.exp(rng.normal(3.0, 0.4, payments)) * 100
    stolen = rng.random(payments) < 0.02
    episode = (times // MICROSECONDS_A_DAY) // 10 % 40
    compromised = (merchant == episode) & (rng.random(payments) < 0.9)
    amount[stolen] *= 8
    fraud = stolen | compromised
    delay = np.where(rng.random(payments) < 0.3, 9, 1) * MICROSECONDS_A_DAY
    events = pa.table(
        {
            "transaction_id": pa.array([f"t{row:07d}" for row in range(payments)]),
            "account_id": pa.array([f"a{code}" for code in account]),
            "merchant_id": pa.array([f"m{code}" for code in merchant]),
            "category": pa.array(["5411"] * payments),
            "currency": pa.array(["EUR"] * payments),
            "amount_minor": pa.array(amount.astype(np.int64)),
            "event_time": pa.array(times, TIME),
        }
    )
    kind = np.where(compromised, COMPROMISE, np.where(stolen, STOLEN, 0)).astype(np.int8)
    never = ~fraud | (rng.random(payments) < 0.1)
    return events, make_labels(events, fraud, kind, times + delay, never)


def make_labels(events: Any, fraud: Any, kind: Any, known_at_us: Any, never: Any) -> Any:
    """A labels table of ``events``."""
    return pa.table(
        {
            "transaction_id": events["transaction_id"],
            "fraud": pa.array(fraud),
            "kind": pa.array(kind),
            "happened_at": events["event_time"],
            "known_at": pa.array(np.asarray(known_at_us, np.int64), TIME, mask=np.asarray(never)),
            "source": pa.array(["test"] * len(events)),
        }
    )


def make_history(**choices: int) -> History:
    """The same as a history."""
    return History.of_tables(*make_tables(**choices))


def payments(*rows: tuple[str, str, str, str, bool, str | None]) -> History:
    """A history by hand: (id, account, merchant, time, fraud, known at or None), times ISO 8601."""
    moments = [_us(row[3]) for row in rows]
    events = pa.table(
        {
            "transaction_id": [row[0] for row in rows],
            "account_id": [row[1] for row in rows],
            "merchant_id": [row[2] for row in rows],
            "category": ["5411"] * len(rows),
            "currency": ["EUR"] * len(rows),
            "amount_minor": [1_000] * len(rows),
            "event_time": pa.array(moments, TIME),
        }
    )
    fraud = np.array([row[4] for row in rows])
    known = [_us(row[5]) if row[5] else 0 for row in rows]
    never = np.array([row[5] is None for row in rows])
    return History.of_tables(
        events, make_labels(events, fraud, (fraud * STOLEN).astype(np.int8), known, never)
    )


def _us(text: str) -> int:
    return int(np.datetime64(text, "us").astype(np.int64))


def write(folder: Any, events: Any, labels: Any) -> Any:
    """A data set on disk."""
    pq.write_table(events, folder / "events.parquet")
    pq.write_table(labels, folder / "labels.parquet")
    return folder
