from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from training.config import ModelConfig, TrainingConfig
from training.datasets.build import build
from training.datasets.history import History
from training.datasets.period import Period
from training.datasets.split import SplitPlan
from training.errors import SplitError
from training.run import train
from training.source import TrainingSource

PLAN = SplitPlan(
    Period.parse("2026-01-14..2026-01-26"),
    timedelta(days=7),
    Period.parse("2026-02-03..2026-02-09"),
)
CONFIG = TrainingConfig(model=ModelConfig(n_estimators=40, learning_rate=0.2), parity_rows=500)


@pytest.fixture(scope="module")
def built(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    written = tmp_path_factory.mktemp("built")
    build(History.read(folder), PLAN).write(written)
    return written


def test_a_built_data_set_trains_the_model_that_its_history_trains(
    built: Path, folder: Path
) -> None:
    once, again = train(CONFIG, built), train(CONFIG, folder)
    assert once.config == again.config
    assert once.split.plan.cut_off == again.split.plan.cut_off
    assert once.bundle.model == again.bundle.model
    assert once.metrics == again.metrics
    manifest = once.bundle.manifest.training
    assert manifest["dataset_id"] == once.dataset_id == TrainingSource.read(CONFIG, built).id
    assert once.dataset_id != again.dataset_id


@pytest.mark.parametrize(
    ("choice", "message"),
    [
        ({"train": Period.parse("2026-01-10..2026-01-26")}, "leave out `--train`"),
        ({"gap": timedelta(days=6)}, "not 6 days"),
        ({"test": Period.parse("2026-02-04..2026-02-09")}, "`--test`"),
        ({"remove_known_accounts": False}, "--keep-known-accounts"),
    ],
)
def test_what_a_built_data_set_has_decided_is_not_decided_again(
    built: Path, choice: dict[str, Any], message: str
) -> None:
    with pytest.raises(SplitError, match=message):
        TrainingSource.read(TrainingConfig(**choice), built)


def test_the_same_choices_may_be_said_again(built: Path) -> None:
    settled = TrainingSource.read(CONFIG, built).settle(CONFIG)
    told = TrainingConfig.model_validate_json(settled.model_dump_json())
    assert told == settled
    assert TrainingSource.read(told, built).split.plan.cut_off == PLAN.cut_off
