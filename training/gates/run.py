"""The gate: a candidate, what serves now, and payments nobody trained on; a report comes out."""

from collections.abc import Iterator

from scorer.errors import ModelError
from scorer.model.bundle import ModelBundle
from training.gates.checks.calibration import calibration_row, skill_row
from training.gates.checks.cost import latency_row, size_row
from training.gates.checks.detection import fpr_row, recall_row
from training.gates.checks.groups import group_rows
from training.gates.checks.identity import champion_row, contract_row, golden_rows_row, unseen_row
from training.gates.checks.leak import leak_rows
from training.gates.checks.live import live_row
from training.gates.checks.memory import memory_row, plausible_row
from training.gates.checks.reproduction import reproduced_row
from training.gates.evidence import Evidence
from training.gates.policy import GatePolicy
from training.gates.report import GateReport, GateRow
from training.gates.scored import Match, Scored


def judge(
    candidate: ModelBundle,
    champion: ModelBundle | None,
    evidence: Evidence,
    policy: GatePolicy | None = None,
) -> GateReport:
    """Run every check; none is left out because another refused.

    Args:
        candidate: As it would serve.
        champion: What serves now; None for the first version, whose comparisons do not apply.
        evidence: The holdout.
        policy: The bounds.

    Raises:
        ModelError: The champion does not run.
        MetricsError: The holdout holds no fraud, or nothing else.
    """
    policy = policy or GatePolicy()
    rows = [
        contract_row(candidate),
        golden_rows_row(candidate),
        unseen_row(candidate, evidence.period),
        champion_row(champion, evidence.period),
        reproduced_row(evidence, policy),
        size_row(candidate, policy),
        *leak_rows(evidence, policy),
        live_row(evidence, policy),
    ]
    rows += _scored_rows(candidate, champion, evidence, policy)
    return GateReport(
        rows=tuple(rows),
        candidate_digest=candidate.manifest.model_sha256,
        champion_digest=None if champion is None else champion.manifest.model_sha256,
        dataset_id=evidence.dataset_id,
        holdout=str(evidence.period),
    )


def _scored_rows(
    candidate: ModelBundle, champion: ModelBundle | None, evidence: Evidence, policy: GatePolicy
) -> Iterator[GateRow]:
    """The checks that need its answers."""
    theirs = None if champion is None else Scored.of(champion, evidence)
    try:
        mine = Scored.of(candidate, evidence)
    except ModelError as exc:
        yield GateRow.refusing("runs", str(exc))
        return
    match = None if theirs is None else Match.of(mine, theirs, evidence)
    yield recall_row(mine, match, evidence, policy)
    yield fpr_row(mine, evidence, policy)
    yield calibration_row(mine, theirs, evidence, policy)
    yield skill_row(mine, evidence)
    yield memory_row(mine, evidence, policy)
    yield plausible_row(mine, evidence, policy)
    yield from group_rows(match, evidence, policy)
    yield latency_row(candidate, champion, policy)
