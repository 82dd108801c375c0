"""What models answer to the evidence, and both at one operating point."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from scorer.model.bundle import ModelBundle
from training.datasets.dataset import Rows
from training.gates.evidence import Evidence
from training.quality.evaluate import bundle_probabilities
from training.quality.metrics import caught_above


@dataclass(frozen=True, eq=False)
class Scored:
    """A model's answers.

    Args:
        bundle: The model.
        holdout: float32 [k], its probabilities on the holdout.
        gap: The same on the gap.
    """

    bundle: ModelBundle
    holdout: Rows
    gap: Rows

    @classmethod
    def of(cls, bundle: ModelBundle, evidence: Evidence) -> "Scored":
        """Score the evidence as a scorer would.

        Raises:
            ModelError: The bundle does not run.
        """
        rows = np.concatenate([evidence.holdout, evidence.gap])
        probabilities = bundle_probabilities(bundle, evidence.dataset, rows)
        return cls(bundle, *np.split(probabilities, [len(evidence.holdout)]))

    @property
    def flagged(self) -> npt.NDArray[np.bool_]:
        """Bool [k], what it reviews or declines of the holdout."""
        return self.holdout >= self.bundle.manifest.review_threshold


@dataclass(frozen=True, eq=False)
class Match:
    """Candidate and champion where both stop as many genuine payments as the champion does.

    Args:
        fpr: Share of the holdout's genuine payments that the champion stops.
        mine: bool [frauds], which frauds of the holdout the candidate catches there.
        theirs: Which the champion does.
    """

    fpr: float
    mine: npt.NDArray[np.bool_]
    theirs: npt.NDArray[np.bool_]

    @classmethod
    def of(cls, candidate: Scored, champion: Scored, evidence: Evidence) -> "Match":
        """Hold both at the same rate."""
        fraud = evidence.fraud
        stopped, payments = int(champion.flagged[~fraud].sum()), int((~fraud).sum())
        # Of a champion that stops everybody there is no higher rate to look above.
        genuine = min(stopped, payments - 1)
        return cls(
            stopped / payments,
            caught_above(fraud, candidate.holdout, genuine),
            caught_above(fraud, champion.holdout, genuine),
        )
