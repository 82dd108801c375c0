"""Shows the result: a table for people, JSON for everything else."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.load.bars import Verdict
from benchmarks.load.case import Edge
from benchmarks.load.counters import UNAVAILABLE
from benchmarks.load.host import Host
from benchmarks.load.measurement import Measurement, Summary
from benchmarks.load.oracle import Checked
from benchmarks.load.origin import Origin

COLUMNS = {
    "ping P50/P99": ("ping_p50_us", "ping_p99_us"),
    "score P50/P90/P99/P99.9": ("score_p50_us", "score_p90_us", "score_p99_us", "score_p999_us"),
    "extra P50/P99": ("extra_p50_us", "extra_p99_us"),
    "scores/s": ("scores_per_s",),
    "CPU": ("server_cpu_us",),
    "late P99": ("lag_p99_us",),
}
WIDTH = 130
"""Of the table, in characters; it is not cut where nobody has a window."""
COLOURS = {"met": "green", "missed": "red"}


@dataclass(frozen=True, slots=True)
class Result:
    """A whole benchmark."""

    origin: Origin
    host: Host
    chosen: Edge
    accounts: int
    repeats: int
    checked: Checked
    summaries: Sequence[Summary]
    verdicts: Sequence[Verdict]
    measurements: Sequence[Measurement]

    @property
    def missed(self) -> bool:
        """Whether any bar was missed."""
        return any(verdict.outcome == "missed" for verdict in self.verdicts)

    @property
    def faulty(self) -> bool:
        """Whether any call was answered wrongly or not at all."""
        return any(summary.faults for summary in self.summaries)


def print_result(result: Result, console: Console) -> None:
    """Print the machine, the table and the bars."""
    host = result.host
    console.print(
        f"{host.processor}, {host.cores} cores, load {host.load_average:.2f}; a sleep of 10 ms "
        f"oversleeps {host.oversleep_p50_us:.0f} us at P50 and {host.oversleep_p99_us:.0f} at P99; "
        f"a byte to another process and back takes {host.ping_pong_p50_us:.0f} us; a spinning "
        f"thread loses {host.lost_percent:.1f}% of its time."
    )
    console.print(
        f"{result.accounts:,} accounts of state; every answer equal to an offline recomputation: "
        f"{result.checked.in_order:,} in the order of sending, {result.checked.overtaking:,} with "
        "payments under way at the same time not yet known."
    )
    console.print(_table(result))
    for summary in result.summaries:
        if summary.edge == result.chosen and summary.load.is_in_order:
            console.print(_stages(summary))
            console.print(_instructions(summary))
    for verdict in result.verdicts:
        colour = COLOURS[verdict.outcome]
        word = f"[{colour}]{verdict.outcome}[/] ({verdict.basis})"
        console.print(f"{word}  {verdict.bar}: {verdict.found}")


def _table(result: Result) -> Table:
    table = Table(
        title="Microseconds from the intended send time: median of the repeats",
        caption="extra: score minus ping; CPU: the server's, per call; late: sent after it was due",
    )
    table.add_column("edge", no_wrap=True)
    table.add_column("load", no_wrap=True)
    for heading in COLUMNS:
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("refused", justify="right")
    for summary in result.summaries:
        figures = [_cell(summary, names) for names in COLUMNS.values()]
        style = "bold" if summary.edge == result.chosen else None
        row = (summary.edge.name, summary.load.name, *figures, str(summary.refused))
        table.add_row(*row, style=style)
    return table


def _cell(summary: Summary, names: Sequence[str]) -> str:
    return "/".join(f"{summary.figures[name].median:.0f}" for name in names)


def _stages(summary: Summary) -> str:
    stages = (f"{name} {p50:.0f}/{p99:.0f}" for name, (p50, p99) in summary.stages.items())
    return f"Server's own time of a score, {summary.edge.name}, closed, P50/P99: " + ", ".join(
        stages
    )


def _instructions(summary: Summary) -> str:
    found = summary.instructions_a_call
    told = UNAVAILABLE if found is None else f"{found:,.0f}"
    return f"Instructions of the server for one call: {told}."


def write_result(result: Result, path: Path) -> None:
    """Write every figure, and every run that it comes from, as JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(asdict(result), indent=1) + "\n")
