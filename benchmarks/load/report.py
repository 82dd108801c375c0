"""Shows the result: a table for people, JSON for everything else."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.load.bars import Verdict
from benchmarks.load.case import Edge
from benchmarks.load.host import Host
from benchmarks.load.measurement import Measurement, Summary

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
COLOURS = {"met": "green", "missed": "red", "host too noisy": "yellow"}


@dataclass(frozen=True, slots=True)
class Result:
    """A whole benchmark."""

    host: Host
    chosen: Edge
    accounts: int
    checked_answers: int
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
        f"a byte to another process and back takes {host.ping_pong_p50_us:.0f} us."
    )
    console.print(
        f"{result.accounts:,} accounts of state; {result.checked_answers:,} answers equal to an "
        "offline recomputation."
    )
    console.print(_table(result))
    for summary in result.summaries:
        if summary.edge == result.chosen and summary.load.rate is None:
            console.print(_stages(summary))
    for verdict in result.verdicts:
        colour = COLOURS[verdict.outcome]
        console.print(f"[{colour}]{verdict.outcome}[/]  {verdict.bar}: {verdict.found}")


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


def write_result(result: Result, path: Path) -> None:
    """Write every figure, and every run that it comes from, as JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(asdict(result), indent=1) + "\n")
