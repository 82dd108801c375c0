"""That no feature knows what cannot be known when the payment is made."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.stats import rankdata

from training.datasets.dataset import Rows
from training.gates.evidence import Evidence
from training.gates.policy import GatePolicy
from training.gates.report import GateRow

MISSING = -1e30
"""Stands for NaN: missing counts as least."""


def leak_rows(evidence: Evidence, policy: GatePolicy) -> Iterator[GateRow]:
    """No feature alone tells fraud from genuine payments too well, where it learns or later."""
    learned, names = evidence.learned, evidence.dataset.feature_names
    yield _row("leak", evidence.features, evidence.fraud, names, policy)
    yield _row("leak_in_training", learned.features, learned.fraud, names, policy)


def solo_areas(features: Rows, fraud: npt.NDArray[np.bool_]) -> npt.NDArray[Any]:
    """Of each feature alone the area under the ROC curve, float [features], 0.5 to 1.

    That is the statistic of Mann and Whitney (1947) as a share of all pairs.

    Args:
        features: float32 [n, features], NaN for missing.
        fraud: bool [n], with both values in it.
    """
    # Ranks are returned in the type of what is ranked: of many rows float32 cannot tell two.
    ranks = rankdata(np.nan_to_num(features.astype(np.float64), nan=MISSING), axis=0)
    frauds, genuine = int(fraud.sum()), int((~fraud).sum())
    areas = (ranks[fraud].sum(axis=0) - frauds * (frauds + 1) / 2) / (frauds * genuine)
    strongest: npt.NDArray[Any] = np.maximum(areas, 1 - areas)
    return strongest


def _row(
    name: str,
    features: Rows,
    fraud: npt.NDArray[np.bool_],
    names: tuple[str, ...],
    policy: GatePolicy,
) -> GateRow:
    areas = solo_areas(features, fraud)
    worst = int(np.argmax(areas))
    detail = (
        f"`{names[worst]}` alone has an area under the ROC curve of {areas[worst]:.4f}, "
        f"at most {policy.greatest_solo_auc:.4f}"
    )
    return GateRow.at_most(name, float(areas[worst]), policy.greatest_solo_auc, detail)
