"""One simulated world: a model is trained, and then measured day after day."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from benchmarks.drift.shift import Shift
from simulator import World, WorldConfig
from training.config import ModelConfig, TrainingConfig
from training.datasets.dataset import Dataset, Index, Rows
from training.datasets.history import History
from training.datasets.period import MICROSECONDS_A_DAY, Period
from training.datasets.replay import replay
from training.datasets.split import SplitPlan, known_as_defrauded, split
from training.drift.decay import Caught
from training.drift.live import KNOWN_SINCE, LABEL_WINDOW
from training.drift.make import MATURITY, make_reference
from training.drift.weekday import weekday_of
from training.drift.window import Window
from training.models.fitting import fit_with_thresholds
from training.progress import silent

VERSION: Final = "1"
MICROSECOND: Final = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Plan:
    """Days of a trial.

    Args:
        customers: Accounts; each pays about once a day.
        warm: Before training, so that windows of 30 days are full.
        train: That the model learns.
        gap: Between training and holdout.
        holdout: That its figures stand on.
        live: That are measured.
        trees: Of the model.
    """

    customers: int = 3_000
    warm: int = 35
    train: int = 28
    gap: int = 7
    holdout: int = 7
    live: int = 42
    trees: int = 100

    @property
    def first_live(self) -> int:
        """Its number in the world."""
        return self.warm + self.train + self.gap + self.holdout


@dataclass(frozen=True, slots=True, eq=False)
class Live:
    """Payments since the model serves.

    Args:
        dataset: All payments of the world.
        rows: Positions of the live ones.
        first_day: Since the Unix epoch.
        probability: float32 [rows].
        threshold: Of review.
    """

    dataset: Dataset
    rows: Index
    first_day: int
    probability: npt.NDArray[np.float32]
    threshold: float

    def windows(self, days: int, length: int = 1) -> list[Window]:
        """Those that end after each of the first days, but for the first ``length - 1``.

        Args:
            days: Since the model serves.
            length: Days of a window.
        """
        return [self._window(end, length) for end in range(length, days + 1)]

    def _window(self, end: int, length: int) -> Window:
        at = self._between(end - length, end)
        rows = self.rows[at]
        start = datetime.fromtimestamp((self.first_day + end - length) * 86_400, UTC)
        return Window(
            model_name="fraud",
            model_version=VERSION,
            start=start,
            end=start + timedelta(days=length),
            payments=len(at),
            features=self.dataset.features[rows],
            weekday=weekday_of(self.dataset.day[rows]),
            probability=self.probability[at],
            caught=self._caught(end - MATURITY.days),
        )

    def _caught(self, end: int) -> Caught | None:
        """As :mod:`training.drift.live` asks PostgreSQL."""
        first = end - LABEL_WINDOW.days
        since_us = (self.first_day + first) * MICROSECONDS_A_DAY - KNOWN_SINCE // MICROSECOND
        at = self._between(first, end)
        at = at[~known_as_defrauded(self.dataset, since_us)[self.rows[at]]]
        if not len(at):
            return None
        rows, history = self.rows[at], self.dataset.history
        wait_us = MATURITY // MICROSECOND
        known = history.known_at_us[rows] <= history.event_time_us[rows] + wait_us
        flagged = self.probability[at] >= self.threshold
        accounts = self.dataset.account_codes[rows]
        return Caught.of(accounts, self.dataset.fraud[rows] & known, flagged)

    def _between(self, first: int, end: int) -> Index:
        days = self.dataset.day[self.rows] - self.first_day
        return np.flatnonzero((days >= first) & (days < end))


class Trial:
    """A world with its model and reference, made once; then lived with or without a shift."""

    def __init__(self, plan: Plan, seed: int) -> None:
        self.plan, self._seed = plan, seed
        self._events, self._labels = _world(plan, seed)
        self._stable = replay(History.of_tables(self._events, self._labels))
        self._origin = int(self._stable.day[0])
        self._score: Callable[[Rows], Rows]
        self._fit()

    def live(self, shift: Shift | None = None, *, after: int = 0) -> Live:
        """What comes once the model serves.

        Args:
            shift: What is planted; None for nothing.
            after: So many days later.
        """
        first_day, dataset = self._origin + self.plan.first_live, self._stable
        if shift is not None:
            start_us = (first_day + after) * MICROSECONDS_A_DAY
            events = shift.planted(dataset.history, start_us, self._seed)
            dataset = replay(History.of_tables(events, self._labels))
        rows = np.flatnonzero(dataset.day >= first_day)
        probability = self._score(dataset.features[rows])
        return Live(dataset, rows, first_day, probability, self.threshold)

    def _fit(self) -> None:
        plan, first = self.plan, self._origin + self.plan.warm
        test = first + plan.train + plan.gap
        config = TrainingConfig(
            train=Period.of_days(first, first + plan.train - 1),
            gap=timedelta(days=plan.gap),
            test=Period.of_days(test, test + plan.holdout - 1),
            model=ModelConfig(n_estimators=plan.trees, learning_rate=0.1),
        )
        dataset = self._stable
        sides = split(dataset, SplitPlan.of(config, dataset), remove_known_accounts=True)
        model, thresholds = fit_with_thresholds(config, dataset, sides, silent)
        self._score, self.threshold = model.probabilities, thresholds.review
        self.reference = make_reference(
            dataset, sides, lambda rows: self._score(dataset.features[rows]), self.threshold
        )


def _world(plan: Plan, seed: int) -> tuple[Any, Any]:
    config = WorldConfig(
        seed=seed,
        customers=plan.customers,
        merchants=plan.customers // 2,
        days=plan.first_live + plan.live,
    )
    chunks = list(World(config).generate())
    events = pa.Table.from_batches([chunk.events for chunk in chunks])
    return events, pa.Table.from_batches([chunk.labels for chunk in chunks])
