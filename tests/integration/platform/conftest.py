"""The whole platform on one machine: scorer, recorder and PostgreSQL, each a real process."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from fraud.client import ScorerClient
from fraud.local.port import free_port
from fraud.local.postgres import EmbeddedPostgres
from fraud.local.process import ChildProcess
from fraud.local.scorer import LocalScorer, local_recorder
from fraud.settings import (
    LoggingSettings,
    RecorderSettings,
    RegistrySettings,
    ScorerSettings,
    Settings,
)
from tests.unit.scorer.support import amount_bundle, write_champion


@dataclass(frozen=True, slots=True)
class Platform:
    """Running processes and where they are."""

    settings: Settings
    postgres: EmbeddedPostgres
    scorer: LocalScorer
    recorder: ChildProcess

    @property
    def target(self) -> str:
        """Host and port of the scorer, the same after each restart."""
        return f"127.0.0.1:{self.settings.scorer.port}"

    def client(self, attempts: int = 60) -> ScorerClient:
        """A client that is patient with restarts."""
        return ScorerClient(self.target, attempts=attempts, backoff=0.01)


@pytest.fixture
def platform(tmp_path: Path) -> Iterator[Platform]:
    """Everything started; stopped at the end."""
    home = tmp_path / "home"
    write_champion(home / "bundles", amount_bundle())
    with EmbeddedPostgres(home / "postgres") as postgres:
        settings = Settings(
            home=home,
            scorer=ScorerSettings(port=free_port()),
            registry=RegistrySettings(directory=home / "bundles"),
            recorder=RecorderSettings(dsn=postgres.dsn),
            logging=LoggingSettings(level="warning"),
        )
        recorder = local_recorder(settings)
        recorder.start()
        with LocalScorer(settings) as scorer, closing(_Stopping(recorder)):
            yield Platform(settings, postgres, scorer, recorder)


class _Stopping:
    def __init__(self, process: ChildProcess) -> None:
        self._process = process

    def close(self) -> None:
        self._process.stop()
