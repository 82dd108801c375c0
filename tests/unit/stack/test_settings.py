"""What the stack fills in, and what it leaves."""

from pathlib import Path

import pytest

from fraud.local.statsd import has_statsd
from fraud.settings import KafkaSettings, ScorerSettings, Settings, StackSettings
from fraud.stack.errors import StackError
from fraud.stack.programs import ON_THE_WAY, programs_of
from fraud.stack.settings import stack_settings, targets_of
from fraud.stack.stack import running_stack, supervisor_of
from fraud.stack.world import StackWorld


def test_everything_is_switched_on_and_scraped(tmp_path: Path) -> None:
    settings = stack_settings(Settings(home=tmp_path))
    assert settings.home == tmp_path / "stack"
    assert settings.kafka.bootstrap_servers == "127.0.0.1:9092"
    assert settings.hindsight.enabled
    assert settings.airflow.drift_minutes == 5
    assert settings.worker.scorers == [f"127.0.0.1:{settings.scorer.port}"]
    assert str(settings.postgres_dir) in (settings.recorder.dsn or "")
    expected = {"scorer", "worker", "stream", "quality", *(["airflow"] if has_statsd() else [])}
    assert set(targets_of(settings)) == expected
    assert len({host for hosts in targets_of(settings).values() for host in hosts}) == len(expected)


def test_airflow_can_be_left_out(tmp_path: Path) -> None:
    settings = stack_settings(Settings(home=tmp_path, stack=StackSettings(airflow=False)))
    assert "airflow" not in targets_of(settings)
    names = {each.name for each in programs_of(settings, StackWorld.kept_in(tmp_path, 100))}
    assert {"producer", "alertmanager"} <= names
    assert not {name for name in names if name.startswith(("airflow", "statsd"))}


def test_what_payments_do_not_pass_through_gives_way_to_what_they_do(tmp_path: Path) -> None:
    settings = stack_settings(Settings(home=tmp_path))
    programs = programs_of(settings, StackWorld.kept_in(tmp_path, 100))
    niceness = {each.name: int(each.command[2]) for each in programs}
    assert {each.command[0] for each in programs} == {"nice"}
    assert {name for name in niceness if niceness[name] == 0} == set(ON_THE_WAY)
    assert 0 < niceness["stream"] < niceness["mlflow"] == niceness["prometheus"]


def test_asking_for_a_stack_that_is_not_there_writes_nothing(tmp_path: Path) -> None:
    base = Settings(home=tmp_path / "home")
    assert not supervisor_of(base).is_running
    with pytest.raises(StackError, match="run `fraud stack up`"):
        running_stack(base)
    assert list(tmp_path.iterdir()) == []


def test_what_is_set_stays(tmp_path: Path) -> None:
    settings = stack_settings(
        Settings(
            home=tmp_path,
            scorer=ScorerSettings(port=7001, metrics_port=7002),
            kafka=KafkaSettings(bootstrap_servers="broker:9092"),
        )
    )
    assert settings.kafka.bootstrap_servers == "broker:9092"
    assert settings.scorer.metrics_port == 7002
    assert settings.worker.scorers == ["127.0.0.1:7001"]
