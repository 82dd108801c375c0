"""An outbox to drain."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from fraud.settings import RecorderSettings
from scorer.recorder.recorder import Recorder
from scorer.sinks.outbox import Outbox


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "scorer" / "outbox.sqlite"


@pytest.fixture
def outbox(path: Path) -> Iterator[Outbox]:
    outbox = Outbox(path, "normal")
    yield outbox
    outbox.close()


@pytest.fixture
def recorder(path: Path, dsn: str) -> Recorder:
    return Recorder(path, dsn, RecorderSettings(batch_rows=50, poll_seconds=0.01))
