"""Shows the result: a table for people, JSON for everything else."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.kernels.calls import Calls
from benchmarks.kernels.native import Latency, Memory
from benchmarks.kernels.percentiles import Percentiles
from benchmarks.kernels.replay import Replay
from benchmarks.load.host import Host
from benchmarks.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Result:
    """A whole benchmark."""

    host: Host
    checked_values: int
    latency: Latency
    calls: Calls
    replay: Replay
    memory: Memory | None
    verdicts: Sequence[Verdict]


def print_result(result: Result, console: Console) -> None:
    """Print the machine, the tables and the bars."""
    host = result.host
    console.print(
        f"{host.processor}, {host.cores} cores, load {host.load_average:.2f}; "
        f"{result.checked_values:,} values equal to the oracle's."
    )
    console.print(_latency_table(result))
    replay, memory = result.replay, result.memory
    console.print(
        f"Replay of {replay.payments:,} payments: {replay.payments_per_s:,.0f}/s; with "
        f"{replay.labels:,} labels {replay.payments_per_s_with_labels:,.0f}/s."
    )
    if memory is not None:
        console.print(
            f"{memory.accounts:,} accounts, {memory.devices:,} devices, {memory.payments:,} "
            f"payments: {memory.resident_bytes / 1e9:.2f} GB."
        )
    for verdict in result.verdicts:
        word = "[green]met[/]   " if verdict.met else "[red]missed[/]"
        console.print(f"{word}  {verdict.bar}: {verdict.found}")


def _latency_table(result: Result) -> Table:
    table = Table(title="Microseconds a payment")
    for heading in ("assemble and record", "P50", "P90", "P99", "P99.9"):
        table.add_column(heading, justify="left" if heading.startswith("a") else "right")
    rows = {
        "from Rust": result.latency.assemble_and_record,
        "from Rust, fields checked": result.latency.with_checks_of_fields,
        "from Python": result.calls.assemble_and_record,
        "from Python, Event made": result.calls.with_event,
    }
    for name, times in rows.items():
        table.add_row(name, *_figures(times))
    return table


def _figures(times: Percentiles) -> list[str]:
    return [f"{value:.2f}" for value in (times.p50_us, times.p90_us, times.p99_us, times.p999_us)]


def write_result(result: Result, path: Path) -> None:
    """Write every figure as JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(asdict(result), indent=1) + "\n")
