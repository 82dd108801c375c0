"""The platform's own features and model under the same protocol."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, Self

import numpy as np
import numpy.typing as npt

from benchmarks.detection.hidden import Hidden, count_hidden
from benchmarks.detection.payments import Flags, Ints, Payments
from benchmarks.detection.scenarios import count_caught
from benchmarks.detection.scores import Scores
from benchmarks.detection.split import WEEK
from training.config import TrainingConfig
from training.datasets.dataset import Dataset
from training.datasets.period import Period
from training.datasets.split import SplitPlan, split
from training.models.fitting import fit_one
from training.models.threshold import threshold_at_fpr
from training.models.trained import Trained
from training.quality.groups import Caught
from training.quality.metrics import operating_point, recall_at_fpr

BUDGETS: Final = (0.001, 0.005, 0.018)
"""Shares of genuine payments that may be flagged; the last leaves room below two percent."""
DAY: Final = timedelta(days=1)
RATIO: Final = "amount_to_winsorised_mean_30d"


@dataclass(frozen=True, slots=True)
class Operation:
    """What a threshold does that was set for a budget before the test.

    Args:
        threshold: The probability.
        false_positive_rate: What the budget has become in the test.
        recall: Share of the test's frauds that reach the threshold.
        recall_in_hindsight: The greatest recall that the budget allows in the test, by a threshold
            that nobody could have known.
    """

    threshold: float
    false_positive_rate: float
    recall: float
    recall_in_hindsight: float

    @classmethod
    def measure(
        cls, fraud: Flags, probabilities: npt.NDArray[Any], budget: float, threshold: float
    ) -> Self:
        """Of a threshold that was set for ``budget``, on payments of the test."""
        point = operating_point(fraud, probabilities, threshold)
        return cls(
            threshold=threshold,
            false_positive_rate=point.false_positive_rate,
            recall=point.recall,
            recall_in_hindsight=recall_at_fpr(fraud, probabilities, budget),
        )


@dataclass(frozen=True, slots=True)
class Fold:
    """One week measured.

    Args:
        train: Days learned from.
        rehearsal: The last week with known labels, on which the thresholds were set.
        test: The week measured.
        payments: How many were measured.
        frauds: How many of them were fraud.
        scores: The handbook's figures.
        operations: Budget -> what became of it.
        by_scenario: Scenario -> its frauds, and those that reach the threshold of the least budget.
        hidden: How many of the frauds do not show by themselves.
    """

    train: Period
    rehearsal: Period
    test: Period
    payments: int
    frauds: int
    scores: Scores
    operations: Mapping[float, Operation]
    by_scenario: Mapping[str, Caught]
    hidden: Hidden


@dataclass(frozen=True, slots=True, eq=False)
class Trial:
    """What all folds share.

    Args:
        dataset: The replayed history, in which labels come ``delay`` after their payment.
        payments: The same, as columns.
        scenario: int8 [n], how each fraud was simulated.
        delay: Whole days.
        train_days: How many days are learned from.
        config: The model and its parameters.
    """

    dataset: Dataset
    payments: Payments
    scenario: npt.NDArray[np.int8]
    delay: timedelta
    train_days: int
    config: TrainingConfig

    def before(self, test: Period) -> SplitPlan:
        """The days learned from before ``test``: the last ones whose labels are all known."""
        last = test.first - self.delay - DAY
        return SplitPlan(Period(last - (self.train_days - 1) * DAY, last), self.delay, test)

    def hidden(self, rows: Ints) -> Hidden:
        """Of the payments at ``rows``, int64 [k]."""
        ratio = self.dataset.features[:, self.dataset.feature_names.index(RATIO)]
        return count_hidden(self.payments, self.scenario, ratio, rows, self.delay.days)

    def fit(self, plan: SplitPlan) -> tuple[Trained, Ints, Flags]:
        """A model, the rows it is to be measured on, and their truth."""
        sides = split(self.dataset, plan, remove_known_accounts=True)
        model = fit_one(self.config, self.dataset.features[sides.train], sides.train_fraud)
        return model, sides.test, self.dataset.fraud[sides.test]


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """A model that is ready for its test, with thresholds that were set before it.

    Args:
        trial: Where it comes from.
        plan: The days learned from, and the week to measure.
        rehearsal: The last week with known labels, on which the thresholds were set.
        model: Learned from ``plan.train``.
        thresholds: Budget -> probability.
    """

    trial: Trial
    plan: SplitPlan
    rehearsal: Period
    model: Trained
    thresholds: Mapping[float, float]

    def measure(self, rows: Ints) -> Fold:
        """What it finds among the payments at ``rows``, int64 [k], of its test."""
        dataset = self.trial.dataset
        probabilities = self.model.probabilities(dataset.features[rows])
        fraud = dataset.fraud[rows]
        return Fold(
            train=self.plan.train,
            rehearsal=self.rehearsal,
            test=self.plan.test,
            payments=len(rows),
            frauds=int(np.count_nonzero(fraud)),
            scores=Scores.measure(self.trial.payments, rows, probabilities),
            operations={
                budget: Operation.measure(fraud, probabilities, budget, threshold)
                for budget, threshold in self.thresholds.items()
            },
            by_scenario=count_caught(
                self.trial.scenario[rows], probabilities >= self.thresholds[min(BUDGETS)]
            ),
            hidden=self.trial.hidden(rows),
        )


def prepare(trial: Trial, test: Period) -> Prepared:
    """Rehearse on the last week whose labels are known, then learn again for ``test``.

    The rehearsal does what is done for the test, so much earlier that its outcome is known before
    the test begins; it decides nothing but the thresholds.
    """
    plan = trial.before(test)
    rehearsal = Period(plan.train.last - WEEK + DAY, plan.train.last)
    earlier, rows, fraud = trial.fit(trial.before(rehearsal))
    genuine = earlier.probabilities(trial.dataset.features[rows])[~fraud]
    model, _, _ = trial.fit(plan)
    thresholds = {budget: threshold_at_fpr(genuine, budget) for budget in BUDGETS}
    return Prepared(trial, plan, rehearsal, model, thresholds)
