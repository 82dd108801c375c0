"""That it has been seen on live payments."""

from training.gates.evidence import Evidence
from training.gates.policy import GatePolicy
from training.gates.report import GateRow


def live_row(evidence: Evidence, policy: GatePolicy) -> GateRow:
    """As a shadow it scored enough payments whose labels are known."""
    if policy.live_payments == 0:
        return GateRow.skipping("live_payments", "none are asked for")
    found, wanted = evidence.live_payments, policy.live_payments
    detail = f"{found:,} live payments with known labels scored as a shadow, at least {wanted:,}"
    return GateRow.at_least("live_payments", found, wanted, detail)
