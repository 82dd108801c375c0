"""The reference of a model, drawn from the days that it was trained and measured on."""

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from training.config import TrainingConfig
from training.datasets.dataset import Dataset, Index
from training.datasets.split import Split, SplitPlan, split
from training.drift.errors import DamagedReferenceError
from training.drift.make import make_reference
from training.drift.reference import FILE, PROBABILITY, Reference

THRESHOLD = 0.5


@pytest.fixture(scope="module")
def sides(dataset: Dataset) -> Split:
    plan = SplitPlan.of(TrainingConfig(), dataset)
    return split(dataset, plan, remove_known_accounts=True)


class Score:
    """Calls large amounts fraud; remembers what it was asked."""

    def __init__(self, dataset: Dataset) -> None:
        self._amount = dataset.features[:, dataset.feature_names.index("amount")]
        self.asked: Index = np.empty(0, np.int64)

    def __call__(self, rows: Index) -> npt.NDArray[np.float32]:
        self.asked = np.concatenate([self.asked, rows])
        return (self._amount[rows] > 25).astype(np.float32)


@pytest.fixture(scope="module")
def score(dataset: Dataset) -> Score:
    return Score(dataset)


@pytest.fixture(scope="module")
def made(dataset: Dataset, sides: Split, score: Score) -> Reference:
    return make_reference(dataset, sides, score, THRESHOLD, most_rows=1_000)


def test_rows_are_of_all_days_and_only_unseen_ones_are_scored(
    dataset: Dataset, sides: Split, made: Reference, score: Score
) -> None:
    assert len(made.features) == len(made.weekday) == 1_000
    unseen = ~np.isnan(made.probability)
    assert unseen.sum() == 500
    assert not set(score.asked) & set(sides.train), "the model knows those by heart"
    days = set(dataset.day[score.asked])
    assert len(days) == sides.plan.gap.days + sides.plan.test.days
    assert set(made.weekday[unseen]) == set(range(7))
    assert made.facts.payments == len(sides.train) + len(score.asked)


def test_few_values_make_a_feature_discrete(made: Reference) -> None:
    facts = made.facts
    assert {"local_weekend", "local_night"} <= facts.discrete
    assert not {"amount", "account_mean_30d"} & facts.discrete


def test_it_knows_how_far_its_days_are_from_each_other(dataset: Dataset, made: Reference) -> None:
    facts = made.facts
    assert facts.variation.keys() == {*dataset.feature_names, PROBABILITY}
    amount, share = facts.variation["amount"], facts.variation["merchant_fraud_rate_7d"]
    # Independent amounts, 150 of a day against 150 and more: what sampling alone makes of it.
    assert 0.05**2 < amount.mean_square < 0.12**2
    assert share.mean_square > 2 * amount.mean_square, "frauds move with the days"
    assert facts.variation[PROBABILITY].days == 14


def test_recall_is_of_first_frauds_of_accounts_not_known_before(
    dataset: Dataset, sides: Split, made: Reference
) -> None:
    caught = made.facts.caught
    rows = sides.test
    week = 7 * 86_400_000_000
    history = dataset.history
    known = dataset.fraud & (history.known_at_us - history.event_time_us <= week)
    first: dict[int, int] = {}
    for row in rows[known[rows]].tolist():
        first.setdefault(int(dataset.account_codes[row]), row)
    assert caught.recall.trials == len(first) > 3
    flagged = Score(dataset)(np.array(list(first.values())))
    assert caught.recall.hits == flagged.sum() > 0
    suspects = dataset.account_codes[rows[Score(dataset)(rows) >= THRESHOLD]]
    assert caught.precision.trials == len(set(suspects)) > 5
    assert 0 < caught.false_positive_rate.hits < caught.false_positive_rate.trials


def test_it_is_read_back_as_it_was(made: Reference, tmp_path: Path) -> None:
    path = tmp_path / "drift" / FILE
    made.write(path)
    for read in (Reference.read(path), Reference.from_bytes(path.read_bytes())):
        assert read.facts == made.facts
        assert read.feature_names == made.feature_names
        for name in ("features", "probability", "weekday"):
            np.testing.assert_array_equal(getattr(read, name), getattr(made, name))


def test_a_damaged_one_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DamagedReferenceError, match="damaged"):
        Reference.from_bytes(b"PAR1 and then something else")
    with pytest.raises(DamagedReferenceError, match=r"none\.parquet"):
        Reference.read(tmp_path / "none.parquet")
