"""``python -m benchmarks.growth``."""

import json
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from benchmarks.growth.bars import judge
from benchmarks.growth.curves import CURVES, TOLD, Point
from benchmarks.growth.scale import FULL, QUICK
from benchmarks.load.host import Host, measure_host
from benchmarks.load.origin import Origin, find_origin
from benchmarks.verdict import Verdict
from fraud.loadgen import client_binary

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
RESULTS = Path(__file__).parent / "results"


@dataclass(frozen=True, slots=True)
class Result:
    """All curves of a run."""

    origin: Origin
    host: Host
    points: Sequence[Point]
    verdicts: Sequence[Verdict]


@app.command()
def main(
    curve: Annotated[
        list[str] | None, typer.Option(help=f"Of {', '.join(CURVES)}; all but soak unless given.")
    ] = None,
    quick: Annotated[bool, typer.Option(help="Small sizes; bars are only shown.")] = False,
    largest: Annotated[int, typer.Option(help="One more point of accounts, such as 5000000.")] = 0,
    soak_seconds: Annotated[float, typer.Option(help="How long the soak is.")] = FULL.soak_s,
    output: Annotated[Path, typer.Option(help="JSON to write.")] = RESULTS / "latest.json",
) -> None:
    """Measure how cost grows; exits 1 when a bar is missed."""
    names = curve or [name for name in CURVES if name != "soak"]
    unknown = set(names) - CURVES.keys()
    if unknown:
        raise typer.BadParameter(f"`{unknown.pop()}` is none of {', '.join(CURVES)}")
    scale = QUICK if quick else replace(FULL, soak_s=soak_seconds)
    if largest:
        scale = replace(scale, accounts=(*scale.accounts, largest))
    client_binary()
    console, host, points = Console(width=120), measure_host(), list[Point]()
    with tempfile.TemporaryDirectory(prefix="fraud-growth-") as folder:
        for name in names:
            own = list[Point]()
            for point in CURVES[name](scale, Path(folder)):
                console.print(f"{name}: {point.at}")
                own.append(point)
            console.print(table_of(name, own))
            points += own
    result = Result(find_origin(), host, points, judge(points))
    for verdict in result.verdicts:
        word = "[green]met[/]" if verdict.met else "[red]missed[/]"
        console.print(f"{word}  {verdict.bar}: {verdict.found}")
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(json.dumps(asdict(result), indent=1) + "\n")
    if not quick and not all(verdict.met for verdict in result.verdicts):
        raise typer.Exit(1)


def table_of(name: str, points: Sequence[Point]) -> Table:
    """One curve."""
    columns = list(dict.fromkeys(figure for point in points for figure in point.figures))
    table = Table(title=(CURVES[name].__doc__ or name).splitlines()[0])
    for heading in (name, *(TOLD[column] for column in columns)):
        table.add_column(heading, justify="right")
    for point in points:
        cells = [point.figures.get(column) for column in columns]
        table.add_row(point.at, *("" if cell is None else f"{cell:,}" for cell in cells))
    return table


if __name__ == "__main__":
    app()
