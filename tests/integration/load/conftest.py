"""A file of payments to send, and the client built before any test's time runs."""

from pathlib import Path

import pytest

from fraud.loadgen import client_binary, write_requests
from fraud.v1.scoring_pb2 import ScoreRequest
from fraud.v1.transaction_pb2 import Transaction

COUNT = 300
HERE = Path(__file__).parent


def pytest_collection_finish(session: pytest.Session) -> None:
    """A build from scratch takes longer than a test may."""
    if any(HERE in item.path.parents for item in session.items):
        client_binary()


@pytest.fixture(scope="session")
def payments(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("load") / "payments.bin"
    assert write_requests(path, (payment(number) for number in range(COUNT))) == COUNT
    return path


def payment(number: int) -> ScoreRequest:
    transaction = Transaction(
        transaction_id=f"t{number}",
        account_id=f"account-{number % 7}",
        merchant_id=f"merchant-{number % 5}",
        category="5411",
        amount_minor=100 + number,
        currency="EUR",
    )
    transaction.event_time.FromSeconds(1_700_000_000 + number)
    return ScoreRequest(transaction=transaction)
