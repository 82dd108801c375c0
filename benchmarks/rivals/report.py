"""Shows what was found: tables for people, JSON for everything else."""

import json
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import NamedTuple

from pydantic import BaseModel
from rich.console import Console
from rich.table import Table

from benchmarks.load.host import Host
from benchmarks.rivals.phases import Found, Reloaded

WIDTH = 170
"""Of the tables, in characters; they are not cut where nobody has a window."""


@dataclass(frozen=True, slots=True)
class Result:
    """A whole comparison.

    Args:
        found: Of every contender in every round.
        missing: Why others are not in it.
        commit: Of the code.
    """

    host: Host
    commit: str
    found: Sequence[Found]
    missing: Sequence[str]

    @property
    def by_name(self) -> dict[str, list[Found]]:
        """The rounds of each contender, in the order of the first."""
        rounds: dict[str, list[Found]] = {}
        for one in self.found:
            rounds.setdefault(one.name, []).append(one)
        return rounds


class Figure(NamedTuple):
    """One number of a contender.

    Args:
        heading: On the page.
        short: Of its column in the terminal.
        of: Takes it from what was found in one round.
        more_is_better: Whether the greatest wins; else the least does.
    """

    heading: str
    short: str
    of: Callable[[Found], float]
    more_is_better: bool = False


FIGURES = (
    Figure("100/s: P50, ms", "100/s P50 ms", lambda found: found.open.latency.p50_us / 1000),
    Figure("100/s: P99, ms", "P99 ms", lambda found: found.open.latency.p99_us / 1000),
    Figure(
        "one at a time: P50, ms",
        "one at a time P50 ms",
        lambda found: found.single.latency.p50_us / 1000,
    ),
    Figure("one at a time: P99, ms", "P99 ms", lambda found: found.single.latency.p99_us / 1000),
    Figure("most calls a second", "max calls/s", lambda found: found.busy.per_second, True),
    Figure("CPU a call, busy, us", "CPU us a call, busy", lambda found: found.busy_cpu_us),
    Figure("CPU a call, 100/s, us", "at 100/s", lambda found: found.open_cpu_us),
    Figure("memory, MB", "memory MB", lambda found: found.memory_mb),
    Figure("start, s", "start s", lambda found: found.start_seconds),
)


def print_result(result: Result, console: Console) -> None:
    """Print the machine, the figures, the reloads and what is not there."""
    host = result.host
    console.print(
        f"{host.processor}, {host.cores} cores, load {host.load_average:.2f} at the start; a sleep "
        f"of 10 ms oversleeps {host.oversleep_p50_us:.0f} us at P50, {host.oversleep_p99_us:.0f} "
        f"at P99. Commit {result.commit}."
    )
    by_name = result.by_name
    console.print(_figures(by_name))
    console.print(_reloads(by_name))
    for name, (first, *_) in by_name.items():
        versions = ", ".join(f"{package} {version}" for package, version in first.versions.items())
        stages = ", ".join(
            f"{stage} {p50:.0f}/{p99:.0f}" for stage, (p50, p99) in first.stages.items()
        )
        console.print(
            f"{name}: {versions}" + (f"; own times P50/P99 us: {stages}" if stages else "")
        )
    for reason in result.missing:
        console.print(f"[yellow]left out[/]  {reason}")


def _figures(by_name: dict[str, list[Found]]) -> Table:
    table = Table(
        title="Same model, client and machine: median of the rounds",
        caption="latency from the intended time; max: 16 calls in flight; CPU and memory of all "
        "the server's processes; wrong: answers off by more than 1e-6",
    )
    table.add_column("", no_wrap=True)
    table.add_column("", no_wrap=True)
    for figure in FIGURES:
        table.add_column(figure.short, justify="right")
    table.add_column("wrong / checked", justify="right")
    for name, rounds in by_name.items():
        figures = [number(median(map(figure.of, rounds))) for figure in FIGURES]
        wrong = f"{sum(one.wrong for one in rounds)} / {sum(one.checked for one in rounds):,}"
        table.add_row(name, rounds[0].protocol, *figures, wrong)
    return table


def _reloads(by_name: dict[str, list[Found]]) -> Table:
    table = Table(title="Another model at 100 calls a second: worst of the rounds")
    for heading in ("", "by", "failed calls", "worst call ms", "command s", "new model seen"):
        table.add_column(heading, justify="left" if heading in {"", "by"} else "right")
    for name, rounds in by_name.items():
        reloads = [one.reloaded for one in rounds if one.reloaded]
        if reloads:
            table.add_row(name, *reload_row(reloads))
    return table


def reload_row(reloads: Sequence[Reloaded]) -> list[str]:
    """How, failed calls, worst call in ms, the command in s, whether the new model was seen."""
    failed = max(one.report.sent - one.report.answered for one in reloads)
    return [
        reloads[0].how,
        str(failed),
        number(max(one.report.worst_us for one in reloads) / 1000),
        number(max(one.seconds for one in reloads)),
        "yes" if all(one.second for one in reloads) else "no",
    ]


def number(value: float) -> str:
    """Three digits that count."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def write_result(result: Result, path: Path) -> None:
    """Write every figure of every round as JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(asdict(result), indent=1, default=_to_json)
    path.write_text(text + "\n")


def _to_json(value: object) -> object:
    if isinstance(value, BaseModel):
        return value.model_dump()
    raise TypeError(f"Failed to write a {type(value).__name__} as JSON")


def commit() -> str:
    """Of the code that runs; empty outside a clone."""
    asked = ["git", "describe", "--always", "--dirty", "--exclude=*"]
    done = subprocess.run(
        asked, cwd=Path(__file__).parent, capture_output=True, text=True, check=False
    )
    return done.stdout.strip()
