"""That it finds more fraud, and bothers no more honest people."""

import numpy as np
import numpy.typing as npt

from training.gates.evidence import Evidence
from training.gates.policy import GatePolicy
from training.gates.report import GateRow
from training.gates.scored import Match, Scored

SEED = 20_180_401


def recall_row(
    candidate: Scored, match: Match | None, evidence: Evidence, policy: GatePolicy
) -> GateRow:
    """Its recall at the champion's false-positive rate is higher, and not by chance.

    A paired bootstrap over the frauds of the holdout, one-sided (Efron and Tibshirani 1993,
    chapter 13): both thresholds are held at the champion's rate, and the lower bound of the gain
    must be above zero.
    """
    if match is None:
        return _first_recall_row(candidate, evidence, policy)
    mine, theirs = match.mine, match.theirs
    lower = _lower_bound(mine.astype(np.int8) - theirs.astype(np.int8), policy)
    detail = (
        f"recall {mine.mean():.4f} to the champion's {theirs.mean():.4f} at its false-positive "
        f"rate of {match.fpr:.4%}; the gain is at least {lower:+.4f} with {policy.confidence:.0%} "
        f"confidence over {len(mine)} frauds"
    )
    return GateRow.above("recall", lower, 0.0, detail)


def fpr_row(candidate: Scored, evidence: Evidence, policy: GatePolicy) -> GateRow:
    """At its own review threshold few genuine payments are stopped."""
    found = float(candidate.flagged[~evidence.fraud].mean())
    threshold = candidate.bundle.manifest.review_threshold
    detail = (
        f"{found:.3%} of genuine payments reach the review threshold {threshold:.4f}, "
        f"must be below {policy.greatest_fpr:.3%}"
    )
    return GateRow.below("false_positive_rate", found, policy.greatest_fpr, detail)


def _first_recall_row(candidate: Scored, evidence: Evidence, policy: GatePolicy) -> GateRow:
    """Without a champion it must be better than chance."""
    fraud = evidence.fraud
    fpr = float(candidate.flagged[~fraud].mean())
    caught = candidate.flagged[fraud]
    lower = _lower_bound(caught.astype(np.int8), policy)
    detail = (
        f"there is no champion: recall {caught.mean():.4f}, at least {lower:.4f} with "
        f"{policy.confidence:.0%} confidence, must exceed its false-positive rate {fpr:.4%}"
    )
    return GateRow.above("recall", lower, fpr, detail)


def _lower_bound(gains: npt.NDArray[np.int8], policy: GatePolicy) -> float:
    """One-sided lower bound of the mean of the gains of single frauds, percentile bootstrap."""
    count = len(gains)
    draws = np.random.default_rng(SEED).multinomial(
        count, np.full(count, 1 / count), policy.bootstrap_rounds
    )
    means = draws @ gains / count
    return float(np.quantile(means, 1 - policy.confidence))
