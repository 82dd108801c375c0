"""The gate before registration: what serves must score as what was trained."""

from dataclasses import dataclass

import numpy as np

from scorer.decision import DecisionPolicy
from scorer.errors import ModelError
from scorer.model.bundle import ModelBundle
from scorer.model.session import ModelSession
from scorer.model.verify import verify_golden_rows
from training.datasets.dataset import Rows
from training.errors import ParityError
from training.models.trained import Trained


@dataclass(frozen=True, slots=True)
class ParityReport:
    """What was compared.

    Args:
        rows: How many.
        rows_with_missing: How many of them had a NaN.
        greatest_difference: Of the two probabilities, over all rows.
    """

    rows: int
    rows_with_missing: int
    greatest_difference: float


def prove_parity(bundle: ModelBundle, model: Trained, rows: Rows) -> ParityReport:
    """Score rows with the bundle, through the class that serves it, and with the trained model.

    Args:
        bundle: As read back from disk.
        model: What it was exported from.
        rows: float32 [k, features], NaN for missing.

    Raises:
        ParityError: A probability differs by more than the bundle's tolerance, or a decision.
    """
    try:
        session = ModelSession(bundle.model)
        verify_golden_rows(bundle, session)
        served = session.probabilities(rows)
    except ModelError as exc:
        raise ParityError(f"the bundle would not serve: {exc}") from exc
    trained = model.probabilities(rows)
    difference = np.abs(served.astype(np.float64) - trained)
    worst = int(np.argmax(difference))
    # Written so that a NaN anywhere fails.
    if not difference[worst] <= bundle.manifest.probability_tolerance:
        raise ParityError(
            f"row {worst} of {len(rows)} is served as {served[worst]:.7f}, was trained as "
            f"{trained[worst]:.7f} (tolerance {bundle.manifest.probability_tolerance:g})"
        )
    _compare_decisions(bundle, served, trained)
    missing = int(np.isnan(rows).any(axis=1).sum())
    return ParityReport(len(rows), missing, float(difference[worst]))


def _compare_decisions(bundle: ModelBundle, served: Rows, trained: Rows) -> None:
    policy = DecisionPolicy(bundle.manifest.review_threshold, bundle.manifest.decline_threshold)
    differ = [
        row
        for row, (one, other) in enumerate(zip(served.tolist(), trained.tolist(), strict=True))
        if policy.decide(one) != policy.decide(other)
    ]
    if differ:
        row = differ[0]
        raise ParityError(
            f"{len(differ)} of {len(served)} rows are decided differently, such as row {row}: "
            f"{served[row]:.7f} served, {trained[row]:.7f} trained"
        )
