"""Honest candidates that are better pass; what is no better does not."""

from dataclasses import replace

import numpy as np
import pytest

from scorer.model.bundle import ModelBundle
from tests.unit.training.gates.workshop import Workshop, config, one_world, refusals, remade
from training.gates.policy import GatePolicy
from training.gates.report import GateReport, Verdict
from training.gates.run import judge
from training.gates.scored import Match, Scored


@pytest.mark.parametrize(
    "choices",
    [
        {},
        {"max_depth": 3},
        {"n_estimators": 60, "random_state": 5},
        {"subsample": 1.0, "colsample_bytree": 0.5},
        {"learning_rate": 0.07, "n_estimators": 100, "reg_lambda": 5.0},
    ],
    ids=["default", "shallow", "few_trees", "few_columns", "slow_learner"],
)
def test_honest_ones_that_are_better_pass(
    shop: Workshop, champion: ModelBundle, choices: dict[str, float]
) -> None:
    report = judge(shop.make(config(**choices)), champion, shop.evidence)
    assert report.passed, report.why_not()


def test_the_champion_itself_is_no_better(shop: Workshop, champion: ModelBundle) -> None:
    found = refusals(judge(champion, champion, shop.evidence))
    # Learned in little more than a day, it does not tell well how many are frauds either.
    assert found - {"calibration"} == {"recall"}


def test_the_first_of_all(shop: Workshop, honest: ModelBundle) -> None:
    report = judge(honest, None, shop.evidence)
    assert report.passed, report.why_not()
    skipped = {row.name for row in report.rows if row.verdict is Verdict.NOT_APPLICABLE}
    assert skipped == {"champion_unseen", "groups", "latency", "live_payments", "reproduced"}


@one_world
def test_a_champion_that_stops_nobody_or_everybody_is_still_compared_with(
    shop: Workshop, honest: ModelBundle
) -> None:
    for threshold, rate in ((1.0, 0.0), (0.0, 1.0)):
        extreme = remade(honest, review_threshold=threshold, decline_threshold=1.0)
        evidence = shop.evidence
        match = Match.of(Scored.of(honest, evidence), Scored.of(extreme, evidence), evidence)
        assert (match.fpr, match.mine.sum()) == (rate, match.theirs.sum())


@one_world
def test_both_stop_as_many_genuine_payments_as_the_champion_does(
    shop: Workshop, honest: ModelBundle
) -> None:
    """A fraud that ranks behind the last of them, but reaches the threshold, is caught."""
    fraud = shop.evidence.fraud
    told = np.linspace(0.1, 0.2, len(fraud), dtype=np.float32)
    told[np.flatnonzero(~fraud)[:3]] = 0.9, 0.8, 0.7
    told[np.flatnonzero(fraud)[0]] = 0.6
    model = remade(honest, review_threshold=0.5, decline_threshold=0.5)
    scored = Scored(model, told, told[:0])
    match = Match.of(scored, scored, shop.evidence)
    assert match.fpr == 3 / np.count_nonzero(~fraud)
    assert np.flatnonzero(match.theirs).tolist() == np.flatnonzero(match.mine).tolist() == [0]


@one_world
def test_the_report_is_kept_as_it_was(shop: Workshop, champion: ModelBundle) -> None:
    report = judge(champion, champion, shop.evidence)
    assert GateReport.model_validate_json(report.model_dump_json()) == report


@one_world
def test_live_payments_where_they_are_asked_for(
    shop: Workshop, honest: ModelBundle, champion: ModelBundle
) -> None:
    policy = GatePolicy(live_payments=1_000)
    few = replace(shop.evidence, live_payments=999)
    assert refusals(judge(honest, champion, few, policy)) == {"live_payments"}
    enough = replace(shop.evidence, live_payments=1_000)
    assert judge(honest, champion, enough, policy).passed
