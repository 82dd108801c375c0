"""That it has learned from the training days alone."""

from training.gates.evidence import Evidence
from training.gates.gain import Gain
from training.gates.policy import GatePolicy
from training.gates.report import GateRow
from training.gates.scored import Scored


def memory_row(candidate: Scored, evidence: Evidence, policy: GatePolicy) -> GateRow:
    """What it knows better than an honest twin, it knows on other days as well.

    A model that has learned the holdout is surprised by it much less than one that has not; on the
    days of the gap, which it has not learned, it is as surprised as any.
    """
    name = "holdout_by_heart"
    if not evidence.dataset.fraud[evidence.gap].any():
        return GateRow.skipping(name, "the gap before the holdout has no frauds to compare with")
    on_holdout = Gain.over_twin(evidence, evidence.holdout, candidate.holdout)
    on_gap = Gain.over_twin(evidence, evidence.gap, candidate.gap)
    lower = on_holdout.less(on_gap).at_least(policy.memory_confidence)
    detail = (
        f"it spares {on_holdout.share:+.1%} of the log loss of an honest twin on the holdout, "
        f"{on_gap.share:+.1%} in the gap: at least {lower:+.1%} more with "
        f"{policy.memory_confidence:.0%} confidence, at most {policy.greatest_memory:+.1%}"
    )
    return GateRow.at_most(name, lower, policy.greatest_memory, detail)


def plausible_row(candidate: Scored, evidence: Evidence, policy: GatePolicy) -> GateRow:
    """It is not better than the same rows can make a model: then it has learned from others.

    How much better a model gets that has learned the gap and the holdout by heart is measured: a
    twin is fitted that has. What is left to an honest one is a share of that.
    """
    gain = Gain.over_twin(evidence, evidence.holdout, candidate.holdout)
    lying = evidence.liar.probabilities(evidence.features)
    by_heart = Gain.over_twin(evidence, evidence.holdout, lying).share
    lower = gain.at_least(policy.memory_confidence)
    bound = max(policy.least_gain, policy.greatest_gain * by_heart)
    detail = (
        f"it spares at least {lower:+.1%} of the log loss of an honest twin of the same training "
        f"rows with {policy.memory_confidence:.0%} confidence, a twin that has learned the holdout "
        f"{by_heart:+.1%}; at most {bound:+.1%}"
    )
    return GateRow.at_most("plausible", lower, bound, detail)
