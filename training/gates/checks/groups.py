"""That what is better overall is not worse for some."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
from scipy.stats import binomtest

from fraud.v1.label_pb2 import FraudKind
from training.gates.evidence import Evidence, Scored
from training.gates.policy import GatePolicy
from training.gates.report import GateRow
from training.quality.bands import BANDS, band_of

type Mask = npt.NDArray[np.bool_]


def group_rows(
    candidate: Scored, champion: Scored | None, evidence: Evidence, policy: GatePolicy
) -> Iterator[GateRow]:
    """A row for each kind of fraud and each amount band that has frauds."""
    if champion is None:
        yield GateRow.skipped("groups", "there is no champion that a group could lose against")
        return
    fraud = evidence.fraud
    fpr = float(champion.flagged[~fraud].mean())
    mine, theirs = candidate.caught_at(fpr, fraud), champion.caught_at(fpr, fraud)
    for name, members in _groups(evidence):
        yield _group_row(name, mine[members], theirs[members], policy)


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
        return GateRow.passed(name, detail)
    return GateRow.at_most(name, loss, policy.greatest_group_loss, detail)
