"""Payments of now, as a gateway would send them."""

import time

from fraud.v1.transaction_pb2 import CHANNEL_ECOMMERCE, Transaction

ACCOUNTS = 20_000
MERCHANTS = 1_000


def payment(prefix: str, number: int) -> Transaction:
    """Payment ``number`` of a run; its event time is now."""
    account = number * 7919 % ACCOUNTS
    transaction = Transaction(
        transaction_id=f"{prefix}-{number}",
        account_id=f"account-{account}",
        merchant_id=f"merchant-{number * 31 % MERCHANTS}",
        category=str(5000 + number % 200),
        amount_minor=500 + number * 37 % 20_000,
        currency="EUR",
        channel=CHANNEL_ECOMMERCE,
        country="DE",
        device_id=f"device-{account}",
        utc_offset_minutes=60,
    )
    transaction.event_time.FromNanoseconds(time.time_ns() // 1000 * 1000)
    return transaction
