"""Two versions of a real registry side by side, as one page that needs nothing else."""

import re
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from fraud.cli.main import app
from fraud.local.environment import to_environment
from fraud.settings import Settings
from tests.integration.registry.conftest import MakeVersion
from tests.unit.scorer.support import amount_bundle
from training.quality.curves import Curves
from training.registry.record import RunRecord
from training.registry.register import register

pytestmark = [pytest.mark.slow, pytest.mark.timeout(200)]


def curves(seed: int) -> Curves:
    rng = np.random.default_rng(seed)
    probabilities = rng.random(20_000)
    fraud = rng.random(20_000) < probabilities**3
    return Curves.of(fraud, probabilities, {"amount": 0.5 + seed / 10, "local_hour": 0.2})


def registered(settings: Settings, folder: Path, seed: int) -> str:
    bundle = amount_bundle(-5.0 - seed)
    bundle.write(folder / "bundle")
    (folder / "plots").mkdir()
    curves(seed).write(folder / "plots")
    metrics = {"review_f1": 0.5 + seed / 10, "average_precision": 0.6}
    tags = {"model_sha256": bundle.manifest.model_sha256}
    record = RunRecord({}, metrics, tags, folder / "bundle", folder / "plots")
    return register(record, settings.registry, promote=False).version


def test_curves_are_thinned_and_keep_their_ends() -> None:
    found = curves(1)
    assert 300 < len(found.recall) <= 400
    assert (found.recall[0], found.recall[-1], found.precision[-1]) == (1.0, 0.0, 1.0)


def test_curves_and_scores_are_drawn_over_each_other(
    settings: Settings,
    make_version: MakeVersion,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first, second = (registered(settings, tmp_path / str(seed), seed) for seed in (1, 2))
    third = make_version()
    for name, value in to_environment(settings).items():
        monkeypatch.setenv(name, value)
    page = tmp_path / "page.html"
    told = CliRunner().invoke(app, ["models", "compare", first, second, third, "--page", str(page)])
    assert told.exit_code == 0, told.output
    assert "review_f1" in told.output
    content = page.read_text()
    assert "Without curves: version 3." in content
    overlaid = content.split("<h2>Curves</h2>")[1].split("</svg>")[0]
    for text in ("Precision and recall", "version 1", "version 2", "local_hour"):
        assert f"<!-- {text} -->" in overlaid
    # Neither is alone: each colour draws a curve and its bars.
    assert len(set(re.findall(r"stroke: (#[0-9a-f]{6}); stroke-width: 1.5", overlaid))) == 2
    assert re.findall(r'(?:src|href)="(?!data:|#)[^"]*"', content) == []
