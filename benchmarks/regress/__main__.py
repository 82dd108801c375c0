"""``python -m benchmarks.regress``; exits 1 when a step of a score became dearer."""

from collections.abc import Callable, Sequence
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from benchmarks.regress.baseline import Kind, ratios_of, read_record, write_record
from benchmarks.regress.cases import CASES, RULER
from benchmarks.regress.counting import can_count, count_instructions
from benchmarks.regress.judge import Finding, compare
from benchmarks.regress.timing import time_calls

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
MEASURES: dict[Kind, Callable[..., dict[str, float]]] = {
    "instructions": count_instructions,
    "time": time_calls,
}


@app.command()
def main(
    by: Annotated[str | None, typer.Option(help="instructions, by valgrind, or time.")] = None,
    case: Annotated[list[str] | None, typer.Option(help="One case; all unless given.")] = None,
    record: Annotated[bool, typer.Option(help="Write what is found as the new record.")] = False,
    plant: Annotated[
        int, typer.Option(help="Percent that each case in turn is slowed by; all must be seen.")
    ] = 0,
    repeats: Annotated[int, typer.Option(help="Clean repeats; none may fail.")] = 1,
) -> None:
    """Compare the steps of a score with the record, as ratios to a ruler in the same run."""
    kind, console = _kind(by), Console(width=100)
    if by is None and not can_count():
        console.print("Nothing is judged: valgrind is not here, and times of another machine prove")
        console.print(
            "nothing. Hint: `apt-get install valgrind`, or record and compare `--by time`."
        )
        return
    names = [RULER, *(case or [each for each in CASES if each != RULER])]
    if record:
        write_record(kind, MEASURES[kind](names))
        return
    if plant:
        seen = [_plant(kind, name, plant, console) for name in names[1:]]
        raise typer.Exit(0 if all(seen) else 1)
    fine = [_check(kind, names, console) for _ in range(repeats)]
    if not all(fine):
        raise typer.Exit(1)


def _kind(by: str | None) -> Kind:
    if by not in {None, "instructions", "time"}:
        raise typer.BadParameter(f"`{by}` is neither instructions nor time", param_hint="--by")
    return "time" if by == "time" else "instructions"


def _check(kind: Kind, names: Sequence[str], console: Console) -> bool:
    findings = compare(kind, read_record(kind).ratios, ratios_of(MEASURES[kind](names)))
    console.print(_table(kind, findings))
    return all(finding.is_met for finding in findings)


def _plant(kind: Kind, name: str, percent: int, console: Console) -> bool:
    """Whether a slowdown of that case fails the check."""
    costs = MEASURES[kind]([RULER, name], planted=name, percent=percent)
    (finding,) = compare(kind, read_record(kind).ratios, ratios_of(costs))
    word = "passed, and should have failed" if finding.is_met else "fails, as it must"
    console.print(f"{percent}% planted in {name}: {finding.growth:+.1%} found, the check {word}")
    return not finding.is_met


def _table(kind: Kind, findings: Sequence[Finding]) -> Table:
    table = Table(title=f"one call in rulers, by {kind}")
    for heading in ("case", "recorded", "found", "growth", "most", ""):
        table.add_column(heading, justify="left" if heading in {"case", ""} else "right")
    for finding in findings:
        table.add_row(
            finding.case,
            f"{finding.recorded:.4f}",
            f"{finding.found:.4f}",
            f"{finding.growth:+.2%}",
            f"{finding.most_growth:+.0%}",
            "[green]met[/]" if finding.is_met else "[red]dearer[/]",
        )
    return table


if __name__ == "__main__":
    app()
