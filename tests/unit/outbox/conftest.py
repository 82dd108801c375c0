"""An outbox of each test's own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from scorer.sinks.outbox import Outbox


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "scorer" / "outbox.sqlite"


@pytest.fixture
def outbox(path: Path) -> Iterator[Outbox]:
    outbox = Outbox(path, "normal")
    yield outbox
    outbox.close()
