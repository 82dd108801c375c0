"""``fraud gate``: whether a model version may decide payments."""

from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from fraud.cli.detection import step_bars, told_errors
from fraud.cli.governed import open_registry
from fraud.cli.recorded import recorded
from fraud.settings import Settings, load_settings
from hindsight.reports.shadow import known_live_payments
from scorer.recorder.connection import connect
from training.datasets.period import Period, parse_duration
from training.gates.evidence import Evidence
from training.gates.gather import gather
from training.gates.policy import GatePolicy
from training.gates.report import GateReport, Verdict
from training.gates.run import judge
from training.registry.admission import MODEL_DIGEST
from training.registry.gate import Contest, fetch_version, keep_report
from training.registry.runs import RecordedRun
from training.registry.versions import Version
from training.reproduce import reproduce as run_again

app = typer.Typer(add_completion=False)

REFUSED: Final = 1
"""Exit code; errors have another."""
COLOURS: Final = {
    Verdict.PASSED: "green",
    Verdict.REFUSED: "bold red",
    Verdict.NOT_APPLICABLE: "dim",
}


@app.command()
def gate(
    version: Annotated[str, typer.Argument(help="Number of the version, or an alias.")],
    dataset: Annotated[
        Path, typer.Option("--dataset", help="Folder of the data set, built or not.")
    ],
    holdout: Annotated[
        str | None,
        typer.Option(help="Days to measure on, A..B.", show_default="as built, or last seven"),
    ] = None,
    gap: Annotated[
        str | None, typer.Option(help="From training to them.", show_default="7d")
    ] = None,
    live_payments: Annotated[
        int, typer.Option(min=0, help="Payments with known labels it must have shadowed.")
    ] = 0,
    reproduce: Annotated[
        bool, typer.Option("--reproduce", help="Train it again: the same model must come out.")
    ] = False,
    keep_known_accounts: Annotated[
        bool, typer.Option("--keep-known-accounts", help="Measure on accounts known as defrauded.")
    ] = False,
) -> None:
    """Judge a version beside the champion; exit code 1 if it may not decide payments."""
    policy = GatePolicy(live_payments=live_payments, reproduced=reproduce)
    with told_errors(), step_bars() as progress:
        days = Period.parse(holdout) if holdout else None
        evidence = gather(
            dataset,
            progress,
            holdout=days,
            gap=parse_duration(gap) if gap else None,
            keep_known_accounts=keep_known_accounts,
        )
    report = _judge(version, evidence, policy, dataset)
    Console().print(report_table(report, f"version {version} on {report.holdout}"))
    if not report.passed:
        raise typer.Exit(REFUSED)


def _judge(version: str, evidence: Evidence, policy: GatePolicy, folder: Path) -> GateReport:
    """Compare, and keep the report with the version."""
    settings = load_settings()
    with open_registry() as server:
        contest = Contest.of(server, version)
        candidate = fetch_version(settings.registry, contest.candidate.number)
        beside = contest.champion and fetch_version(settings.registry, contest.champion)
        digest = candidate.manifest.model_sha256
        evidence = replace(evidence, live_payments=_live_payments(settings, digest, policy))
        if policy.reproduced:
            again = _trained_again(settings, contest.candidate, digest, folder)
            evidence = replace(evidence, reproduction=again)
        report = judge(candidate, beside or None, evidence, policy)
        keep_report(settings.registry, server, contest.candidate, report)
    return report


def _live_payments(settings: Settings, model_digest: str, policy: GatePolicy) -> int:
    """What it shadowed, where that is recorded; it must be, if it is asked for."""
    if settings.recorder.dsn is None and not policy.live_payments:
        return 0
    with recorded() as dsn, closing(connect(dsn, "fraud-gate")):
        return known_live_payments(dsn, model_digest)


def _trained_again(
    settings: Settings, version: Version, model_digest: str, folder: Path
) -> tuple[str, ...]:
    """What is otherwise when its run is run again, or when the run's model is not this one."""
    with step_bars() as progress:
        found = run_again(settings.registry, version.run_id, folder, progress)
    if found.differences:
        return tuple(str(each) for each in found.differences)
    recorded_digest = RecordedRun.read(settings.registry, version.run_id).tags[MODEL_DIGEST]
    told = f"{MODEL_DIGEST}: the run's is {recorded_digest}, the version's {model_digest}"
    return () if recorded_digest == model_digest else (told,)


def report_table(report: GateReport, title: str) -> Table:
    """A line for each check, and the verdict."""
    passed = "[green]passed[/green]" if report.passed else "[bold red]refused[/bold red]"
    table = Table("check", "verdict", "found", title=f"{title}: {passed}", title_justify="left")
    for row in report.rows:
        colour = COLOURS[row.verdict]
        table.add_row(row.name, f"[{colour}]{row.verdict}[/{colour}]", escape(row.detail))
    return table
