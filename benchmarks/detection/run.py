"""The whole benchmark, part by part."""

import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from benchmarks.detection.bars import judge_baselines, judge_day, judge_week
from benchmarks.detection.baselines import BASELINES, reproduce
from benchmarks.detection.errors import ProtocolError, WrongDataError
from benchmarks.detection.features import handbook_features
from benchmarks.detection.machine import describe_machine
from benchmarks.detection.ours import Trial, prepare
from benchmarks.detection.payments import Ints, Payments
from benchmarks.detection.report import Result
from benchmarks.detection.scenarios import read_scenarios
from benchmarks.detection.setups import ALL_FOLDS, DAY_SETUP, WEEK_SETUP, Setup
from benchmarks.detection.split import FOLDS, PUBLISHED, Weeks, handbook_split
from simulator import import_handbook
from training.datasets.history import History
from training.datasets.replay import replay
from training.datasets.split import SplitPlan, known_as_defrauded, split

PAYMENTS, MEASURED, FRAUDS = 1_303_778, 58_264, 385


class Part(StrEnum):
    """What can be run alone."""

    BASELINES = "baselines"
    WEEK = "week"
    DAY = "day"


def run(file: Path, parts: Sequence[Part], tell: Callable[[str], None]) -> Result:
    """Reproduce what was published, then measure ours.

    Args:
        file: The published payments.
        parts: What to run, in this order.
        tell: Told what is being done.

    Raises:
        WrongDataError: The file holds other payments.
        ProtocolError: A split is not the published one.
        ImportFailedError: The file cannot be read.
    """
    result = Result(machine=describe_machine())
    for part in parts:
        start = time.perf_counter()
        tell(f"{part.value} ...")
        PARTS[part](file, result)
        result.seconds[part.value] = round(time.perf_counter() - start, 1)
    return result


def _run_baselines(file: Path, result: Result) -> None:
    payments = Payments.of_history(_history(file, WEEK_SETUP.delay))
    _check_published(payments)
    features = handbook_features(payments)
    result.reproductions = [reproduce(one, payments, features) for one in BASELINES]
    result.verdicts += judge_baselines(result.reproductions)


def _run_week(file: Path, result: Result) -> None:
    trial = _trial(file, WEEK_SETUP)
    for weeks in ALL_FOLDS:
        rows = _agreed_rows(trial, weeks)
        result.week.append(prepare(trial, weeks.test).measure(rows))
    result.verdicts += judge_week(result.week)


def _run_day(file: Path, result: Result) -> None:
    trial = _trial(file, DAY_SETUP)
    for weeks in PUBLISHED.earlier(FOLDS):
        prepared = prepare(trial, weeks.test)
        rows = handbook_split(trial.payments, weeks).test
        result.day.append(prepared.measure(rows))
        blocked = known_as_defrauded(trial.dataset, weeks.train.start_us)[rows]
        result.day_blocked.append(prepared.measure(rows[~blocked]))
    result.verdicts += judge_day(result.day)


PARTS = {Part.BASELINES: _run_baselines, Part.WEEK: _run_week, Part.DAY: _run_day}


def _history(file: Path, delay: timedelta) -> History:
    with TemporaryDirectory() as folder:
        import_handbook(file, Path(folder), delay=delay)
        return History.read(Path(folder))


def _trial(file: Path, setup: Setup) -> Trial:
    history = _history(file, setup.delay)
    payments = Payments.of_history(history)
    _check_published(payments)
    scenario = read_scenarios(file, history)
    return Trial(replay(history), payments, scenario, setup.delay, setup.train_days, setup.config)


def _check_published(payments: Payments) -> None:
    if len(payments) != PAYMENTS:
        raise WrongDataError(f"the file holds {len(payments):,} payments, not {PAYMENTS:,}")
    rows = handbook_split(payments, PUBLISHED).test
    frauds = int(payments.fraud[rows].sum())
    if (len(rows), frauds) != (MEASURED, FRAUDS):
        raise ProtocolError(
            f"the published test has {len(rows):,} payments with {frauds} frauds, "
            f"not {MEASURED:,} with {FRAUDS}"
        )


def _agreed_rows(trial: Trial, weeks: Weeks) -> Ints:
    """The rows that the handbook measures, which the platform's own split gives too."""
    plan = SplitPlan(weeks.train, trial.delay, weeks.test)
    ours = split(trial.dataset, plan, remove_known_accounts=True).test
    rows = handbook_split(trial.payments, weeks).test
    if not np.array_equal(ours, rows):
        raise ProtocolError(
            f"of {weeks.test} the handbook measures {len(rows):,} payments, ours {len(ours):,}"
        )
    return rows
