"""What a model must prove before it serves."""

import numpy as np

from scorer.errors import GoldenRowsError
from scorer.model.bundle import ModelBundle
from scorer.model.session import ModelSession

WARM_UP_ROUNDS = 3


def verify_golden_rows(bundle: ModelBundle, session: ModelSession) -> None:
    """Run the golden rows, each alone as payments come, and compare.

    This also warms the session up: the first runs allocate.

    Raises:
        GoldenRowsError: A probability is off by more than the bundle's tolerance.
        ModelError: The model failed.
    """
    for _ in range(WARM_UP_ROUNDS):
        session.probabilities(bundle.golden_rows)
    found = [session.probability(row[np.newaxis]) for row in bundle.golden_rows]
    difference = np.abs(np.asarray(found) - bundle.golden_probabilities)
    worst = int(np.argmax(difference))
    # Written so that a NaN anywhere fails.
    if not difference[worst] <= bundle.manifest.probability_tolerance:
        raise GoldenRowsError(
            f"golden row {worst} gives {found[worst]:.6f}, was saved with "
            f"{bundle.golden_probabilities[worst]:.6f} "
            f"(tolerance {bundle.manifest.probability_tolerance:g})"
        )
