"""``python -m benchmarks.pipeline.promotes``: promotes and rollbacks under load.

A real scorer with a trained model (300 trees) follows a real MLflow server by webhook while a
compiled client sends payments, open loop, in windows of ten seconds by turns: nothing is moved; the
champion of another model is moved, so that the registry takes its share of the machine
(``--no-elsewhere`` leaves that out); and, for twenty seconds, the scorer's own champion is moved,
each time to be seen in the scorer. A move a second, or as fast as the registry lets them be.

The registry and whoever moves aliases have machines of their own where it matters. Here they share
the scorer's, so they run when no other work is ready; ``--no-aside`` has them compete with it.
Exit code 1 if a bar is missed.
"""

import json
import shutil
import tempfile
from pathlib import Path
from typing import Annotated, Final

import numpy as np
import typer
from rich.console import Console
from rich.table import Table

from benchmarks.pipeline.aside import set_aside
from benchmarks.pipeline.promotes.run import Found, Plan, elsewhere, measure
from benchmarks.pipeline.promotes.versions import register_versions
from fraud.local.mlflow import LocalMlflow
from fraud.local.port import free_port
from fraud.settings import LoggingSettings, RegistrySettings, Settings

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)

VERSIONS: Final = 4
P99_RATIO: Final = 1.2
GROWTH: Final = 0.02


@app.command()
def main(
    count: Annotated[int, typer.Option(min=2, help="Promotes and rollbacks in all.")] = 1_000,
    rate: Annotated[float, typer.Option(min=1, help="Payments a second.")] = 200.0,
    every: Annotated[float, typer.Option(min=0.1, help="Seconds from swap to swap.")] = 1.0,
    warm_up: Annotated[float, typer.Option(min=10, help="Seconds before.")] = 60.0,
    limit: Annotated[float, typer.Option(min=30, help="Seconds at most.")] = 3600.0,
    aside: Annotated[bool, typer.Option(help="Registry at idle priority.")] = True,
    beside: Annotated[
        bool, typer.Option("--elsewhere/--no-elsewhere", help="Also move another model's champion.")
    ] = True,
) -> None:
    """Measure, print, and leave the figures as JSON."""
    plan = Plan(count, rate, every, warm_up_seconds=warm_up, limit_seconds=limit, aside=aside)
    root = Path(tempfile.mkdtemp(prefix="fraud-promotes-"))
    url = f"http://127.0.0.1:{free_port()}"
    settings = Settings(
        home=root / "home",
        registry=RegistrySettings(url=url, timeout_seconds=30),
        logging=LoggingSettings(level="warning"),
    )
    settings.home.mkdir()
    with LocalMlflow(url, root / "mlflow") as mlflow:
        if aside and mlflow.pid is not None:
            set_aside(mlflow.pid)
        versions = register_versions(settings.registry, root / "bundles", VERSIONS)
        others = (
            register_versions(elsewhere(settings.registry), root / "others", VERSIONS)
            if beside
            else []
        )
        found = measure(settings, versions, plan, others)
    shutil.rmtree(root)
    Console(width=100).print(table_of(found))
    typer.echo(json.dumps(figures_of(found)))
    raise typer.Exit(0 if is_met(found, count) else 1)


def is_met(found: Found, count: int) -> bool:
    """Whether every bar is."""
    unharmed = found.swaps >= count and found.failed == found.lost == 0
    return unharmed and found.p99_ratio <= P99_RATIO and found.growth <= GROWTH


def figures_of(found: Found) -> dict[str, float | None]:
    """By name, for a program."""
    figures = {f"{name}_p{at}_us": value for name, at, value in _percentiles(found)}
    follow = {f"follow_p{at}_s": float(np.percentile(found.followed_s, at)) for at in (50, 99, 100)}
    return {
        "swaps": found.swaps,
        "calls": found.calls,
        "failed": found.failed,
        "lost": found.lost,
        "p99_ratio": found.p99_ratio,
        "p99_ratio_to_elsewhere": found.p99_ratio_to_elsewhere,
        "resident_growth": found.growth,
        "resident_mb": found.resident_after / 1e6,
        **figures,
        **follow,
    }


def table_of(found: Found) -> Table:
    """For a person."""
    table = Table("", "found", "wanted", title=f"{found.swaps:,} promotes and rollbacks")
    table.add_row("calls failed", f"{found.failed:,} of {found.calls:,}", "0")
    table.add_row("answers not in the outbox", f"{found.lost:,}", "0")
    for name, at, value in _percentiles(found):
        table.add_row(f"{name}, P{at}", f"{value:,.0f} us", "")
    table.add_row("P99, swapping to steady", f"{found.p99_ratio:.2f}", f"{P99_RATIO}")
    if found.p99_ratio_to_elsewhere is not None:
        table.add_row("P99, swapping to elsewhere", f"{found.p99_ratio_to_elsewhere:.2f}", "")
    memory = f"{found.resident_before / 1e6:.1f} to {found.resident_after / 1e6:.1f} MB"
    table.add_row("resident memory", f"{memory}, {found.growth:+.2%}", f"{GROWTH:+.0%}")
    slowest = f"{np.median(found.followed_s):.3f} s, {max(found.followed_s):.3f} s at most"
    table.add_row("seen in the scorer after", slowest, "1 s")
    return table


def _percentiles(found: Found) -> list[tuple[str, float, float]]:
    return [
        (name, at, float(np.percentile(latencies, at)))
        for name, latencies in (
            ("steady", found.steady),
            ("elsewhere", found.elsewhere),
            ("swapping", found.swapping),
        )
        if latencies
        for at in (50, 99, 99.9)
    ]


if __name__ == "__main__":
    app()
