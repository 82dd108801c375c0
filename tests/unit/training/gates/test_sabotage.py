"""Candidates that nobody should promote are refused for the right reason; honest ones are not."""

from dataclasses import replace

import numpy as np
import pytest

from scorer.model.bundle import ModelBundle
from tests.unit.training.gates.workshop import (
    GAP,
    Workshop,
    config,
    one_world,
    padded,
    refusals,
    remade,
    row_of,
    with_rare_fraud,
)
from tests.unit.training.world import COMPROMISE, STOLEN
from training.datasets.dataset import Rows
from training.gates.learned import Learned
from training.gates.report import Verdict
from training.gates.run import judge


def test_future_label_leaked(shop: Workshop, champion: ModelBundle) -> None:
    def leak(features: Rows) -> None:
        noise = np.random.default_rng(3).random(len(features)) < 0.02
        features[:, shop.column("merchant_frauds_known_7d")] += 100.0 * (shop.dataset.fraud ^ noise)

    leaky = shop.with_features(leak)
    report = judge(leaky.make(config()), champion, leaky.evidence)
    assert refusals(report) >= {"leak", "leak_in_training"}
    assert "`merchant_frauds_known_7d` alone" in row_of(report, "leak").detail


def test_target_in_a_feature(shop: Workshop, champion: ModelBundle) -> None:
    def leak(features: Rows) -> None:
        features[:, shop.column("device_accounts_30d")] = shop.dataset.fraud

    leaky = shop.with_features(leak)
    report = judge(leaky.make(config()), champion, leaky.evidence)
    assert refusals(report) >= {"leak", "leak_in_training"}
    assert "`device_accounts_30d` alone" in row_of(report, "leak").detail


def test_target_in_a_feature_of_the_training_rows_alone(
    shop: Workshop, champion: ModelBundle
) -> None:
    def leak(features: Rows) -> None:
        column = shop.column("device_accounts_30d")
        features[shop.train, column] = shop.dataset.fraud[shop.train]

    leaky = shop.with_features(leak)
    report = judge(leaky.make(config()), champion, leaky.evidence)
    assert "leak_in_training" in refusals(report)
    assert row_of(report, "leak").verdict is Verdict.PASSED


def test_shuffled_columns(shop: Workshop, champion: ModelBundle) -> None:
    order = np.random.default_rng(1).permutation(len(shop.dataset.feature_names))
    assert "recall" in refusals(judge(shop.make(config(), columns=order), champion, shop.evidence))


def test_swapped_features(shop: Workshop, honest: ModelBundle) -> None:
    order = np.arange(len(shop.dataset.feature_names))
    amounts = ["amount", "amount_to_mean_30d", "amount_zscore_30d", "amount_to_winsorised_mean_30d"]
    others = ["local_hour", "account_count_1h", "merchant_count_1h", "account_count_24h"]
    one, other = ([shop.column(name) for name in names] for names in (amounts, others))
    order[one], order[other] = order[other].copy(), order[one].copy()
    report = judge(shop.make(config(), columns=order), honest, shop.evidence)
    assert "recall" in refusals(report)


@one_world
def test_names_in_another_order(shop: Workshop, honest: ModelBundle, champion: ModelBundle) -> None:
    names = honest.manifest.feature_names[::-1]
    renamed = replace(honest, manifest=honest.manifest.model_copy(update={"feature_names": names}))
    assert refusals(judge(renamed, champion, shop.evidence)) == {"contract"}


@pytest.mark.parametrize("left", [50, 20])
def test_miscalibrated(shop: Workshop, champion: ModelBundle, left: int) -> None:
    """Of the genuine payments one in so many is learned from, so that frauds seem frequent."""
    kept = shop.dataset.fraud[shop.train] | (np.arange(len(shop.train)) % left == 0)
    report = judge(shop.make(config(), shop.train[kept]), champion, shop.evidence)
    assert "calibration" in refusals(report)


def test_labels_that_come_late_are_nobodys_fault(shop: Workshop) -> None:
    """An honest model tells half of the frauds where it has learned of half of them."""
    known = shop.dataset.history.known_by(GAP.end_us).fraud[shop.train]
    evidence = replace(shop.evidence, learned=Learned(shop.dataset, shop.train, known))
    row = row_of(judge(shop.make(config(), fraud=known), None, evidence), "calibration")
    assert row.verdict is Verdict.PASSED, row.detail
    assert row.measured > 0.4


@one_world
def test_slow(shop: Workshop, champion: ModelBundle) -> None:
    many = config(n_estimators=1_000, max_depth=6, learning_rate=0.01, min_child_weight=0.0)
    slow = shop.make(many, shop.train[:1_500])
    report = judge(slow, champion, shop.evidence)
    assert row_of(report, "latency").verdict is Verdict.REFUSED


@one_world
def test_huge(shop: Workshop, honest: ModelBundle, champion: ModelBundle) -> None:
    report = judge(padded(honest, 20_000_000), champion, shop.evidence)
    assert refusals(report) == {"size"}


@one_world
def test_wrong_digest(shop: Workshop, honest: ModelBundle, champion: ModelBundle) -> None:
    other = honest.manifest.model_copy(update={"contract_digest": "0" * 64})
    report = judge(replace(honest, manifest=other), champion, shop.evidence)
    assert refusals(report) == {"contract"}


def test_constant(shop: Workshop, champion: ModelBundle) -> None:
    constant = shop.make(config(n_estimators=1, min_child_weight=1e9))
    assert refusals(judge(constant, champion, shop.evidence)) >= {"recall", "skill"}


def test_constant_zero_and_constant_rate_where_fraud_is_rare(shop: Workshop) -> None:
    evidence = with_rare_fraud(shop.evidence, 0.006)
    for told, calibration in ((1e-6, Verdict.REFUSED), (0.006, Verdict.PASSED)):
        settings = config(n_estimators=1, learning_rate=1e-9, base_score=told)
        report = judge(shop.make(settings), None, evidence)
        assert refusals(report) >= {"recall", "skill"}
        assert row_of(report, "calibration").verdict is calibration


@one_world
def test_too_many_are_stopped(shop: Workshop, honest: ModelBundle, champion: ModelBundle) -> None:
    eager = remade(honest, review_threshold=0.01)
    assert refusals(judge(eager, champion, shop.evidence)) == {"false_positive_rate"}


@one_world
def test_not_the_model_that_was_trained(
    shop: Workshop, honest: ModelBundle, champion: ModelBundle
) -> None:
    exchanged = remade(honest, model=champion.model)
    assert "golden_rows" in refusals(judge(exchanged, champion, shop.evidence))


def test_better_overall_but_worse_on_one_kind(shop: Workshop) -> None:
    kind = shop.dataset.history.kind[shop.train]
    one_sided = shop.make(config(n_estimators=3, max_depth=2), fraud=kind == COMPROMISE)
    few = np.random.default_rng(1).random(len(kind)) < 0.2
    other_sided = shop.make(config(), fraud=(kind == STOLEN) | ((kind == COMPROMISE) & few))
    report = judge(other_sided, one_sided, shop.evidence)
    assert "kind_merchant_compromise" in refusals(report)
    assert row_of(report, "recall").verdict is Verdict.PASSED, "overall it is better"
