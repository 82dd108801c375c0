"""What was learned from days that nobody may learn from is found out, whatever is told of it."""

from dataclasses import replace

import numpy as np
import pytest

from scorer.model.bundle import ModelBundle
from tests.unit.training.gates.workshop import (
    HOLDOUT,
    TRAIN,
    Workshop,
    config,
    moved,
    one_world,
    refusals,
    remade,
    row_of,
)
from training.gates.checks.memory import memory_row, plausible_row
from training.gates.gain import Gain
from training.gates.policy import GatePolicy
from training.gates.report import Verdict
from training.gates.run import judge
from training.gates.scored import Scored

OTHER_SEEDS = (2, 4, 5)


def test_trained_on_the_holdout(shop: Workshop, champion: ModelBundle) -> None:
    rows = np.concatenate([shop.train, shop.holdout])
    told = f"{TRAIN.first}..{HOLDOUT.last}"
    report = judge(shop.make(config(), rows, told=told), champion, shop.evidence)
    assert row_of(report, "holdout_unseen").verdict is Verdict.REFUSED


@pytest.mark.parametrize(
    "choices", [{}, {"max_depth": 3}, {"max_depth": 8, "min_child_weight": 0.1}], ids=str
)
def test_trained_on_the_holdout_and_lying_about_it(
    shop: Workshop, champion: ModelBundle, choices: dict[str, float]
) -> None:
    rows = np.concatenate([shop.train, shop.holdout])
    report = judge(shop.make(config(**choices), rows), champion, shop.evidence)
    assert refusals(report) == {"holdout_by_heart", "plausible"}
    assert row_of(report, "holdout_by_heart").measured > 0.2


def test_trained_on_the_gap_as_well_so_that_it_does_not_show(
    shop: Workshop, champion: ModelBundle
) -> None:
    rows = np.concatenate([shop.train, shop.gap, shop.holdout])
    report = judge(shop.make(config(), rows), champion, shop.evidence)
    assert refusals(report) == {"plausible"}


@pytest.mark.parametrize("choices", [{}, {"max_depth": 3}], ids=str)
def test_trained_on_the_gap_as_well_where_frauds_are_hard_to_foresee(
    shop: Workshop, choices: dict[str, float]
) -> None:
    """There is less to be spared, by a liar too."""
    hard = shop.with_fraud(moved(shop.dataset.fraud, 0.7))
    rows = np.concatenate([hard.train, hard.gap, hard.holdout])
    honest, lying = (
        plausible_row(Scored.of(model, hard.evidence), hard.evidence, GatePolicy())
        for model in (hard.make(config(**choices)), hard.make(config(**choices), rows))
    )
    assert honest.verdict is Verdict.PASSED, honest.detail
    assert lying.verdict is Verdict.REFUSED, lying.detail
    assert (lying.measured or 1) < 0.2


@pytest.mark.parametrize("seed", OTHER_SEEDS)
def test_in_other_worlds_too_it_is_told_from_an_honest_one(seed: int) -> None:
    shop = Workshop.open(seed)
    lying, policy = np.concatenate([shop.train, shop.holdout]), GatePolicy()
    for rows, verdict in ((shop.train, Verdict.PASSED), (lying, Verdict.REFUSED)):
        scored = Scored.of(shop.make(config(), rows), shop.evidence)
        found = memory_row(scored, shop.evidence, policy)
        assert found.verdict is verdict, found.detail
        assert plausible_row(scored, shop.evidence, policy).verdict is verdict


@one_world
def test_no_training_days_told(shop: Workshop, honest: ModelBundle, champion: ModelBundle) -> None:
    report = judge(remade(honest, training={}), champion, shop.evidence)
    assert refusals(report) == {"holdout_unseen"}


@one_world
def test_beside_a_champion_that_was_trained_on_the_holdout(
    shop: Workshop, honest: ModelBundle, champion: ModelBundle
) -> None:
    told = remade(champion, training={"train": str(HOLDOUT)})
    report = judge(honest, told, shop.evidence)
    assert refusals(report) == {"champion_unseen"}


@one_world
def test_trained_again_it_is_another_model(
    shop: Workshop, honest: ModelBundle, champion: ModelBundle
) -> None:
    def found(*told: str) -> set[str]:
        evidence = replace(shop.evidence, reproduction=told)
        return refusals(judge(honest, champion, evidence))

    assert found("model_sha256: was a, is b") == {"reproduced"}
    assert found() == set()
    policy = GatePolicy(reproduced=True)
    assert refusals(judge(honest, champion, shop.evidence, policy)) == {"reproduced"}


@one_world
def test_the_error_of_a_gain_is_that_of_resampled_accounts(
    shop: Workshop, honest: ModelBundle, champion: ModelBundle
) -> None:
    evidence, rng = shop.evidence, np.random.default_rng(1)
    rows, accounts = evidence.holdout, evidence.dataset.account_codes[evidence.holdout]
    # Wrong for whole accounts: payment by payment it would look far surer than it is.
    told = np.where(accounts % 2, 0.001, 0.2)
    of_account = [np.flatnonzero(accounts == code) for code in np.unique(accounts)]
    drawn = (
        np.concatenate([of_account[code] for code in rng.choice(len(of_account), len(of_account))])
        for _ in range(120)
    )
    shares = [Gain.over_twin(evidence, rows[each], told[each]).share for each in drawn]
    assert Gain.over_twin(evidence, rows, told).error == pytest.approx(np.std(shares), rel=0.25)
