"""What must hold for the demo to have worked, each with what was seen."""

from dataclasses import dataclass

from fraud.demo.outcome import Outcome
from fraud.demo.plan import DemoPlan
from fraud.loadgen import LoadReport


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the verdict."""

    claim: str
    seen: str
    holds: bool


def checks_of(plan: DemoPlan, report: LoadReport, outcome: Outcome, recorded: int) -> list[Check]:
    """Judge a run.

    Args:
        plan: What was to be done.
        report: Of the load client.
        outcome: Of its answers.
        recorded: Rows in PostgreSQL.
    """
    score, answers = report.score, report.answers
    caught = sum(outcome.caught.values())
    faults = answers.mismatched + answers.degraded + answers.duplicates
    return [
        Check(
            "every payment was sent and answered",
            f"{score.answered:,} of {plan.payments:,}",
            score.answered == plan.payments and score.failed == 0 and score.over_limit == 0,
        ),
        Check("every answer is the model's own, to its payment", f"{faults} others", faults == 0),
        Check(
            "rows in PostgreSQL = calls answered",
            f"{recorded:,} = {score.answered:,}",
            recorded == score.answered,
        ),
        Check(
            f"recall of the live frauds >= {plan.recall_bar:.0%}",
            f"{outcome.recall:.1%}",
            caught > 0 and outcome.recall >= plan.recall_bar,
        ),
        Check(
            f"false-positive rate <= {plan.fpr_bar:.0%}",
            f"{outcome.false_positive_rate:.2%}",
            outcome.false_positive_rate <= plan.fpr_bar,
        ),
        Check(
            "a declined fraud can be explained",
            outcome.shown.transaction_id if outcome.shown else "none was declined",
            outcome.shown is not None,
        ),
    ]
