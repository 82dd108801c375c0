"""Accounts that have paid, and the payments that they make next."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from features_rs import Store
from fraud.v1.scoring_pb2 import ScoreRequest
from fraud.v1.transaction_pb2 import CHANNEL_ECOMMERCE, Transaction

DAYS = 25
BEGIN_US = 1_760_000_000_000_000
DAY_US = 86_400_000_000
STEP_US = 10_000_000
"""Between two payments that are sent."""
BATCH = 100_000
MERCHANTS, CATEGORIES = 2_000, 200
SPREAD = 7919
"""A prime: payments one after the other are of accounts far apart in memory."""


@dataclass(frozen=True, slots=True)
class Population:
    """So many accounts with as many payments each, evenly over 25 days, and one device each."""

    accounts: int
    payments_each: int = 2

    @property
    def payments(self) -> int:
        """In the state."""
        return self.accounts * self.payments_each

    def save_state(self, path: Path) -> int:
        """Record all payments and write the state; returns its size in bytes."""
        store = Store()
        for first in range(0, self.payments, BATCH):
            store.record_many(self._batch(first, min(BATCH, self.payments - first)))
        store.save(path)
        return path.stat().st_size

    def requests(self, count: int, first: int = 0) -> Iterator[ScoreRequest]:
        """The payments after those of the state, from number ``first`` on."""
        for number in range(first, first + count):
            account = number * SPREAD % self.accounts
            transaction = Transaction(
                transaction_id=f"live-{number}",
                account_id=f"account-{account}",
                merchant_id=f"merchant-{number * 31 % MERCHANTS}",
                category=f"{5000 + number % CATEGORIES}",
                amount_minor=500 + number * 37 % 20_000,
                currency="EUR",
                channel=CHANNEL_ECOMMERCE,
                device_id=f"device-{account}",
            )
            at = BEGIN_US + DAYS * DAY_US + number * STEP_US
            transaction.event_time.FromMicroseconds(at)
            yield ScoreRequest(transaction=transaction)

    def _batch(self, first: int, count: int) -> pa.RecordBatch:
        at = np.arange(first, first + count)
        account = at % self.accounts
        step_us = DAYS * DAY_US // self.payments
        return pa.RecordBatch.from_pydict(
            {
                "transaction_id": _names("transaction-", at),
                "account_id": _names("account-", account),
                "merchant_id": _names("merchant-", at * 31 % MERCHANTS),
                "category": _names("", 5000 + at % CATEGORIES),
                "device_id": _names("device-", account),
                "currency": pa.array(["EUR"] * count),
                "amount_minor": pa.array(500 + at * 37 % 20_000),
                "event_time": pa.array(BEGIN_US + at * step_us, pa.timestamp("us", "UTC")),
            }
        )


def _names(prefix: str, numbers: np.ndarray) -> pa.Array:
    return pa.array([f"{prefix}{number}" for number in numbers.tolist()])
