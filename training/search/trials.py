"""What a search tried, as a table that can be kept."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from optuna.trial import FrozenTrial, TrialState

FOLDS: Final = "average_precision_of_folds"


@dataclass(frozen=True, slots=True)
class TriedSet:
    """A set of hyperparameters.

    Args:
        number: 0 is what the run was told.
        state: ``complete``; ``pruned`` where the first folds were too weak to go on.
        average_precision: Mean over the folds that were measured.
        of_folds: Average precision of each of them.
        values: Hyperparameter -> value.
        seconds: How long it took.
    """

    number: int
    state: str
    average_precision: float
    of_folds: tuple[float, ...]
    values: Mapping[str, float]
    seconds: float

    @classmethod
    def of(cls, trial: FrozenTrial) -> Self:
        """From the study's own form."""
        folds = tuple(trial.user_attrs[FOLDS])
        took = trial.duration.total_seconds() if trial.duration else 0.0
        mean, state = sum(folds) / len(folds), trial.state.name.lower()
        return cls(trial.number, state, mean, folds, trial.params, took)

    @property
    def complete(self) -> bool:
        """Whether all folds were measured."""
        return self.state == TrialState.COMPLETE.name.lower()


@dataclass(frozen=True, slots=True)
class SearchReport:
    """All that was tried.

    Args:
        tried: In the order they were tried; the first is what the run was told.
        days: What each fold learned from and was measured on.
    """

    tried: Sequence[TriedSet]
    days: Sequence[str]

    @property
    def best(self) -> TriedSet:
        """The set that is taken; of equal ones the first."""
        return max(
            (each for each in self.tried if each.complete), key=lambda each: each.average_precision
        )

    def metrics(self) -> dict[str, float]:
        """What a run tells of its search."""
        return {
            "search_trials": float(len(self.tried)),
            "search_pruned": float(sum(not each.complete for each in self.tried)),
            "search_given_average_precision": self.tried[0].average_precision,
            "search_best_average_precision": self.best.average_precision,
        }

    def write(self, path: Path) -> None:
        """Write a CSV file, a line for each set."""
        path.parent.mkdir(parents=True, exist_ok=True)
        names = list(self.tried[0].values)
        heads = [f"fold {days}" for days in self.days]
        with path.open("w", newline="", encoding="utf-8") as file:
            rows = csv.writer(file)
            rows.writerow(["number", "state", "average_precision", *heads, *names, "seconds"])
            for each in self.tried:
                folds = [*each.of_folds, *[""] * (len(heads) - len(each.of_folds))]
                values = [each.values[name] for name in names]
                rows.writerow(
                    [each.number, each.state, each.average_precision, *folds, *values, each.seconds]
                )
