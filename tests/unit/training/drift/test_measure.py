"""What counts as drift: more than chance, more than days differ anyway, and enough to matter."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from scipy import stats

from training.drift.decay import Caught, Count
from training.drift.errors import DamagedReferenceError, ShortReferenceError, TooFewPaymentsError
from training.drift.measure import measure_drift
from training.drift.policy import DriftPolicy
from training.drift.reference import PROBABILITY, Reference, ReferenceFacts
from training.drift.report import DriftReport, Measure
from training.drift.variation import Variation, days_held
from training.drift.weekday import weekday_of
from training.drift.window import Window

NAMES = ("steady", "moody", "weekly", "flag")
DAYS, A_DAY = 35, 400
START = datetime(2026, 11, 2, tzinfo=UTC)


def payments(days: range, a_day: int, seed: int) -> tuple[Any, Any]:
    """Features float32 [n, 4] and days int64 [n]."""
    rng = np.random.default_rng(seed)
    day = np.repeat(np.array(days), a_day)
    mood = np.repeat(rng.normal(0, 0.5, len(days)), a_day)
    steady, moody = rng.normal(size=len(day)), rng.normal(size=len(day)) + mood
    weekly = rng.normal(size=len(day)) + 3 * (weekday_of(day) == 6)
    flag = rng.random(len(day)) < 0.3
    return np.column_stack([steady, moody, weekly, flag]).astype(np.float32), day


def caught(recall: int, precision: int, disturbed: int) -> Caught:
    return Caught(
        recall=Count(hits=recall, trials=100),
        precision=Count(hits=precision, trials=200),
        false_positive_rate=Count(hits=disturbed, trials=5_000),
    )


@pytest.fixture(scope="module")
def reference() -> Reference:
    features, day = payments(range(DAYS), A_DAY, seed=1)
    held, probability = days_held(day), np.full(len(day), np.nan, np.float32)
    unseen = day >= 21
    probability[unseen] = np.random.default_rng(2).random(unseen.sum())
    variation = {
        name: Variation.of(features[:, at], held, discrete=name == "flag")
        for at, name in enumerate(NAMES)
    }
    variation[PROBABILITY] = Variation.of(
        probability[unseen], days_held(day[unseen]), discrete=False
    )
    facts = ReferenceFacts(
        contract_digest="c",
        days="",
        payments=len(day),
        discrete=frozenset({"flag"}),
        variation=variation,
        caught=caught(80, 60, 75),
    )
    return Reference(facts, NAMES, features, probability, weekday_of(day))


def window(day: int = 41, *, a_day: int = 2_000, seed: int = 3, **more: Any) -> Window:
    """Live payments of one day; 41 is a Sunday's, as day 0 was a Thursday."""
    features, days = payments(range(day, day + 1), a_day, seed)
    probability = np.random.default_rng(seed).random(len(days)).astype(np.float32)
    made = Window(
        "fraud",
        "1",
        START,
        START + timedelta(1),
        len(days),
        features,
        weekday_of(days),
        probability,
    )
    return replace(made, **more)


def shifted(name: str, by: float) -> Window:
    made = window()
    made.features[:, NAMES.index(name)] += by
    return made


def drifted(report: DriftReport) -> set[str]:
    return {each.subject for each in report.drifts}


def of(report: DriftReport, subject: str) -> Measure:
    [found] = [each for each in report.measures if each.subject == subject]
    return found


def test_a_day_like_the_others_is_stable_whatever_its_weekday(reference: Reference) -> None:
    for day in range(35, 42):
        report = measure_drift(reference, window(day, seed=day))
        assert not report.drifted, report.drifts
        assert len(report.measures) == 5


def test_a_day_that_differs_as_days_do_is_stable_though_no_chance_of_payments(
    reference: Reference,
) -> None:
    made = shifted("moody", -0.4)
    found = of(measure_drift(reference, made), "moody")
    sunday = reference.weekday == 6
    alone = stats.ks_2samp(reference.features[sunday, 1], made.features[:, 1]).pvalue
    assert alone < 1e-6
    assert not found.drifted
    assert found.p_value > 0.05
    assert "moody" in drifted(measure_drift(reference, shifted("moody", 3)))


def test_what_moves_is_named_alone(reference: Reference) -> None:
    assert drifted(measure_drift(reference, shifted("steady", 0.5))) == {"steady"}
    assert drifted(measure_drift(reference, shifted("weekly", 1))) == {"weekly"}
    made = window()
    made.features[:600, 3] = np.nan  # a value that the reference has not
    report = measure_drift(reference, made)
    assert drifted(report) == {"flag"}
    assert of(report, "flag").statistic > 1
    probability = window().probability ** 2
    assert drifted(measure_drift(reference, window(probability=probability))) == {PROBABILITY}


def test_what_is_significant_and_small_does_not_count(reference: Reference) -> None:
    policy = DriftPolicy(least_ks=0.5)
    found = of(measure_drift(reference, shifted("steady", 0.5), policy), "steady")
    assert found.adjusted_p_value < 0.001
    assert not found.drifted


def test_p_values_are_adjusted_together_by_benjamini_and_hochberg(reference: Reference) -> None:
    report = measure_drift(reference, shifted("steady", 0.15))
    adjusted = stats.false_discovery_control([each.p_value for each in report.measures])
    assert [each.adjusted_p_value for each in report.measures] == pytest.approx(adjusted)
    assert of(report, "steady").adjusted_p_value > of(report, "steady").p_value


@pytest.mark.parametrize(
    ("live", "expected"),
    [
        (caught(78, 58, 80), set()),
        (caught(50, 60, 75), {"recall"}),
        (caught(80, 25, 75), {"precision"}),
        (caught(80, 60, 160), {"false_positive_rate"}),
        (caught(100, 200, 0), set()),  # better is no decay
    ],
)
def test_decay_is_told_by_labels(reference: Reference, live: Caught, expected: set[str]) -> None:
    assert drifted(measure_drift(reference, window(caught=live))) == expected


def test_few_accounts_say_nothing_of_decay(reference: Reference) -> None:
    few = caught(0, 60, 75).model_copy(update={"recall": Count(hits=0, trials=19)})
    report = measure_drift(reference, window(caught=few))
    assert "recall" not in {each.subject for each in report.measures}
    assert "recall: 19 accounts now, 100 then; 20 are needed" in report.notes


def test_too_little_gets_no_verdict(reference: Reference) -> None:
    with pytest.raises(TooFewPaymentsError, match=r"999 payments .* needs 1,000"):
        measure_drift(reference, window(a_day=999))
    short = {name: Variation(mean_square=0.1, days=6) for name in (*NAMES, PROBABILITY)}
    facts = reference.facts.model_copy(update={"variation": short})
    with pytest.raises(ShortReferenceError, match="6 days"):
        measure_drift(replace(reference, facts=facts), window())
    with pytest.raises(DamagedReferenceError, match="4 features, the payments have 3"):
        measure_drift(reference, window(features=window().features[:, :3]))
