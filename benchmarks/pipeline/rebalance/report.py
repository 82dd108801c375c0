"""Shows the result: a table for people, JSON for everything else."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.pipeline.rebalance.jitter import Jitter
from benchmarks.pipeline.rebalance.judge import Finding


@dataclass(frozen=True, slots=True)
class Result:
    """A whole run.

    Args:
        rate: Payments a second at the start.
        produced: Payments that the broker has.
        lost: Of them without a decision.
        doubled: Of them with more than one.
        jitter: Of the host, in the same run.
        findings: One a step.
    """

    rate: float
    produced: int
    lost: int
    doubled: int
    jitter: Jitter
    findings: Sequence[Finding]

    @property
    def is_met(self) -> bool:
        """Whether nothing was lost or doubled, and no bar missed."""
        missed = any(finding.outcome == "missed" for finding in self.findings)
        return not (missed or self.lost or self.doubled) and self.produced > 0


def print_result(result: Result, console: Console) -> None:
    """Print the table and what was conserved."""
    jitter = result.jitter
    table = Table(title="Waits of a partition, ms")
    for heading in ("step", "workers", "longest wait", "began after", "bar", ""):
        table.add_column(heading)
    for finding in result.findings:
        bar = "" if finding.bar_ms is None else f"{finding.bar_ms:.0f}"
        workers = ", ".join(finding.act.workers)
        wait, began = f"{finding.longest_ms:.0f}", f"{finding.began_ms:.0f}"
        table.add_row(finding.act.kind, workers, wait, began, bar, finding.outcome)
    console.print(table)
    console.print(
        f"{result.produced:,} payments from {result.rate:.0f}/s: {result.lost} lost, "
        f"{result.doubled} decided twice. Meanwhile a sleep of 5 ms took {jitter.p50_ms:.1f} ms "
        f"longer at P50, {jitter.p99_ms:.1f} at P99, {jitter.longest_ms:.1f} at most."
    )


def write_result(result: Result, path: Path) -> None:
    """Write every figure as JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(asdict(result), indent=1) + "\n")
