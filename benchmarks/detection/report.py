"""Shows the result: tables for people, JSON for everything else."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.detection.bars import pool
from benchmarks.detection.baselines import Reproduction
from benchmarks.detection.hidden import Hidden
from benchmarks.detection.ours import BUDGETS, Fold, Operation
from benchmarks.verdict import Verdict
from training.datasets.period import Period


@dataclass(slots=True)
class Result:
    """A whole benchmark; a part that was not run has left its list empty."""

    machine: dict[str, Any]
    reproductions: list[Reproduction] = field(default_factory=list)
    week: list[Fold] = field(default_factory=list)
    """Ours, labels after seven days."""
    day: list[Fold] = field(default_factory=list)
    """Ours, labels after one day, on the payments that the published split measures."""
    day_blocked: list[Fold] = field(default_factory=list)
    """The same without the payments of cards that are known after a day."""
    verdicts: list[Verdict] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)


def print_result(result: Result, console: Console) -> None:
    """Print the machine, the tables and the bars."""
    facts = ", ".join(f"{name} {value}" for name, value in result.machine.items())
    console.print(f"Simulated payments of the Fraud Detection Handbook; {facts}.")
    if result.reproductions:
        console.print(_baselines_table(result))
    for title, folds in (
        ("Ours, labels after 7 days", result.week),
        ("Ours, labels after 1 day", result.day),
        ("Ours, labels after 1 day, cards blocked after 1 day too", result.day_blocked),
    ):
        if folds:
            console.print(_folds_table(title, folds))
            console.print(_told(folds))
    spent = ", ".join(f"{name} {seconds:.0f} s" for name, seconds in result.seconds.items())
    console.print(f"Took {spent}.")
    for verdict in result.verdicts:
        word = "[green]met[/]   " if verdict.met else "[red]missed[/]"
        console.print(f"{word}  {verdict.bar}: {verdict.found}")


def _baselines_table(result: Result) -> Table:
    table = Table(title="AUC / average precision / CP@100", title_justify="left")
    for heading in ("baseline", "folds", "published", "found", "ours / its AP"):
        table.add_column(heading, no_wrap=True)
    by_test = {str(fold.test): fold.scores.average_precision for fold in result.week}
    for one in result.reproductions:
        ours = [by_test[test] for test in one.tests if test in by_test]
        ratio = sum(ours) / len(ours) / one.found.average_precision if ours else None
        shown = f"{ratio:.2f}" if ratio else "-"
        table.add_row(one.name, str(len(one.tests)), str(one.published), str(one.found), shown)
    return table


def _folds_table(title: str, folds: Sequence[Fold]) -> Table:
    table = Table(
        title=f"{title}: recall at realised FPR, thresholds set for a budget before the test",
        title_justify="left",
        caption="in brackets the recall that thresholds found in hindsight would have",
    )
    for heading in ("learned from", "test", "frauds", "AUC/AP/CP@100"):
        table.add_column(heading, no_wrap=True)
    for budget in BUDGETS:
        table.add_column(f"for {budget:.1%}", no_wrap=True)
    for fold in folds:
        figures = [_cell(fold.operations[budget]) for budget in BUDGETS]
        frauds = f"{fold.frauds} of {fold.payments:,}"
        days = _days(fold.train), _days(fold.test)
        table.add_row(*days, frauds, str(fold.scores), *figures)
    table.add_row("", "all", "", "", *(_cell(pool(folds, budget)) for budget in BUDGETS))
    return table


def _days(period: Period) -> str:
    return f"{period.first:%m-%d}..{period.last:%m-%d}"


def _told(folds: Sequence[Fold]) -> str:
    """What is caught of each scenario, and how many do not show."""
    scenarios = ", ".join(
        f"{name} {sum(fold.by_scenario[name].caught for fold in folds)} of "
        f"{sum(fold.by_scenario[name].frauds for fold in folds)}"
        for name in folds[0].by_scenario
    )
    hidden = Hidden.pooled([fold.hidden for fold in folds])
    return (
        f"Caught for {min(BUDGETS):.1%}: {scenarios}. Of {hidden.frauds} frauds "
        f"{hidden.unheralded} have no known label of their terminal's episode and "
        f"{hidden.ordinary} are of an ordinary amount for their card; "
        f"the other {hidden.shown:.1%} show by themselves."
    )


def _cell(operation: Operation) -> str:
    return (
        f"{operation.recall:.3f} at {operation.false_positive_rate:.2%} "
        f"({operation.recall_in_hindsight:.3f})"
    )


def write_result(result: Result, path: Path) -> None:
    """Write every figure as JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(_plain(asdict(result)), indent=1) + "\n")


def _plain(value: Any) -> Any:
    """Periods as text, and everything else as JSON has it."""
    if isinstance(value, dict):
        if value.keys() == {"first", "last"}:
            return f"{value['first']}..{value['last']}"
        return {str(key): _plain(inner) for key, inner in value.items()}
    return [_plain(inner) for inner in value] if isinstance(value, list | tuple) else value
