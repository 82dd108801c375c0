"""Shadow versions score every payment and decide none."""

import shutil
from pathlib import Path

import numpy as np
import pytest
from structlog.testing import capture_logs

from fraud.settings import Settings
from hindsight.drains import ShadowScorer
from scorer.decision import DecisionPolicy
from scorer.housekeeping import drained_through
from scorer.model.bundle import ModelBundle
from scorer.model.registry import source_of
from scorer.model.session import ModelSession
from scorer.recorder.recorder import Recorder
from scorer.sinks.outbox import Outbox
from tests.integration.hindsight.support import append
from tests.integration.recorder.records import select
from tests.unit.hindsight.trees import predictions, rows, tree_bundle
from tests.unit.scorer.support import amount_bundle, bundle_of, logistic_model

COUNTS = "SELECT model_version, count(*) FROM shadow_predictions GROUP BY 1 ORDER BY 1"


@pytest.fixture
def bundles(settings: Settings) -> Path:
    return settings.home / "bundles"


def version_of(settings: Settings, alias: str) -> str:
    return source_of(settings.registry).aliases()[alias].version


def test_each_shadow_says_what_it_would_have_decided_by_its_own_thresholds(
    outbox: Outbox, settings: Settings, champion: str, bundles: Path, dsn: str
) -> None:
    deep, amount = tree_bundle(30), amount_bundle()
    deep.write(bundles / "shadow")
    amount.write(bundles / "shadow-amount")
    amount.write(bundles / "challenger")
    append(outbox, predictions(tree_bundle(), champion, 120))
    Recorder(settings.outbox_path, dsn, settings.recorder).drain()
    assert drained_through(settings, outbox) == 0
    assert ShadowScorer(settings, dsn).drain() == 120
    assert outbox.drained_through("shadowed") == 120
    for alias, bundle in (("shadow", deep), ("shadow-amount", amount)):
        found = select(
            dsn,
            "SELECT probability, decision, review_threshold, decline_threshold, model_digest"
            f" FROM shadow_predictions WHERE model_version = '{version_of(settings, alias)}'"
            " ORDER BY transaction_id",
        )
        expected = ModelSession(bundle.model).probabilities(rows(120))
        assert np.abs(np.array([row[0] for row in found], float) - expected).max() <= 1e-6
        manifest = bundle.manifest
        policy = DecisionPolicy(manifest.review_threshold, manifest.decline_threshold)
        names = {1: "approve", 2: "review", 3: "decline"}
        assert [row[1] for row in found] == [names[policy.decide(float(p))] for p in expected]
        assert found[0][4] == manifest.model_sha256
    assert len(select(dsn, COUNTS)) == 2


def test_aliases_are_followed_while_it_runs(
    outbox: Outbox, settings: Settings, champion: str, bundles: Path, dsn: str
) -> None:
    made = predictions(tree_bundle(), champion, 90)
    scorer = ShadowScorer(settings, dsn)
    append(outbox, made[:30])
    assert scorer.drain() == 30
    assert select(dsn, COUNTS) == []
    tree_bundle(30).write(bundles / "shadow")
    version = version_of(settings, "shadow")
    append(outbox, made[30:60])
    assert scorer.drain() == 30
    shutil.rmtree(bundles / "shadow")
    append(outbox, made[60:])
    assert scorer.drain() == 30
    assert select(dsn, COUNTS) == [(version, 30)]


def test_a_shadow_that_may_not_score_is_told_once_and_keeps_no_other_from_it(
    outbox: Outbox, settings: Settings, champion: str, bundles: Path, dsn: str
) -> None:
    wrong = bundle_of(logistic_model({"amount": 0.1}), probabilities=[0.5] * 8)
    wrong.write(bundles / "shadow-wrong")
    tree_bundle(30).write(bundles / "shadow")
    append(outbox, predictions(tree_bundle(), champion, 120))
    with capture_logs() as logs:
        ShadowScorer(settings, dsn).drain()
    assert select(dsn, COUNTS) == [(version_of(settings, "shadow"), 120)]
    assert [each["event"] for each in logs].count("shadow.refused") == 1


def test_payments_of_another_contract_are_not_scored(
    outbox: Outbox, settings: Settings, champion: str, bundles: Path, dsn: str
) -> None:
    plain = tree_bundle(30)
    manifest = plain.manifest.model_copy(update={"contract_digest": "0" * 32})
    other = ModelBundle(plain.model, manifest, plain.golden_rows, plain.golden_probabilities)
    other.write(bundles / "shadow")
    append(outbox, predictions(tree_bundle(), champion, 20))
    assert ShadowScorer(settings, dsn).drain() == 20
    assert select(dsn, COUNTS) == []


def test_without_any_model_the_position_moves_all_the_same(
    outbox: Outbox, settings: Settings, dsn: str
) -> None:
    append(outbox, predictions(tree_bundle(), "1", 20))
    assert ShadowScorer(settings, dsn).drain() == 20
    assert outbox.drained_through("shadowed") == 20
