"""Candidates that nobody should promote are refused for the right reason; honest ones are not."""

from dataclasses import replace

import numpy as np
import pytest

from scorer.model.bundle import ModelBundle
from tests.unit.training.gates.workshop import HOLDOUT, TRAIN, Workshop, config, padded, remade
from tests.unit.training.world import COMPROMISE, STOLEN
from training.datasets.dataset import Rows
from training.gates.policy import GatePolicy
from training.gates.report import GateReport, Verdict
from training.gates.run import judge


@pytest.fixture(scope="module")
def shop() -> Workshop:
    return Workshop.open()


@pytest.fixture(scope="module")
def champion(shop: Workshop) -> ModelBundle:
    """A few small trees, of two days."""
    return shop.make(config(n_estimators=3, max_depth=2), shop.train[:2_000])


@pytest.fixture(scope="module")
def honest(shop: Workshop) -> ModelBundle:
    return shop.make(config())


def refusals(report: GateReport) -> set[str]:
    return {row.name for row in report.refusals}


@pytest.mark.parametrize(
    "choices",
    [
        {},
        {"max_depth": 3},
        {"n_estimators": 60, "random_state": 5},
        {"subsample": 1.0, "colsample_bytree": 0.5},
        {"learning_rate": 0.07, "n_estimators": 100, "reg_lambda": 5.0},
    ],
)
def test_honest_ones_that_are_better_pass(
    shop: Workshop, champion: ModelBundle, choices: dict[str, float]
) -> None:
    report = judge(shop.make(config(**choices)), champion, shop.evidence)
    assert report.passed, report.why_not()


def test_the_champion_itself_is_no_better(shop: Workshop, champion: ModelBundle) -> None:
    assert refusals(judge(champion, champion, shop.evidence)) == {"recall"}


def test_future_label_leaked(shop: Workshop, champion: ModelBundle) -> None:
    def leak(features: Rows) -> None:
        noise = np.random.default_rng(3).random(len(features)) < 0.02
        features[:, shop.column("merchant_frauds_known_7d")] += 100.0 * (shop.dataset.fraud ^ noise)

    leaky = shop.with_features(leak)
    report = judge(leaky.make(config()), champion, leaky.evidence)
    assert "leak" in refusals(report)
    assert "merchant_frauds_known_7d" in report.why_not()


def test_target_in_a_feature(shop: Workshop, champion: ModelBundle) -> None:
    def leak(features: Rows) -> None:
        features[:, shop.column("device_accounts_30d")] = shop.dataset.fraud

    leaky = shop.with_features(leak)
    report = judge(leaky.make(config()), champion, leaky.evidence)
    assert "leak" in refusals(report)
    assert "`device_accounts_30d` alone" in report.why_not()


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


def test_names_in_another_order(shop: Workshop, honest: ModelBundle, champion: ModelBundle) -> None:
    names = honest.manifest.feature_names[::-1]
    renamed = replace(honest, manifest=honest.manifest.model_copy(update={"feature_names": names}))
    assert refusals(judge(renamed, champion, shop.evidence)) == {"contract"}


def test_miscalibrated(shop: Workshop, champion: ModelBundle) -> None:
    kept = shop.dataset.fraud[shop.train] | (np.arange(len(shop.train)) % 50 == 0)
    report = judge(shop.make(config(), shop.train[kept]), champion, shop.evidence)
    assert "calibration" in refusals(report)


def test_trained_on_the_holdout(shop: Workshop, champion: ModelBundle) -> None:
    rows = np.concatenate([shop.train, shop.holdout])
    told = f"{TRAIN.first}..{HOLDOUT.last}"
    report = judge(shop.make(config(), rows, told=told), champion, shop.evidence)
    assert "holdout_unseen" in refusals(report)


def test_trained_on_the_holdout_and_lying_about_it(shop: Workshop, champion: ModelBundle) -> None:
    rows = np.concatenate([shop.train, shop.holdout])
    by_heart = config(max_depth=8, min_child_weight=0.1, n_estimators=120)
    report = judge(shop.make(by_heart, rows), champion, shop.evidence)
    assert refusals(report) >= {"holdout_by_heart"}
    assert "holdout_unseen" not in refusals(report)


def test_no_training_days_told(shop: Workshop, honest: ModelBundle, champion: ModelBundle) -> None:
    report = judge(remade(honest, training={}), champion, shop.evidence)
    assert refusals(report) == {"holdout_unseen"}


def test_slow(shop: Workshop, champion: ModelBundle) -> None:
    many = config(n_estimators=2_500, max_depth=6, learning_rate=0.01, min_child_weight=0.0)
    slow = shop.make(many, shop.train[:1_500])
    assert "latency" in refusals(judge(slow, champion, shop.evidence))


def test_huge(shop: Workshop, honest: ModelBundle, champion: ModelBundle) -> None:
    report = judge(padded(honest, 20_000_000), champion, shop.evidence)
    assert refusals(report) == {"size"}


def test_wrong_digest(shop: Workshop, honest: ModelBundle, champion: ModelBundle) -> None:
    other = honest.manifest.model_copy(update={"contract_digest": "0" * 64})
    report = judge(replace(honest, manifest=other), champion, shop.evidence)
    assert refusals(report) == {"contract"}


def test_constant(shop: Workshop, champion: ModelBundle) -> None:
    constant = shop.make(config(n_estimators=1, min_child_weight=1e9))
    assert "recall" in refusals(judge(constant, champion, shop.evidence))


def test_not_the_model_that_was_trained(
    shop: Workshop, honest: ModelBundle, champion: ModelBundle
) -> None:
    exchanged = remade(honest, model=champion.model)
    assert "golden_rows" in refusals(judge(exchanged, champion, shop.evidence))


def test_better_overall_but_worse_on_one_kind(shop: Workshop) -> None:
    kind = shop.dataset.history.kind[shop.train]
    one_sided = shop.make(config(n_estimators=3, max_depth=2), fraud=kind == COMPROMISE)
    other_sided = shop.make(config(), fraud=kind == STOLEN)
    report = judge(other_sided, one_sided, shop.evidence)
    assert "kind_merchant_compromise" in refusals(report)
    rows = {row.name: row.verdict for row in report.rows}
    assert rows["recall"] is Verdict.PASSED, "overall it is better"


def test_without_live_payments_where_they_are_asked_for(
    shop: Workshop, honest: ModelBundle, champion: ModelBundle
) -> None:
    policy = GatePolicy(live_payments=1_000)
    few = replace(shop.evidence, live_payments=999)
    assert refusals(judge(honest, champion, few, policy)) == {"live_payments"}
    enough = replace(shop.evidence, live_payments=1_000)
    assert judge(honest, champion, enough, policy).passed


def test_the_first_of_all(shop: Workshop, honest: ModelBundle) -> None:
    report = judge(honest, None, shop.evidence)
    assert report.passed, report.why_not()
    skipped = {row.name for row in report.rows if row.verdict is Verdict.NOT_APPLICABLE}
    assert skipped == {"groups", "latency", "live_payments"}


def test_the_report_is_kept_as_it_was(shop: Workshop, champion: ModelBundle) -> None:
    report = judge(champion, champion, shop.evidence)
    assert GateReport.model_validate_json(report.model_dump_json()) == report
