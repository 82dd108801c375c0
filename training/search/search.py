"""A bounded search for hyperparameters, by the tree-structured Parzen estimator.

Bergstra et al., Algorithms for Hyper-Parameter Optimization (2011), as Optuna has it. What is
maximised is the mean average precision over the folds: it needs no threshold, it weighs the top of
the ranking, where false-positive budgets lie, and it moves with every fraud. ROC AUC is decided by
the many payments that nobody would stop, and recall at a budget moves in steps of whole frauds, of
which a fold has a few dozen.
"""

from functools import partial

import numpy as np
import optuna
from optuna.pruners import MedianPruner
from optuna.samplers import TPESampler
from optuna.trial import FrozenTrial
from sklearn.metrics import average_precision_score

from training.config import TrainingConfig
from training.datasets.dataset import Dataset
from training.datasets.split import Split
from training.models.fitting import fit_one
from training.progress import Progress, silent
from training.search.folds import Fold, make_folds
from training.search.space import given, suggest
from training.search.trials import FOLDS, SearchReport, TriedSet


def search(
    config: TrainingConfig, dataset: Dataset, split: Split, progress: Progress = silent
) -> tuple[TrainingConfig, SearchReport]:
    """Find hyperparameters that do no worse on the folds than those given.

    The same seed, rows and number of trials give the same answer; a limit of time makes the number
    depend on the machine.

    Args:
        config: The estimator, what it was given, and the bounds of the search.
        dataset: Where the rows are.
        split: Only its training is looked at.
        progress: Told of trials.

    Returns:
        ``config`` with the best set, and all that was tried.

    Raises:
        SearchError: There are too few days or frauds for the folds.
    """
    folds = make_folds(
        dataset, split, config.search_folds, remove_known_accounts=config.remove_known_accounts
    )
    study = _study(config)
    objective = partial(_objective, config=config, dataset=dataset, folds=folds)
    progress("search", 0, config.search_trials)

    def tell(_: optuna.Study, trial: FrozenTrial) -> None:
        progress("search", trial.number + 1, config.search_trials)

    # What was given is tried however little time there is.
    for trials, seconds in ((1, None), (config.search_trials - 1, config.search_seconds)):
        study.optimize(objective, n_trials=trials, timeout=seconds, callbacks=[tell])
    days = [f"{fold.plan.train} -> {fold.plan.test}" for fold in folds]
    report = SearchReport([TriedSet.of(trial) for trial in study.trials], days)
    return config.with_parameters(**report.best.values), report


def _study(config: TrainingConfig) -> optuna.Study:
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    study = optuna.create_study(
        direction="maximize",
        sampler=TPESampler(seed=config.search_seed),
        pruner=MedianPruner(),  # after five trials: weaker than half of them so far
    )
    # First what was given, so that the best is never worse.
    study.enqueue_trial(given(config))
    return study


def _objective(
    trial: optuna.Trial, config: TrainingConfig, dataset: Dataset, folds: tuple[Fold, ...]
) -> float:
    tried, found = suggest(trial, config), list[float]()
    for step, fold in enumerate(folds):
        found.append(average_precision(tried, dataset, fold))
        trial.set_user_attr(FOLDS, found)
        trial.report(float(np.mean(found)), step)
        if step + 1 < len(folds) and trial.should_prune():
            raise optuna.TrialPruned
    return float(np.mean(found))


def average_precision(config: TrainingConfig, dataset: Dataset, fold: Fold) -> float:
    """Of a model that learned from a fold, on the days after."""
    model = fit_one(config, dataset.features[fold.learned], fold.learned_fraud)
    probabilities = model.probabilities(dataset.features[fold.measured])
    return float(average_precision_score(fold.measured_fraud, probabilities))
