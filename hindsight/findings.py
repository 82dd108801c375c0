"""What was found out about decisions, as rows."""

from dataclasses import dataclass, field
from typing import Final

from hindsight.decided import Decided
from scorer.recorder.column import Row

EXPLANATION: Final = (
    "transaction_id",
    "model_digest",
    "model_version",
    "contract_digest",
    "decided_at",
    "base_value",
    "margin",
    "contributions",
)
SHADOW_PREDICTION: Final = (
    "transaction_id",
    "model_digest",
    "model_version",
    "probability",
    "decision",
    "review_threshold",
    "decline_threshold",
    "decided_at",
)


@dataclass(frozen=True, slots=True)
class Unexplained:
    """A decision that has no explanation, and why."""

    decided: Decided
    reason: str


@dataclass(frozen=True, slots=True)
class Findings:
    """What one transaction writes.

    Args:
        explanations: Rows of ``explanations``, see :data:`EXPLANATION`.
        shadow_predictions: Rows of ``shadow_predictions``, see :data:`SHADOW_PREDICTION`.
        unexplained: Decisions that are only counted.
    """

    explanations: list[Row] = field(default_factory=list)
    shadow_predictions: list[Row] = field(default_factory=list)
    unexplained: list[Unexplained] = field(default_factory=list)

    def only(self, transaction_id: str) -> "Findings":
        """Those on one payment."""
        return Findings(
            [row for row in self.explanations if row[0] == transaction_id],
            [row for row in self.shadow_predictions if row[0] == transaction_id],
            [each for each in self.unexplained if each.decided.transaction_id == transaction_id],
        )
