"""Draws the reference of a model from what it was trained and measured on."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from training.datasets.dataset import Dataset, Index, Rows
from training.datasets.split import Split
from training.drift.decay import Caught
from training.drift.distance import is_discrete
from training.drift.reference import PROBABILITY, Reference, ReferenceFacts
from training.drift.variation import own_variation
from training.drift.weekday import weekday_of

MOST_ROWS: Final = 20_000
MATURITY: Final = timedelta(days=7)

type Score = Callable[[Index], npt.NDArray[Any]]
"""Rows of the dataset -> their probabilities of fraud."""


def make_reference(
    dataset: Dataset,
    sides: Split,
    score: Score,
    *,
    review_threshold: float,
    model_sha256: str,
    most_rows: int = MOST_ROWS,
) -> Reference:
    """Half of the rows are of the training, half of the holdout, evenly over time.

    All of the holdout's payments count, those of known accounts too, as live they come too; but
    for recall and precision, see :class:`training.datasets.split.Split`.

    Args:
        dataset: Holds both sides.
        sides: Which rows they are.
        score: The model.
        review_threshold: Its operating point.
        model_sha256: Of its ONNX file.
        most_rows: That are kept.
    """
    holdout = dataset.rows_in(sides.plan.test)
    seen = np.concatenate([sides.train, holdout])
    features = dataset.features[seen]
    names = dataset.feature_names
    discrete = frozenset(name for at, name in enumerate(names) if is_discrete(features[:, at]))
    scores = np.concatenate(
        [np.full(len(sides.train), np.nan, np.float32), score(holdout).astype(np.float32)]
    )
    caught = _caught(dataset, sides.test, score(sides.test) >= review_threshold)
    facts = ReferenceFacts(
        contract_digest=dataset.contract_digest,
        model_sha256=model_sha256,
        days=f"train {sides.plan.train}, holdout {sides.plan.test}",
        payments=len(seen),
        discrete=discrete,
        own_variation=_variation(names, features, scores, dataset.day[seen], discrete),
        maturity_days=MATURITY / timedelta(days=1),
        recall=caught.recall,
        precision=caught.precision,
    )
    half = most_rows // 2
    kept = np.concatenate(
        [_spread(len(sides.train), half), len(sides.train) + _spread(len(holdout), half)]
    )
    weekday = weekday_of(dataset.day[seen][kept])
    return Reference(facts, names, features[kept], scores[kept], weekday)


def _caught(dataset: Dataset, rows: Index, flagged: npt.NDArray[np.bool_]) -> Caught:
    """By what was known after the maturity, as live: what is reported later is genuine."""
    wait_us = MATURITY // timedelta(microseconds=1)
    history = dataset.history
    known = history.known_at_us[rows] <= history.event_time_us[rows] + wait_us
    return Caught.of(dataset.account_codes[rows], dataset.fraud[rows] & known, flagged)


def _variation(
    names: tuple[str, ...],
    features: Rows,
    scores: npt.NDArray[np.float32],
    days: Index,
    discrete: frozenset[str],
) -> dict[str, float]:
    found = {
        name: own_variation(features[:, at], days, discrete=name in discrete)
        for at, name in enumerate(names)
    }
    unseen = ~np.isnan(scores)
    found[PROBABILITY] = own_variation(scores[unseen], days[unseen], discrete=False)
    return found


def _spread(rows: int, most: int) -> Index:
    """At most ``most`` positions of ``rows``."""
    return np.linspace(0, rows - 1, min(rows, most)).round().astype(np.int64)
