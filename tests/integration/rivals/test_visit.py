"""One visit to the two cheapest contenders, on a small world."""

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.rivals.calls import BINARY
from benchmarks.rivals.field import fastapi, model_alone
from benchmarks.rivals.material import Material, prepare
from benchmarks.rivals.ours import Scorer
from benchmarks.rivals.phases import Found, Plan, visit
from fraud.settings import load_settings
from simulator.config import WorldConfig
from simulator.dataset import write_dataset
from simulator.world import World
from training.config import TrainingConfig
from training.run import train

PLAN = Plan(
    check_calls=40, warm_seconds=0.1, warm_up=2, single_seconds=0.2, busy_seconds=0.3,
    open_seconds=0.5, most_calls=1000, reload=0,
)  # fmt: skip
WORLD = WorldConfig(customers=600, merchants=200, days=30)
ENVIRONMENTS = load_settings().home.absolute() / "rivals"

pytestmark = pytest.mark.skipif(
    not BINARY.is_file(), reason="the client is not built; `make bench-rivals` does it"
)


@pytest.fixture(scope="module")
def material(tmp_path_factory: pytest.TempPathFactory) -> Material:
    folder = tmp_path_factory.mktemp("rivals")
    write_dataset(World(WORLD), folder / "data")
    train(TrainingConfig(), folder / "data", output=folder / "bundle")
    return prepare(folder, folder / "data", folder / "bundle", 4000)


def test_another_model_comes_under_load(material: Material, tmp_path: Path) -> None:
    found = visit(Scorer(), tmp_path / "home", material, replace(PLAN, reload=0.3))
    assert_measured(found)
    assert found.reloaded is not None
    assert found.reloaded.report.answered == found.reloaded.report.sent
    assert found.reloaded.second > 20
    assert found.stages["total"][0] > found.stages["model"][0] > 0


def test_the_model_alone_is_nothing_but_the_model(material: Material, tmp_path: Path) -> None:
    found = visit(model_alone(Path(sys.prefix)), tmp_path / "home", material, PLAN)
    assert_measured(found)
    assert not found.stages


@pytest.mark.skipif(
    not (ENVIRONMENTS / "fastapi" / "bin" / "python").exists(),
    reason="FastAPI has no environment; tools/setup-rivals makes it",
)
def test_a_rival_gives_the_same_answers(material: Material, tmp_path: Path) -> None:
    assert_measured(visit(fastapi(ENVIRONMENTS), tmp_path / "home", material, PLAN))


def assert_measured(found: Found) -> None:
    assert found.wrong == 0
    assert found.checked >= found.busy.answered + PLAN.check_calls
    assert found.busy.latency.count > 20
    assert found.busy_cpu_us > 0
    assert found.memory_mb > 20
    assert 0 < found.open.latency.p50_us <= found.open.worst_us
