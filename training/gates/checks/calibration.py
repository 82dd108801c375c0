"""That its probabilities can be read as such."""

import numpy as np

from training.datasets.dataset import Rows
from training.gates.evidence import Evidence
from training.gates.gain import log_losses
from training.gates.policy import GatePolicy
from training.gates.report import GateRow
from training.gates.scored import Scored
from training.quality.calibration import calibration_error


def calibration_row(
    candidate: Scored, champion: Scored | None, evidence: Evidence, policy: GatePolicy
) -> GateRow:
    """What it tells too much or too little is little more than an honest twin does.

    As a share of the frauds: of all payments it would be as small a share as frauds are, and a
    constant zero would keep to any bound above their rate. The twin has learned the same labels,
    so that what they lack, since they come late or never, is nobody's fault.
    """
    found = _relative_error(candidate.holdout, evidence)
    usual = _relative_error(evidence.learned.twin.probabilities(evidence.features), evidence)
    bound = min(policy.greatest_calibration_error, usual + policy.calibration_slack)
    beside = f", an honest twin's {usual:.1%}"
    if champion is not None and usual > policy.greatest_calibration_error:
        # The holdout is another world: who keeps to the bound there does so by chance.
        theirs = _relative_error(champion.holdout, evidence)
        bound = max(bound, theirs)
        beside += f", the champion's {theirs:.1%}"
    detail = f"expected calibration error of {found:.1%} of the frauds{beside}, at most {bound:.1%}"
    return GateRow.at_most("calibration", found, bound, detail)


def skill_row(candidate: Scored, evidence: Evidence) -> GateRow:
    """Its probabilities say more than the fraud rate does."""
    fraud = evidence.fraud
    rate = np.full(len(fraud), fraud.mean())
    mine, usual = (float(log_losses(fraud, told).mean()) for told in (candidate.holdout, rate))
    detail = f"log loss {mine:.5f}, that of the fraud rate alone {usual:.5f}"
    return GateRow.above("skill", 1 - mine / usual, 0.0, detail)


def _relative_error(probabilities: Rows, evidence: Evidence) -> float:
    error = calibration_error(evidence.fraud, probabilities)
    return error / float(evidence.fraud.mean())
