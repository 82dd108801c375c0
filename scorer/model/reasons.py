"""Why a payment was not approved: how much probability each reason code's features carry.

By occlusion (Zeiler and Fergus 2014, section 4.2): the features behind a code are set to
what is ordinary and the payment is scored again; the drop is the code's weight.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from features_rs import Contract
from scorer.model.session import ModelSession, Rows

MOST_REASONS = 4


@dataclass(frozen=True, slots=True)
class WeighedReason:
    """A public reason code and the probability that falls away without it."""

    code: str
    weight: float


class Explainer:
    """Weighs the contract's reason codes for one model.

    Args:
        session: The model.
        contract: Gives each feature its reason code.
        reference: float32 [features], what is ordinary.
    """

    def __init__(self, session: ModelSession, contract: Contract, reference: Rows) -> None:
        self._session = session
        self._reference = reference
        code_of = [feature.reason_code for feature in contract.features]
        self._codes = list(dict.fromkeys(code_of))
        self._masks: npt.NDArray[np.bool_] = np.array(
            [[code == own for own in code_of] for code in self._codes]
        )

    def explain(self, row: Rows, probability: float) -> list[WeighedReason]:
        """The codes that carry the probability, weightiest first; at least one, at most four.

        When no code alone lowers the probability, the one that comes nearest is given with
        weight 0: a payment that is not approved always has a reason.

        Args:
            row: float32 [1, features] of the payment.
            probability: What the model gave for it.

        Raises:
            ModelError: The model failed.
        """
        occluded = np.where(self._masks, self._reference, row)
        drops = (probability - self._session.probabilities(occluded)).tolist()
        ranked = sorted(zip(drops, self._codes, strict=True), key=lambda pair: -pair[0])
        reasons = [WeighedReason(code, drop) for drop, code in ranked[:MOST_REASONS] if drop > 0]
        return reasons or [WeighedReason(ranked[0][1], 0.0)]
