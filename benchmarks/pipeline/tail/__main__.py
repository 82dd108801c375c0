"""``python -m benchmarks.pipeline.tail``."""

import json
import tempfile
from dataclasses import asdict
from pathlib import Path
from statistics import median
from typing import Annotated, Final

import typer
from rich.console import Console
from rich.table import Table

from benchmarks.load.host import Host, measure_host
from benchmarks.load.inputs import default_dataset, trained_bundle
from benchmarks.pipeline.aside import set_aside
from benchmarks.pipeline.tail import latency, visibility
from benchmarks.pipeline.tail.latency import ARMS, Arm, Bench, Latency, middle, ratios
from benchmarks.pipeline.tail.visibility import Visibility
from fraud.loadgen import client_binary
from fraud.local.kafka import LocalKafka
from fraud.logs import configure_logs
from fraud.settings import KafkaSettings, LoggingSettings
from messaging.admin import reconcile
from scorer.model.bundle import ModelBundle

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)

RESULTS = Path(__file__).parent / "results"
RATES = (200.0, 1000.0)
BEYOND_MS = 20.0
RATIO = 1.15
WITHOUT: Final[dict[Arm, str]] = {
    "elsewhere": "without, same load on the machine",
    "idle": "of an idle machine",
}
"""What payments that arrive are held against, in words."""
WIDTH = 100


@app.command()
def main(
    seconds: Annotated[float, typer.Option(help="Of each measurement.")] = 20.0,
    repeats: Annotated[int, typer.Option(min=1, help="Of each load beside the scores.")] = 3,
    events: Annotated[float, typer.Option(help="Payments a second beside the scores.")] = 1000.0,
    aside: Annotated[
        bool, typer.Option(help="Broker and producer at idle priority beside the scores.")
    ] = True,
    output: Annotated[Path, typer.Option(help="JSON to write.")] = RESULTS / "latest.json",
    judge: Annotated[bool, typer.Option("--judge", help="Exit 1 when a bar is missed.")] = False,
) -> None:
    """Time what arrives, then what it costs."""
    configure_logs(LoggingSettings(level="error"))
    client_binary()
    console = Console(width=WIDTH)
    bundle = ModelBundle.read(trained_bundle(default_dataset(console), console))
    host = measure_host()
    with tempfile.TemporaryDirectory(prefix="fraud-tail-") as name:
        folder = Path(name)
        with LocalKafka(folder / "kafka") as broker:
            followed, elsewhere = (topics(broker, prefix) for prefix in ("followed-", "elsewhere-"))
            seen = [
                visibility.measure(folder / f"home-{rate:.0f}", followed, bundle, rate, seconds)
                for rate in RATES
            ]
            if aside and broker.pid is not None:
                set_aside(broker.pid)
            requests = folder / "scores.bin"
            bench = Bench(requests, bundle, followed, elsewhere, events, seconds, aside)
            costs = latency.measure(folder / "home", bench, repeats)
    verdicts = judged(seen, costs)
    show(console, host, seen, costs, verdicts)
    output.parent.mkdir(parents=True, exist_ok=True)
    result = {
        "host": asdict(host),
        "visibility": [asdict(each) for each in seen],
        "latency": [asdict(each) for each in costs],
        "met": verdicts,
    }
    output.write_text(json.dumps(result, indent=1))
    if judge and not all(verdicts.values()):
        raise typer.Exit(1)


def topics(broker: LocalKafka, prefix: str) -> KafkaSettings:
    """Settings of a set of topics, which are made."""
    settings = KafkaSettings(
        bootstrap_servers=broker.bootstrap_servers, topic_prefix=prefix, compression="lz4"
    )
    reconcile(settings)
    return settings


def judged(seen: list[Visibility], costs: list[Latency]) -> dict[str, bool]:
    """Whether each bar is met."""
    beyond = {
        f"applied at P99 within {BEYOND_MS:.0f} ms beyond a bare consumer, {each.rate:.0f}/s": (
            each.beyond_ms <= BEYOND_MS
        )
        for each in seen
    }
    return beyond | {
        f"P99 of a score at most {RATIO} x that {words}": (
            median(ratios(costs, "arriving", other)) <= RATIO
        )
        for other, words in WITHOUT.items()
    }


def show(
    console: Console,
    host: Host,
    seen: list[Visibility],
    costs: list[Latency],
    verdicts: dict[str, bool],
) -> None:
    """Print the tables."""
    console.print(
        f"{host.processor}, {host.cores} cores, load {host.load_average:.1f} at start; a sleep "
        f"of 10 ms oversleeps {host.oversleep_p50_us:.0f} us at P50, "
        f"{host.oversleep_p99_us:.0f} at P99"
    )
    table = Table("payments/s", "ms from produce, P50 / P99 / max", title="visible")
    table.add_column("bare consumer", justify="right")
    table.add_column("P99 beyond it", justify="right")
    for each in seen:
        found = [" / ".join(f"{ms:.1f}" for ms in of) for of in (each.applied, each.bare)]
        table.add_row(f"{each.rate:.0f}", *found, f"{each.beyond_ms:.1f} ms")
    console.print(table)
    table = Table(
        "load", "P99 us, each repeat", "median", title="scores, 100/s", title_justify="left"
    )
    table.add_column("P50 us", justify="right")
    table.add_column("ping P99 us", justify="right")
    table.add_column("refused", justify="right")
    for arm in ARMS:
        own = [each for each in costs if each.arm == arm]
        table.add_row(
            arm,
            ", ".join(f"{each.p99_us:,.0f}" for each in own),
            f"{middle(costs, arm):,.0f}",
            ", ".join(f"{each.p50_us:,.0f}" for each in own),
            ", ".join(f"{each.ping_p99_us:,.0f}" for each in own),
            str(sum(each.refused for each in own)),
        )
    console.print(table)
    for other in WITHOUT:
        times = ratios(costs, "arriving", other)
        console.print(
            f"arriving / {other}, of each repeat: {', '.join(f'{each:.2f}' for each in times)}; "
            f"median {median(times):.2f}"
        )
    for bar, met in verdicts.items():
        console.print(f"{'met   ' if met else 'MISSED'}  {bar}")


if __name__ == "__main__":
    app()
