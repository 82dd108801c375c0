"""Payments of accounts whose state is full soon, so that memory tells of swaps alone."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from fraud.loadgen import write_requests
from fraud.v1.scoring_pb2 import ScoreRequest
from fraud.v1.transaction_pb2 import CHANNEL_ECOMMERCE, Transaction

ACCOUNTS: Final = 200
MERCHANTS: Final = 50
BEGIN_SECONDS: Final = 1_420_070_400
# The longest window of 30 days is full after 4,320 payments; from then on as much goes as comes.
STEP_SECONDS: Final = 600


def write_payments(path: Path, first: int, count: int) -> int:
    """Write payments from number ``first`` on as the load client reads them; returns how many."""
    return write_requests(path, requests(first, count))


def requests(first: int, count: int) -> Iterator[ScoreRequest]:
    """Payments from number ``first`` on."""
    for number in range(first, first + count):
        account = number % ACCOUNTS
        payment = Transaction(
            transaction_id=f"payment-{number:07}",
            account_id=f"account-{account}",
            merchant_id=f"merchant-{number * 31 % MERCHANTS}",
            category=str(5000 + number % 20),
            amount_minor=500 + number * 37 % 20_000,
            currency="EUR",
            channel=CHANNEL_ECOMMERCE,
            country="DE",
            device_id=f"device-{account}",
            utc_offset_minutes=60,
        )
        payment.event_time.seconds = BEGIN_SECONDS + number * STEP_SECONDS
        yield ScoreRequest(transaction=payment)
