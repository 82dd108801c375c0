"""That it comes from the data it says it comes from."""

from training.gates.evidence import Evidence
from training.gates.policy import GatePolicy
from training.gates.report import GateRow


def reproduced_row(evidence: Evidence, policy: GatePolicy) -> GateRow:
    """Trained again from its run's own data and parameters, it is the same file.

    Training is deterministic, so nothing that it learned besides can hide.
    """
    name = "reproduced"
    if evidence.reproduction is None:
        if policy.reproduced:
            return GateRow.refusing(name, "it was not trained again, which is asked for")
        return GateRow.skipping(name, "it was not trained again")
    if evidence.reproduction:
        return GateRow.refusing(name, "trained again, " + "; ".join(evidence.reproduction))
    return GateRow.passing(name, "trained again, the model file is the same")
