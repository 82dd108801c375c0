from pathlib import Path

import pytest

from tests.unit.training.world import make_history, make_tables, write
from training.datasets.dataset import Dataset
from training.datasets.replay import replay


@pytest.fixture(scope="session")
def dataset() -> Dataset:
    return replay(make_history())


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    written: Path = write(tmp_path_factory.mktemp("history"), *make_tables())
    return written
