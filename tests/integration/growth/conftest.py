"""The load client is built before any test's time runs."""

from pathlib import Path

import pytest

from fraud.loadgen import client_binary

HERE = Path(__file__).parent


def pytest_collection_finish(session: pytest.Session) -> None:
    """A build from scratch takes longer than a test may."""
    if any(HERE in item.path.parents for item in session.items):
        client_binary()
