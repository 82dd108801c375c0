"""Payments as a history, with labels that come a fixed time after each."""

import numpy as np
import pyarrow as pa

from benchmarks.detection.payments import Payments
from training.datasets.history import History
from training.datasets.period import MICROSECONDS_A_DAY

TIME = pa.timestamp("us", "UTC")


def history_of(payments: Payments, delay_days: int) -> History:
    """The same payments, all of whose labels are learned ``delay_days`` later."""
    ids = [f"t{row:07d}" for row in range(len(payments))]
    events = pa.table(
        {
            "transaction_id": ids,
            "account_id": [f"a{code}" for code in payments.customer.tolist()],
            "merchant_id": [f"m{code}" for code in payments.terminal.tolist()],
            "category": ["0000"] * len(payments),
            "currency": ["EUR"] * len(payments),
            "amount_minor": payments.cents,
            "event_time": pa.array(payments.time_us, TIME),
        }
    )
    labels = pa.table(
        {
            "transaction_id": ids,
            "fraud": payments.fraud,
            "kind": payments.fraud.astype(np.int8),
            "known_at": pa.array(payments.time_us + delay_days * MICROSECONDS_A_DAY, TIME),
        }
    )
    return History.of_tables(events, labels)
