"""That what it knows could be known when the payment was made."""

import numpy as np
from sklearn.metrics import average_precision_score, roc_auc_score

from training.gates.evidence import Evidence, Scored
from training.gates.policy import GatePolicy
from training.gates.report import GateRow


def leak_row(evidence: Evidence, policy: GatePolicy) -> GateRow:
    """No feature alone tells fraud from genuine payments too well; missing counts as least."""
    fraud, features = evidence.fraud, np.nan_to_num(evidence.features, nan=-1e30)
    names = evidence.dataset.feature_names
    areas = [float(roc_auc_score(fraud, column)) for column in features.T]
    both = [max(area, 1 - area) for area in areas]
    worst = int(np.argmax(both))
    detail = f"`{names[worst]}` alone has an area under the ROC curve of {both[worst]:.4f}"
    return GateRow.at_most("leak", both[worst], policy.greatest_solo_auc, detail)


def memory_row(
    candidate: Scored, champion: Scored | None, evidence: Evidence, policy: GatePolicy
) -> GateRow:
    """It does no better on the holdout than on other days that nobody trained on.

    A model that has learned the holdout by heart finds its frauds with a precision that it does
    not have on the days of the gap, whatever its manifest says.
    """
    name, gap_fraud = "holdout_by_heart", evidence.dataset.fraud[evidence.gap]
    if not gap_fraud.any():
        return GateRow.skipping(name, "the gap before the holdout has no frauds to compare with")
    mine = _excess(candidate, evidence)
    usual = 0.0 if champion is None else max(0.0, _excess(champion, evidence))
    bound = usual + policy.greatest_memory
    detail = (
        f"average precision on the holdout is {mine:+.4f} beside that on the gap, "
        f"the champion's {usual:+.4f}; at most {bound:+.4f}"
    )
    return GateRow.at_most(name, mine, bound, detail)


def _excess(scored: Scored, evidence: Evidence) -> float:
    on_holdout = average_precision_score(evidence.fraud, scored.holdout)
    on_gap = average_precision_score(evidence.dataset.fraud[evidence.gap], scored.gap)
    return float(on_holdout - on_gap)
