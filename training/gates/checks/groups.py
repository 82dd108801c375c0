"""That what is better overall is not worse for some."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
from scipy.stats import binomtest

from fraud.v1.label_pb2 import FraudKind
from training.gates.evidence import Evidence
from training.gates.policy import GatePolicy
from training.gates.report import GateRow
from training.gates.scored import Match
from training.quality.bands import BANDS, band_of

type Mask = npt.NDArray[np.bool_]


def group_rows(match: Match | None, evidence: Evidence, policy: GatePolicy) -> Iterator[GateRow]:
    """A row for each kind of fraud and each amount band that has frauds."""
    if match is None:
        yield GateRow.skipping("groups", "there is no champion that a group could lose against")
        return
    for name, members in _groups(evidence):
        yield _group_row(name, match.mine[members], match.theirs[members], policy)


def _groups(evidence: Evidence) -> Iterator[tuple[str, Mask]]:
    fraud = evidence.fraud
    kinds, bands = evidence.kind[fraud], band_of(evidence.amounts[fraud])
    for number in np.unique(kinds).tolist():
        name = FraudKind.Name(number).removeprefix("FRAUD_KIND_").lower()
        yield f"kind_{name}", kinds == number
    for number in np.unique(bands).tolist():
        yield f"amount_{BANDS[number].name}", bands == number


def _group_row(name: str, mine: Mask, theirs: Mask, policy: GatePolicy) -> GateRow:
    """Refused when the loss exceeds the bound and is not chance.

    The exact sign test over the frauds that only one of the two catches (McNemar 1947).
    """
    loss = float(theirs.mean() - mine.mean())
    lost, won = int((theirs & ~mine).sum()), int((mine & ~theirs).sum())
    p_value = binomtest(lost, lost + won, alternative="greater").pvalue if lost + won else 1.0
    detail = (
        f"recall {mine.mean():.4f} to the champion's {theirs.mean():.4f} over {len(mine)} frauds: "
        f"{lost} lost, {won} won (p = {p_value:.3f})"
    )
    if p_value >= policy.group_significance:
        return GateRow.passing(name, detail)
    return GateRow.at_most(name, loss, policy.greatest_group_loss, detail)
