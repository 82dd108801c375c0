"""Draws the reference of a model from what it was trained and measured on."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from training.datasets.dataset import Dataset, Index, Rows
from training.datasets.split import Split, known_as_defrauded
from training.drift.decay import Caught
from training.drift.distance import is_discrete
from training.drift.reference import FILE, PROBABILITY, Reference, ReferenceFacts
from training.drift.variation import Variation, days_held
from training.drift.weekday import weekday_of

MOST_ROWS: Final = 30_000
MATURITY: Final = timedelta(days=7)
"""How long a label is waited for: a payment that none came for in so long is genuine."""

type Score = Callable[[Index], npt.NDArray[Any]]
"""Rows of the dataset -> their probabilities of fraud."""


def write_reference(
    folder: Path, dataset: Dataset, split: Split, score: Score, review_threshold: float
) -> None:
    """Draw the reference of a model and write it as ``folder/reference.parquet``.

    Args:
        folder: Is made; it goes to the run's artifacts as ``drift``.
        dataset: Holds all days from the training to the holdout.
        split: Which rows the model has learned, and which it was measured on.
        score: The model as it serves.
        review_threshold: Its operating point.

    Raises:
        OSError: It cannot be written.
    """
    make_reference(dataset, split, score, review_threshold).write(folder / FILE)


def make_reference(
    dataset: Dataset,
    split: Split,
    score: Score,
    review_threshold: float,
    *,
    most_rows: int = MOST_ROWS,
) -> Reference:
    """Half of the rows are of the training, half of the days after it, evenly over time.

    All payments count, those of known accounts too, as live they come too; but for what flagging
    did, see :class:`training.datasets.split.Split`. The days of the gap are of the reference as
    well: they were not learned either, so their probabilities tell what is ordinary.

    Args:
        dataset: See :func:`write_reference`.
        split: See there.
        score: See there.
        review_threshold: See there.
        most_rows: That are kept.
    """
    plan = split.plan
    times = dataset.history.event_time_us
    unseen = np.flatnonzero((times >= plan.train.end_us) & (times < plan.test.end_us))
    probability = np.full(len(dataset), np.nan, np.float32)
    probability[unseen] = score(unseen)
    rows = np.concatenate([split.train, unseen])
    names, features, days = dataset.feature_names, dataset.features[rows], dataset.day[rows]
    discrete = frozenset(name for at, name in enumerate(names) if is_discrete(features[:, at]))
    own = _variation(names, features, days, discrete)
    own[PROBABILITY] = Variation.of(
        probability[unseen], days_held(dataset.day[unseen]), discrete=False
    )
    facts = ReferenceFacts(
        contract_digest=dataset.contract_digest,
        days=f"train {plan.train}, holdout {plan.test}",
        payments=len(rows),
        discrete=discrete,
        variation=own,
        caught=_caught(dataset, split, probability >= review_threshold),
    )
    half = most_rows // 2
    kept = np.concatenate(
        [_spread(len(split.train), half), len(split.train) + _spread(len(unseen), half)]
    )
    return Reference(facts, names, features[kept], probability[rows[kept]], weekday_of(days[kept]))


def _caught(dataset: Dataset, split: Split, flagged: npt.NDArray[np.bool_]) -> Caught:
    """On the holdout by what was known after the maturity, as live: the rest is genuine."""
    rows = dataset.rows_in(split.plan.test)
    rows = rows[~known_as_defrauded(dataset, split.plan.train.start_us)[rows]]
    wait_us = MATURITY // timedelta(microseconds=1)
    history = dataset.history
    known = history.known_at_us[rows] <= history.event_time_us[rows] + wait_us
    return Caught.of(dataset.account_codes[rows], dataset.fraud[rows] & known, flagged[rows])


def _variation(
    names: tuple[str, ...], features: Rows, days: Index, discrete: frozenset[str]
) -> dict[str, Variation]:
    held = days_held(days)
    return {
        name: Variation.of(features[:, at], held, discrete=name in discrete)
        for at, name in enumerate(names)
    }


def _spread(rows: int, most: int) -> Index:
    """At most ``most`` positions of ``rows``."""
    return np.linspace(0, rows - 1, min(rows, most)).round().astype(np.int64)
