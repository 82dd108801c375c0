"""Nights of `retrain`: a real Airflow, MLflow, PostgreSQL and scorer; nothing is stubbed."""

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from fraud.client import ScorerClient
from fraud.local.mlflow import LocalMlflow
from fraud.local.port import free_port
from fraud.local.scorer import LocalScorer
from fraud.settings import (
    LoggingSettings,
    RecorderSettings,
    RegistrySettings,
    ScorerSettings,
    Settings,
)
from scorer.recorder.ledger import Ledger
from simulator import World, WorldConfig, write_dataset
from tests.integration.airflow.night import Airflow
from tests.unit.training.world import make_tables, write
from training.config import TrainingConfig
from training.errors import RegistrationError
from training.registry.server import RegistryServer
from training.run import train

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1_800)]

WORLD = WorldConfig(
    customers=1200, merchants=400, days=40, start=date(2026, 1, 1), fraud_rate=0.025
)
FIRST, SECOND = "2026-02-08", "2026-02-09"


@dataclass(frozen=True, slots=True)
class Night:
    """Everything that runs."""

    settings: Settings
    mlflow: LocalMlflow
    airflow: Airflow
    registry: RegistryServer
    scorer: LocalScorer

    def retrain(self, day: str, **environment: str) -> int:
        return self.airflow.run("dags", "test", "retrain", day, **environment)

    def serving(self) -> str | None:
        with ScorerClient(self.scorer.target) as client:
            return client.champion()

    def events(self) -> list[tuple[str, str]]:
        return [(told["event"], told["task_id"]) for told in self.airflow.told()]


@pytest.fixture
def settings(dsn: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    # Not an address at which a command would start a server by itself.
    monkeypatch.setenv("MLFLOW_SERVER_ALLOWED_HOSTS", "127.0.0.2:*")
    return Settings(
        home=tmp_path / "home",
        registry=RegistrySettings(
            url=f"http://127.0.0.2:{free_port()}", timeout_seconds=30, poll_seconds=0.3
        ),
        recorder=RecorderSettings(dsn=dsn),
        scorer=ScorerSettings(port=free_port()),
        logging=LoggingSettings(level="warning"),
    )


@pytest.fixture
def night(settings: Settings, tmp_path: Path, airflow_python: Path) -> Iterator[Night]:
    """A champion of another world serves, which whatever learned of this one is better than."""
    lake, other = tmp_path / "lake", tmp_path / "other"
    write_dataset(World(WORLD), lake)
    other.mkdir()
    write(other, *make_tables())
    with (
        LocalMlflow(settings.registry.url, tmp_path / "mlflow") as mlflow,
        RegistryServer(settings.registry) as registry,
    ):
        config = TrainingConfig(remove_known_accounts=False)
        train(config, other, settings.registry, promote=True)
        with (
            LocalScorer(settings) as scorer,
            Airflow.open(settings, tmp_path / "airflow", lake) as airflow,
        ):
            yield Night(settings, mlflow, airflow, registry, scorer)


def test_nights(night: Night, dsn: str) -> None:
    registry_dies_midway(night)
    scorers_do_not_serve_it(night)
    better_is_promoted(night)
    no_better_is_held(night)
    with Ledger(dsn, night.settings.registry.model_name) as ledger:
        moves = [
            (each.old_value, each.new_value, each.changed_by)
            for each in ledger.entries()
            if each.subject_name == "champion"
        ]
    assert moves == [("1", "2", "airflow"), ("2", "1", "airflow"), ("1", "2", "airflow")]


def registry_dies_midway(night: Night) -> None:
    """As soon as the version is there; what then asks of it fails, and the champion stays."""
    killing = threading.Thread(target=kill_when_there, args=(night, "2"))
    killing.start()
    assert night.retrain(FIRST) == 1
    killing.join()
    assert night.serving() == "1"
    [told] = night.airflow.told()
    assert (told["event"], told["logical_date"][:10]) == ("task_failed", FIRST)
    assert told["task_id"] in {"train", "evaluate", "gate"}
    assert told["try_number"] == 4
    assert "exit code 2" in told["error"]
    night.mlflow.start()
    assert night.registry.aliases() == {"champion": "1"}


def kill_when_there(night: Night, version: str) -> None:
    deadline = time.monotonic() + 600
    while time.monotonic() < deadline:
        try:
            night.registry.version(version)
        except RegistrationError:
            time.sleep(0.05)
            continue
        night.mlflow.stop()
        return


def scorers_do_not_serve_it(night: Night) -> None:
    """One of two scorers is not there: the version that was promoted is taken back."""
    targets = f'["{night.scorer.target}", "127.0.0.1:{free_port()}"]'
    environment = {
        "FRAUD_WORKER__SCORERS": targets,
        "AIRFLOW_VAR_FRAUD_SERVE_WITHIN": "3s",
    }
    before = len(night.events())
    assert night.retrain(FIRST, **environment) == 1
    assert night.registry.aliases() == {"champion": "1"}
    assert [each for each in night.events()[before:] if each[0] != "promoted"] == [
        ("task_failed", "verify"),
        ("rolled_back", "roll_back"),
    ]


def better_is_promoted(night: Night) -> None:
    """The same day again: nothing is made twice, and this time the scorers follow."""
    environment = {"FRAUD_WORKER__SCORERS": f'["{night.scorer.target}"]'}
    before = len(night.events())
    code = night.retrain(FIRST, **environment, AIRFLOW_VAR_FRAUD_SERVE_WITHIN="30s")
    assert code == 0, night.airflow.log.read_text()[-5_000:]
    assert night.events()[before:] == [("promoted", "notify")]
    assert night.airflow.told()[-1]["version"] == "2"
    assert [each["version"] for each in night.registry.versions()] == ["2", "1"]
    assert night.registry.aliases() == {"champion": "2", "previous": "1"}
    assert night.serving() == "2"
    assert "review from" in night.airflow.log.read_text(), "evaluated"


def no_better_is_held(night: Night) -> None:
    """A day later next to nothing is new: the gate refuses, and the champion stays."""
    before = len(night.events())
    assert night.retrain(SECOND) == 0, night.airflow.log.read_text()[-5_000:]
    assert night.events()[before:] == [("held", "notify")]
    assert night.registry.aliases() == {"champion": "2", "previous": "1"}
    assert night.registry.version("3")["tags"]["gate"] == "refused"
    assert night.serving() == "2"
    metric = night.airflow.alerts / "retrain-notify-held.prom"
    assert 'fraud_dag_event_timestamp_seconds{event="held",dag_id="retrain"' in metric.read_text()
